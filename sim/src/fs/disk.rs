//! A disk: a tree of names, and what is done to it.

use super::content::Survival;
use super::journal::{Journal, Place};
use super::node::Node;
use super::options::OpenOptions;
use super::path::error;
use crate::choice::Kind;
use crate::few::Few;
use crate::net::HostId;
use crate::private::Private;
use crate::world::Core;
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Disk {
    pub(super) root: Rc<Node>,
    journal: Private<Journal>,
    /// Bytes that fit.
    pub(super) capacity: Cell<u64>,
    /// How long an operation takes.
    pub(super) latency: Cell<Duration>,
    /// Crashes so far: what was open before is open no more.
    pub(super) crashes: Cell<u32>,
}

impl Default for Disk {
    fn default() -> Disk {
        Disk {
            root: Node::directory(),
            journal: Private::default(),
            capacity: Cell::new(u64::MAX),
            latency: Cell::new(Duration::ZERO),
            crashes: Cell::new(0),
        }
    }
}

/// The disks of the hosts, each made when it is first used.
#[derive(Debug, Default)]
pub(crate) struct Disks(Private<Few<HostId, Rc<Disk>>>);

impl Disks {
    /// The power of a host goes, and its disk with it, if it has used one.
    pub(crate) fn crash(core: &Core, host: HostId) {
        let disks = core.only_if_made::<Disks>();
        if let Some(disk) = disks.and_then(|disks| disks.0.with(|disks| disks.get(&host).cloned()))
        {
            disk.crash(core);
        }
    }
}

impl Disk {
    /// The disk of whoever is running.
    pub(super) fn of(core: &Core) -> Rc<Disk> {
        let disks = core.only::<Disks>();
        disks.0.with(|disks| disks.of(core.host()).clone())
    }

    fn change(&self, takes: Option<Place>, gives: Option<(Place, Rc<Node>)>) {
        self.journal.with(|journal| journal.change(takes, gives));
    }

    /// The node that a file opened by `options` is on.
    pub(super) fn open(&self, path: &Path, options: &OpenOptions) -> io::Result<Rc<Node>> {
        options.check(path)?;
        let found = match self.find(path) {
            Err(missing) if missing.kind() == ErrorKind::NotFound && options.creates() => None,
            found => Some(found?),
        };
        let Some(node) = found else {
            let place = self.place_to_change(path)?;
            let node = Node::file();
            self.change(None, Some((place, node.clone())));
            return Ok(node);
        };
        if options.create_new {
            return Err(error(ErrorKind::AlreadyExists, path));
        }
        if options.writes() && node.is_directory() {
            return Err(error(ErrorKind::IsADirectory, path));
        }
        if options.writes() && node.read_only.get() {
            return Err(error(ErrorKind::PermissionDenied, path));
        }
        if let Some(content) = node.content().filter(|_| options.truncate) {
            content.with(|content| if content.len() > 0 { content.set_len(0) } else { Ok(()) })?;
        }
        Ok(node)
    }

    /// Writes as much as fits; answers how much.
    pub(super) fn write(
        &self,
        core: &Core,
        node: &Node,
        offset: u64,
        bytes: &[u8],
        path: &Path,
    ) -> io::Result<usize> {
        let content = node.content().ok_or_else(|| error(ErrorKind::IsADirectory, path))?;
        if core.strikes(Kind::DiskFull) {
            return Err(error(ErrorKind::StorageFull, path));
        }
        let count = self.room(content.with(|content| content.len()), offset, bytes.len());
        if count == 0 && !bytes.is_empty() {
            return Err(error(ErrorKind::StorageFull, path));
        }
        content.with(|content| content.write(offset, &bytes[..count]))?;
        Ok(count)
    }

    /// How many of `count` bytes at `offset` fit, in a file that has so many.
    fn room(&self, length: u64, offset: u64, count: usize) -> usize {
        if self.capacity.get() == u64::MAX {
            return count;
        }
        let free = self.capacity.get().saturating_sub(self.root.used());
        let end = length.saturating_add(free);
        usize::try_from(end.saturating_sub(offset)).map_or(count, |room| room.min(count))
    }

    pub(super) fn set_len(&self, node: &Node, length: u64, path: &Path) -> io::Result<()> {
        // As with the kernel, a directory cannot be opened to get here.
        let content = node.content().ok_or_else(|| error(ErrorKind::InvalidInput, path))?;
        content.with(|content| content.set_len(length))
    }

    /// What this node is now is safe.
    pub(super) fn sync(&self, node: &Rc<Node>) {
        match node.content() {
            Some(content) => content.with(|content| content.sync()),
            None => self.journal.with(|journal| journal.sync(node)),
        }
    }

