//! A socket of datagrams as the world holds it. On Linux nothing is lost between two of
//! them, nor overtaken: who sends too much waits.
//!
//! A sender waits for one of two things. What it sent counts against its own buffer until
//! it is received; and a receiver keeps no more than a few datagrams, unless its partner
//! sent them. An event at the socket says that it can be written to if neither holds, the
//! second one for its partner only, as the `poll` of Linux has it.

use crate::net::address::uncategorized;
use crate::net::machine::{Home, Machine};
use crate::net::unix::paths;
use crate::net::wait::Waitable;
use crate::private::Private;
use crate::reactor::{Readiness, Ready};
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::path::Path;
use std::rc::{Rc, Weak};

/// What a sender may have under way, in bytes.
const SEND_BUFFER: usize = 212_992;
/// The most that fits into a datagram.
const MOST_BYTES: usize = SEND_BUFFER - 32;
/// A receiver takes no more datagrams when it has more than so many.
const QUEUE: usize = 10;

/// The room that Linux needs for a datagram of so many bytes: what is long has its tail in
/// pages.
fn room_for(count: usize) -> usize {
    const PAGE: usize = 4096;
    let tail = count.saturating_sub(16_064).min(17 * PAGE);
    let head = (count - tail + 320).next_power_of_two().max(512);
    256 + head + tail.next_multiple_of(PAGE)
}

/// What was sent and not yet received.
#[derive(Debug)]
struct Datagram {
    sender: Weak<Datagrams>,
    from: Option<Rc<Path>>,
    bytes: Vec<u8>,
}

/// The only one with whom a socket speaks.
#[derive(Clone, Debug)]
struct Partner {
    socket: Weak<Datagrams>,
    path: Option<Rc<Path>>,
}

/// A socket of datagrams.
#[derive(Debug)]
pub(in crate::net) struct Datagrams {
    pub(super) readiness: Readiness,
    home: Home,
    /// Where it is bound.
    pub(super) path: Option<Rc<Path>>,
    partner: Private<Option<Partner>>,
    inbox: Private<VecDeque<Datagram>>,
    /// What it sent and nobody has received, in bytes.
    under_way: Cell<usize>,
    /// Who waits until there is room in the inbox.
    waiting: Private<Vec<Weak<Datagrams>>>,
    /// Somebody else than the partner had no room.
    found_full: Cell<bool>,
    /// The partner went over to another one and dropped what we had sent.
    reset: Cell<bool>,
    reads_no_more: Cell<bool>,
    writes_no_more: Cell<bool>,
    closed: Cell<bool>,
}

impl Waitable for Datagrams {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

impl Datagrams {
    pub(super) fn new(core: &Core, here: Rc<Machine>, path: Option<Rc<Path>>) -> Rc<Datagrams> {
        let name = match (core.recording.get(), &path) {
            (true, Some(path)) => format!("unix datagrams {}", path.display()),
            (true, None) => format!("unix datagrams {}", core.sources.get()),
            (false, _) => String::new(),
        };
        let readiness = Readiness::new(core, &name);
        readiness.add(core, Ready::WRITABLE);
        Rc::new(Datagrams {
            readiness,
            home: Home::new(here),
            path,
            partner: Private::default(),
            inbox: Private::default(),
            under_way: Cell::new(0),
            waiting: Private::default(),
            found_full: Cell::new(false),
            reset: Cell::new(false),
            reads_no_more: Cell::new(false),
            writes_no_more: Cell::new(false),
            closed: Cell::new(false),
        })
    }

    /// Two sockets that speak with each other alone.
    pub(super) fn pair(core: &Core, here: &Rc<Machine>) -> (Rc<Datagrams>, Rc<Datagrams>) {
        let one = Datagrams::new(core, here.clone(), None);
        let other = Datagrams::new(core, here.clone(), None);
        one.take_partner(Some(&other));
        other.take_partner(Some(&one));
        (one, other)
    }

    /// Whether its program and its host still have it.
    pub(super) fn is_there(&self) -> bool {
        !self.closed.get() && !self.home.is_gone()
    }

    fn take_partner(&self, new: Option<&Rc<Datagrams>>) -> Option<Partner> {
        let new = new.map(|new| Partner { socket: Rc::downgrade(new), path: new.path.clone() });
        self.partner.with(|partner| std::mem::replace(partner, new))
    }

    fn partner(&self) -> Option<Partner> {
        self.partner.with(|partner| partner.clone())
    }

    fn has_partner(&self, other: &Datagrams) -> bool {
        self.partner().is_some_and(|partner| std::ptr::eq(partner.socket.as_ptr(), other))
    }

    /// Where its partner is bound, if it has one.
    pub(super) fn partner_path(&self) -> io::Result<Option<Rc<Path>>> {
        self.home.check()?;
        self.partner()
            .map(|partner| partner.path)
            .ok_or_else(|| io::Error::new(ErrorKind::NotConnected, "the socket is not connected"))
    }

