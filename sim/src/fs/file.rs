//! An open file.

use super::disk::Disk;
use super::metadata::{Metadata, Permissions};
use super::node::Node;
use super::options::OpenOptions;
use super::path::error;
use super::pool::{Blocking, crashed, later, on_disk};
use super::work::{Done, Work};
use crate::io::{Stream, implement_io};
use crate::private::Private;
use crate::reactor::elsewhere;
use crate::resident::Handle;
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::future::poll_fn;
use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// The most that is read or written at once, as with tokio.
const MOST: usize = 2 << 20;

/// What Linux says to a read of a file that was opened to be written only.
const EBADF: i32 = 9;

/// An open file, as tokio's.
///
/// What it is given to write it takes at once, and writes later: an error is told by the
/// next write, or by `flush`, and before `flush` others may not see it. Dropping the file
/// does not stop it, and waits for nothing. It is safe from a [`crash`](super::crash) when
/// [`sync_all`](Self::sync_all) has returned, and the file's *name* when that of its
/// directory has.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncSeekExt, AsyncReadExt, AsyncWriteExt};
/// use std::io::SeekFrom;
/// # reveille::doc(|| async {
/// let mut options = reveille::fs::OpenOptions::new();
/// let mut file = options.read(true).write(true).create(true).open("notes").await.unwrap();
/// file.write_all(b"wake up").await.unwrap();
/// file.seek(SeekFrom::Start(5)).await.unwrap();
/// let mut rest = String::new();
/// file.read_to_string(&mut rest).await.unwrap();
/// assert_eq!(rest, "up");
/// # });
/// ```
#[derive(Debug)]
pub struct File(pub(super) Handle<Opened>);

/// A file as the world holds it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) description: Rc<Description>,
    source: u32,
    pub(super) work: Private<Work>,
}

/// What clones of a file share.
#[derive(Debug)]
pub(super) struct Description {
    disk: Rc<Disk>,
    node: Rc<Node>,
    path: PathBuf,
    options: OpenOptions,
    pub(super) position: Cell<u64>,
    /// Crashes of the disk before it was opened.
    crashes: u32,
}

impl Description {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn latency(&self) -> Duration {
        self.disk.latency.get()
    }

    pub(super) fn read_at(&self, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        if !self.options.read {
            return Err(io::Error::from_raw_os_error(EBADF));
        }
        let content = self.node.content();
        let content = content.ok_or_else(|| error(ErrorKind::IsADirectory, &self.path))?;
        Ok(content.with(|content| content.read(offset, most)))
    }

    pub(super) fn write_at(&self, core: &Core, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        if !self.options.writes() {
            return Err(io::Error::from_raw_os_error(EBADF));
        }
        self.disk.write(core, &self.node, offset, bytes, &self.path)
    }

    fn read(&self, core: &Core, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read_at(self.position.get(), most)?;
        bytes.truncate(core.shortened(bytes.len()));
        self.position.set(self.position.get() + bytes.len() as u64);
        Ok(bytes)
    }

    fn write(&self, core: &Core, bytes: &[u8]) -> io::Result<()> {
        let mut left = bytes;
        while !left.is_empty() {
            let offset = match self.options.append {
                true => self.node.content().map_or(0, |content| content.with(|c| c.len())),
                false => self.position.get(),
            };
            let count = self.write_at(core, offset, left)?;
            self.position.set(offset + count as u64);
            left = &left[count..];
        }
        Ok(())
    }

    fn seek(&self, to: SeekFrom) -> io::Result<u64> {
        let end = self.node.content().map_or(0, |content| content.with(|content| content.len()));
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => end.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.get().checked_add_signed(offset),
        };
        let Some(target) = target.filter(|target| i64::try_from(*target).is_ok()) else {
            let text =
                format!("`{}`: seek to a negative or overflowing position", self.path.display());
            return Err(io::Error::new(ErrorKind::InvalidInput, text));
        };
        self.position.set(target);
        Ok(target)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.disk.crashes.get() != self.crashes
    }
}