    pub(super) fn create_dir(&self, path: &Path) -> io::Result<()> {
        let Some(place) = self.place(path)? else {
            return Err(error(ErrorKind::AlreadyExists, path));
        };
        if place.directory.child(&place.name).is_some() {
            return Err(error(ErrorKind::AlreadyExists, path));
        }
        let place = self.place_to_change(path)?;
        self.change(None, Some((place, Node::directory())));
        Ok(())
    }

    /// As the standard library does it.
    pub(super) fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        let made = match self.create_dir(path) {
            Err(missing) if missing.kind() == ErrorKind::NotFound => {
                self.create_dir_all(path.parent().ok_or(missing)?)?;
                self.create_dir(path)
            }
            made => made,
        };
        match made {
            Err(_) if self.find(path).is_ok_and(|node| node.is_directory()) => Ok(()),
            made => made,
        }
    }

    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        if self.find(path)?.is_directory() {
            return Err(error(ErrorKind::IsADirectory, path));
        }
        let place = self.place_to_change(path)?;
        self.change(Some(place), None);
        Ok(())
    }

    pub(super) fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let node = self.find(path)?;
        if !node.is_directory() {
            return Err(error(ErrorKind::NotADirectory, path));
        }
        let place = self.place_to_change(path)?;
        if !node.is_empty() {
            return Err(error(ErrorKind::DirectoryNotEmpty, path));
        }
        self.change(Some(place), None);
        Ok(())
    }

    pub(super) fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        let node = self.find(path)?;
        for (name, child) in node.children() {
            let path = path.join(name);
            if child.is_directory() {
                self.remove_dir_all(&path)?;
            } else {
                self.remove_file(&path)?;
            }
        }
        self.remove_dir(path)
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        // In the order in which Linux looks.
        let (source, target) = (self.place_to_change(from)?, self.place_to_change(to)?);
        let node = source.directory.child(&source.name);
        let node = node.ok_or_else(|| error(ErrorKind::NotFound, from))?;
        if node.is_directory() && contains(&node, &target.directory) {
            return Err(error(ErrorKind::InvalidInput, to));
        }
        if let Some(there) = target.directory.child(&target.name) {
            if Rc::ptr_eq(&there, &node) {
                return Ok(());
            }
            if contains(&there, &source.directory) {
                return Err(error(ErrorKind::DirectoryNotEmpty, to));
            }
            match (node.is_directory(), there.is_directory()) {
                (false, true) => return Err(error(ErrorKind::IsADirectory, to)),
                (true, false) => return Err(error(ErrorKind::NotADirectory, to)),
                (true, true) if !there.is_empty() => {
                    return Err(error(ErrorKind::DirectoryNotEmpty, to));
                }
                _ => {}
            }
        }
        self.change(Some(source), Some((target, node)));
        Ok(())
    }

    /// The power goes: what is safe is left, and of the rest what the sampler leaves.
    pub(crate) fn crash(&self, core: &Core) {
        self.crashes.set(self.crashes.get() + 1);
        let changes = self.journal.with(|journal| journal.len());
        let survive: Vec<bool> =
            (0..changes).map(|_| core.strength(Kind::TornWrite, 2) == 0).collect();
        self.journal.with(|journal| journal.crash(&survive));
        come_back(core, &self.root);
    }
}

/// Whether `inner` is `node` or lies in it.
fn contains(node: &Rc<Node>, inner: &Rc<Node>) -> bool {
    Rc::ptr_eq(node, inner) || node.children().iter().any(|(_, child)| contains(child, inner))
}

/// What the sampler leaves of a change of so many sectors.
fn survival(core: &Core, sectors: usize) -> Survival {
    match core.strength(Kind::TornWrite, if sectors > 1 { 4 } else { 2 }) {
        0 => Survival::All,
        1 => Survival::Nothing,
        2 => Survival::FirstHalf,
        _ => Survival::LastHalf,
    }
}

/// What is on the disk is what there is.
fn come_back(core: &Core, node: &Node) {
    if let Some(content) = node.content() {
        let sectors = content.with(|content| content.unsafe_sectors());
        let left: Vec<Survival> = sectors.into_iter().map(|count| survival(core, count)).collect();
        content.with(|content| content.crash(&left));
    }
    if let Some(listing) = node.listing() {
        let gone = listing.with(|listing| {
            let safe = listing.safe.clone();
            std::mem::replace(&mut listing.now, safe)
        });
        drop(gone);
    }
    for (_, child) in node.children() {
        come_back(core, &child);
    }
}