    /// Speaks alone with who receives at the path from now on.
    pub(super) fn connect(self: &Rc<Self>, core: &Core, path: &Path) -> io::Result<()> {
        self.home.check()?;
        let new = paths::datagrams(&self.home.machine, path)?;
        new.listens_to(self)?;
        let old = self.take_partner(Some(&new)).map(|old| old.socket);
        if let Some(old) = old.filter(|old| !std::ptr::eq(old.as_ptr(), &*new)) {
            self.part_from(core, old.upgrade());
            self.become_writable(core);
        }
        Ok(())
    }

    /// Whether it takes what `sender` sends: from its partner alone, if it has one.
    fn listens_to(&self, sender: &Datagrams) -> io::Result<()> {
        if self.partner().is_none() || self.has_partner(sender) {
            return Ok(());
        }
        let text = "the receiver is connected to another socket";
        Err(io::Error::new(ErrorKind::PermissionDenied, text))
    }

    /// What the last partner sent is dropped, and it is told of that.
    fn part_from(self: &Rc<Self>, core: &Core, partner: Option<Rc<Datagrams>>) {
        let partner = partner.filter(|partner| partner.is_there() && partner.has_partner(self));
        let dropped = self.drop_inbox(core);
        if let Some(partner) = partner.filter(|_| dropped) {
            partner.reset.set(true);
            partner.tell(core, Ready::ERROR);
        }
    }

    /// Answers whether there was anything in it.
    fn drop_inbox(&self, core: &Core) -> bool {
        let dropped = self.inbox.with(std::mem::take);
        self.readiness.remove(Ready::READABLE);
        for datagram in &dropped {
            datagram.leaves(core);
        }
        self.tell_who_waits(core);
        !dropped.is_empty()
    }

    /// The error that the next operation would be told.
    pub(super) fn take_error(&self) -> io::Result<()> {
        self.home.check()?;
        if self.reset.replace(false) {
            self.readiness.remove(Ready::ERROR);
            let text = "the partner connected to another socket and dropped what it was sent";
            return Err(io::Error::new(ErrorKind::ConnectionReset, text));
        }
        Ok(())
    }

    /// Sends to the partner, or to whoever is at the path.
    pub(super) fn send(
        self: &Rc<Self>,
        core: &Core,
        bytes: &[u8],
        to: Option<&Path>,
    ) -> io::Result<usize> {
        self.home.check()?;
        if bytes.len() > MOST_BYTES {
            let text = format!("expected at most {MOST_BYTES} bytes, got {}", bytes.len());
            return Err(io::Error::new(uncategorized(), text));
        }
        self.take_error()?;
        if self.writes_no_more.get() {
            return Err(io::Error::new(ErrorKind::BrokenPipe, "the socket is shut down"));
        }
        if self.under_way.get() >= SEND_BUFFER {
            self.readiness.remove(Ready::WRITABLE);
            return Err(ErrorKind::WouldBlock.into());
        }
        let receiver = match to {
            Some(path) => paths::datagrams(&self.home.machine, path)?,
            None => self.partner_at_hand(core)?,
        };
        receiver.listens_to(self)?;
        if receiver.reads_no_more.get() {
            return Err(io::Error::new(ErrorKind::BrokenPipe, "the receiver is shut down"));
        }
        if !receiver.has_room_for(self) {
            match self.has_partner(&receiver) {
                true => self.readiness.remove(Ready::WRITABLE),
                false => self.found_full.set(true),
            }
            return Err(ErrorKind::WouldBlock.into());
        }
        receiver.keep(core, self, bytes);
        Ok(bytes.len())
    }

    /// The partner, or the error that it is gone, which is told once.
    fn partner_at_hand(self: &Rc<Self>, core: &Core) -> io::Result<Rc<Datagrams>> {
        let Some(partner) = self.partner() else {
            let text = "the socket is not connected: use `send_to`";
            return Err(io::Error::new(ErrorKind::NotConnected, text));
        };
        if let Some(partner) = partner.socket.upgrade().filter(|partner| partner.is_there()) {
            return Ok(partner);
        }
        self.take_partner(None);
        self.part_from(core, None);
        let at = partner.path.map_or_else(String::new, |path| format!(" at {}", path.display()));
        let text = format!("nobody receives any more{at}");
        Err(io::Error::new(ErrorKind::ConnectionRefused, text))
    }

    /// Whether there is room for one more; if not, the sender is told when there is.
    fn has_room_for(&self, sender: &Rc<Datagrams>) -> bool {
        let is_full = self.inbox.with(|inbox| inbox.len()) > QUEUE
            && !self.has_partner(sender)
            && !std::ptr::eq(self, &**sender);
        if is_full {
            self.waiting.with(|waiting| {
                if !waiting.iter().any(|other| std::ptr::eq(other.as_ptr(), &**sender)) {
                    waiting.push(Rc::downgrade(sender));
                }
            });
        }
        !is_full
    }