impl File {
    /// Opens a file to read it, or a directory to sync it.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn open(path: impl AsRef<Path>) -> io::Result<File> {
        OpenOptions::new().read(true).open(path).await
    }

    /// Makes a file, or empties it, to write it.
    ///
    /// # Errors
    ///
    /// `NotFound` if its directory is not there, `IsADirectory`, `PermissionDenied`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn create(path: impl AsRef<Path>) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(true).open(path).await
    }

    /// Makes a file that must not be there, to read and write it.
    ///
    /// # Errors
    ///
    /// `AlreadyExists`, `NotFound` if its directory is not there.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn create_new(path: impl AsRef<Path>) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path).await
    }

    /// How a file is opened otherwise.
    #[must_use]
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }

    pub(super) fn opened(
        core: &Core,
        disk: &Rc<Disk>,
        path: &Path,
        options: &OpenOptions,
    ) -> io::Result<File> {
        let node = disk.open(path, options)?;
        let description = Rc::new(Description {
            disk: disk.clone(),
            node,
            path: path.to_owned(),
            options: options.clone(),
            position: Cell::new(0),
            crashes: disk.crashes.get(),
        });
        Ok(File::on(core, description))
    }

    fn on(core: &Core, description: Rc<Description>) -> File {
        let source = core.name_source(&description.path.display().to_string());
        let opened = Opened { description, source, work: Private::default() };
        File(Handle::new(core, Rc::new(opened)))
    }

    /// Waits until what it was given to write is written, and it is on the disk.
    ///
    /// # Errors
    ///
    /// If the disk has crashed since it was opened, `NotConnected` outside of its run. What
    /// went wrong with a write is told by the next write, or by `flush`.
    pub async fn sync_all(&self) -> io::Result<()> {
        self.request("syncs", |_, file| {
            file.disk.sync(&file.node);
            Ok(())
        })
        .await
    }

    /// The same; what is known of the file beside its bytes and their number may be lost.
    ///
    /// # Errors
    ///
    /// As [`sync_all`](Self::sync_all).
    pub async fn sync_data(&self) -> io::Result<()> {
        self.sync_all().await
    }

    /// Cuts it off, or adds zeros.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it was not opened to be written, `FileTooLarge`.
    pub async fn set_len(&self, length: u64) -> io::Result<()> {
        self.request("sets the length of", move |_, file| {
            if !file.options.writes() {
                return Err(error(ErrorKind::InvalidInput, &file.path));
            }
            file.disk.set_len(&file.node, length, &file.path)
        })
        .await
    }

    /// What is known of it.
    ///
    /// # Errors
    ///
    /// As [`sync_all`](Self::sync_all).
    pub async fn metadata(&self) -> io::Result<Metadata> {
        self.request("looks at", |_, file| Ok(Metadata::of(&file.node))).await
    }

    /// Forbids or permits writing, for those who open it from now on.
    ///
    /// # Errors
    ///
    /// As [`sync_all`](Self::sync_all).
    pub async fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        self.request("sets permissions of", move |_, file| {
            file.node.read_only.set(permissions.readonly());
            Ok(())
        })
        .await
    }

    /// Another handle of the same open file; they share the position.
    ///
    /// # Errors
    ///
    /// As [`sync_all`](Self::sync_all).
    pub async fn try_clone(&self) -> io::Result<File> {
        self.request("clones", |core, file| Ok(File::on(core, file.clone()))).await
    }

    /// Has something done when what is under way is done.
    async fn request<T: 'static>(
        &self,
        verb: &'static str,
        job: impl FnOnce(&Core, &Rc<Description>) -> io::Result<T> + 'static,
    ) -> io::Result<T> {
        poll_fn(|cx| self.poll_settled(cx)).await?;
        self.start(verb, job)?.await
    }

    fn start<T: 'static>(
        &self,
        verb: &'static str,
        job: impl FnOnce(&Core, &Rc<Description>) -> io::Result<T> + 'static,
    ) -> io::Result<Blocking<T>> {
        let (core, file) = self.0.get().ok_or_else(elsewhere)?;
        let description = file.description.clone();
        let (disk, path) = (description.disk.clone(), description.path.clone());
        Ok(on_disk(core, disk, verb, path, move |core, _, path| {
            if description.is_lost() { Err(crashed(path)) } else { job(core, &description) }
        }))
    }

    /// Waits until nothing is under way.
    pub(super) fn poll_settled(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (_, file) = self.0.get().ok_or_else(elsewhere)?;
        file.settle(cx).map(Ok)
    }
}

impl Opened {
    /// Waits until nothing is under way.
    pub(super) fn settle(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.work.with(|work| work.is_busy()) {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let spare = self.work.with(|work| work.wait(waker));
        drop(spare);
        Poll::Pending
    }

    /// Has something done on the pool, of which `Done` tells.
    pub(super) fn begin(
        self: &Rc<Opened>,
        core: &Core,
        verb: &'static str,
        job: impl FnOnce(&Core, &Description) -> Done + 'static,
    ) {
        self.work.with(|work| work.begin());
        let own = self.clone();
        later(core, self.description.disk.clone(), move |core, disk| {
            let is_lost = disk.is_none() || own.description.is_lost();
            let done = match is_lost {
                true => Done::Failed(crashed(&own.description.path)),
                false => job(core, &own.description),
            };
            core.record(|| What::Io { source: own.source, verb, result: done.told() });
            for waker in own.work.with(|work| work.end(done)) {
                core.call_out(|| waker.wake());
            }
        });
    }

    pub(super) fn begin_seek(self: &Rc<Opened>, core: &Core, to: SeekFrom) {
        let ahead = self.work.with(|work| work.forget_ahead());
        let to = match to {
            // What was read ahead was not read yet.
            SeekFrom::Current(offset) => SeekFrom::Current(offset.saturating_sub(ahead as i64)),
            to => to,
        };
        self.begin(core, "seeks in", move |_, file| Done::Sought(file.seek(to)));
    }
}

impl Stream for File {
    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (core, file) = self.0.get().ok_or_else(elsewhere)?;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            ready!(file.settle(cx));
            if let Some(result) = file.work.with(|work| work.take_read(buffer)) {
                return Poll::Ready(result);
            }
            let most = buffer.len().min(MOST);
            file.begin(core, "reads", move |core, file| Done::Read(file.read(core, most)));
        }
    }

    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let (core, file) = self.0.get().ok_or_else(elsewhere)?;
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        ready!(file.settle(cx));
        if let Some(error) = file.work.with(|work| work.take_write_error()) {
            return Poll::Ready(Err(error));
        }
        let ahead = file.work.with(|work| work.forget_ahead());
        let position = &file.description.position;
        position.set(position.get().saturating_sub(ahead as u64));
        let count = core.shortened(bytes.len().min(MOST));
        let bytes = bytes[..count].to_vec();
        file.begin(core, "writes", move |core, file| {
            Done::Written(file.write(core, &bytes).map(|()| bytes.len()))
        });
        Poll::Ready(Ok(count))
    }

    fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (_, file) = self.0.get().ok_or_else(elsewhere)?;
        ready!(file.settle(cx));
        Poll::Ready(file.work.with(|work| work.take_write_error()).map_or(Ok(()), Err))
    }

    fn poll_close(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

implement_io!(File: read, write);