    /// Keeps what came.
    fn keep(self: &Rc<Self>, core: &Core, sender: &Rc<Datagrams>, bytes: &[u8]) {
        sender.under_way.set(sender.under_way.get() + room_for(bytes.len()));
        let (from, bytes) = (sender.path.clone(), bytes.to_vec());
        let datagram = Datagram { sender: Rc::downgrade(sender), from, bytes };
        self.inbox.with(|inbox| inbox.push_back(datagram));
        self.tell(core, Ready::READABLE);
    }

    /// Moves the first datagram to `buffer`; what does not fit is lost.
    pub(super) fn receive(
        &self,
        core: &Core,
        buffer: &mut [u8],
    ) -> io::Result<(usize, Option<Rc<Path>>)> {
        self.take_error()?;
        let Some(datagram) = self.inbox.with(|inbox| inbox.pop_front()) else {
            self.readiness.remove(Ready::READABLE);
            return Err(ErrorKind::WouldBlock.into());
        };
        if self.inbox.with(|inbox| inbox.is_empty()) {
            self.readiness.remove(Ready::READABLE);
        }
        let count = datagram.bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&datagram.bytes[..count]);
        datagram.leaves(core);
        self.tell_who_waits(core);
        Ok((count, datagram.from))
    }

    /// Whether nothing will come any more.
    pub(super) fn reads_no_more(&self) -> bool {
        self.reads_no_more.get()
    }

    /// Whether somebody else than the partner had no room since this was last asked.
    pub(super) fn found_full(&self) -> bool {
        self.found_full.take()
    }

    pub(super) fn shut_down(self: &Rc<Self>, core: &Core, how: Shutdown) -> io::Result<()> {
        self.home.check()?;
        if how != Shutdown::Write {
            self.reads_no_more.set(true);
        }
        if how != Shutdown::Read {
            self.writes_no_more.set(true);
        }
        self.tell(
            core,
            match (self.reads_no_more.get(), self.writes_no_more.get()) {
                (true, true) => Ready::CLOSED,
                (true, false) => Ready::READ_CLOSED,
                _ => Ready::empty(),
            },
        );
        Ok(())
    }

    /// The program lets go of it.
    pub(super) fn close(&self, core: &Core) {
        self.readiness.forget_wakers();
        self.closed.set(true);
        if !self.home.is_gone() {
            self.drop_inbox(core);
        }
    }

    /// Its host may have crashed: whoever waits is told.
    pub(in crate::net) fn look_at_host(&self, core: &Core) {
        if self.home.is_gone() {
            self.readiness.add(core, Ready::READABLE | Ready::CLOSED);
        }
    }

    /// There is room in the inbox.
    fn tell_who_waits(&self, core: &Core) {
        for sender in self.waiting.with(std::mem::take) {
            if let Some(sender) = sender.upgrade().filter(|sender| sender.is_there()) {
                sender.tell(core, Ready::empty());
            }
        }
    }

    /// Something happened, and whether it can be written to is looked at, too.
    fn tell(self: &Rc<Self>, core: &Core, what: Ready) {
        let writable = if self.is_writable() { Ready::WRITABLE } else { Ready::empty() };
        if !(what | writable).is_empty() {
            self.readiness.add(core, what | writable);
        }
    }

    /// It can be written to now, if it could not be.
    fn become_writable(self: &Rc<Self>, core: &Core) {
        if !self.readiness.level().contains(Ready::WRITABLE) && self.is_writable() {
            self.readiness.add(core, Ready::WRITABLE);
        }
    }

    /// Linux says so when three quarters of the buffer are free.
    fn is_writable(self: &Rc<Self>) -> bool {
        let partner = self.partner().and_then(|partner| partner.socket.upgrade());
        let partner = partner.filter(|partner| partner.is_there());
        self.under_way.get() * 4 <= SEND_BUFFER
            && partner.is_none_or(|partner| partner.has_room_for(self))
    }

    pub(super) fn note(&self, core: &Core, verb: &'static str, result: Result<usize, &io::Error>) {
        let source = self.readiness.number();
        core.record(|| What::Io { source, verb, result: result.map_err(io::Error::kind) });
    }
}

impl Datagram {
    /// It was received or dropped: its sender has room again.
    fn leaves(&self, core: &Core) {
        if let Some(sender) = self.sender.upgrade() {
            sender.under_way.set(sender.under_way.get() - room_for(self.bytes.len()));
            if sender.is_there() {
                sender.become_writable(core);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of each size were sent through a pair on Linux 6.18 before it was full.
    #[test]
    fn the_room_is_that_of_linux() {
        let sizes = [
            (0, 278),
            (100, 278),
            (500, 167),
            (1_000, 93),
            (2_000, 49),
            (4_000, 26),
            (8_000, 13),
            (16_000, 13),
            (30_000, 7),
            (60_000, 4),
            (100_000, 3),
            (200_000, 2),
        ];
        for (size, sent) in sizes {
            assert_eq!(SEND_BUFFER.div_ceil(room_for(size)), sent, "{size} bytes");
        }
    }
}
