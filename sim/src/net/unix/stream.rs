//! A stream, as the program holds it.

use super::end::End;
use super::halves::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, WriteHalf, split, split_owned};
use super::paths;
use crate::io::{Stream, implement_io};
use crate::net::machine::Home;
use crate::net::network::Network;
use crate::net::wait::{Wait, if_ready};
use crate::reactor::{Direction, Interest, Ready, elsewhere};
use crate::resident::Handle;
use crate::world::{self, Core};
use std::io::{self, ErrorKind, IoSlice};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// Where a Unix socket is: at a path, or nowhere in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketAddr(Option<PathBuf>);

impl SocketAddr {
    pub(super) fn unnamed() -> SocketAddr {
        SocketAddr(None)
    }

    pub(super) fn at(path: Option<&Path>) -> SocketAddr {
        SocketAddr(path.map(Path::to_owned))
    }

    /// Whether it is nowhere in particular.
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        self.0.is_none()
    }

    /// The path, if it is at one.
    #[must_use]
    pub fn as_pathname(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

/// A stream between two tasks of a host, in tokio's names.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncReadExt, AsyncWriteExt};
/// # reveille::doc(|| async {
/// let (mut one, mut other) = reveille::net::UnixStream::pair().unwrap();
/// one.write_all(b"hello").await.unwrap();
/// drop(one);
/// let mut text = String::new();
/// other.read_to_string(&mut text).await.unwrap();
/// assert_eq!(text, "hello");
/// # });
/// ```
#[derive(Debug)]
pub struct UnixStream(pub(super) Handle<End>);

impl UnixStream {
    pub(super) fn new(core: &Core, end: Rc<End>) -> UnixStream {
        UnixStream(Handle::new(core, end))
    }

    /// Two streams that are connected with each other.
    ///
    /// # Errors
    ///
    /// None, but the real one has some.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let core = world::expect_current("UnixStream::pair");
        let network = Network::of(core);
        let home = Home::new(network.here(core));
        let (one, other) = End::pair(core, home, network.capacity.get(), None);
        Ok((UnixStream::new(core, one), UnixStream::new(core, other)))
    }

    /// Connects to a listener of the same host.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such path, `ConnectionRefused` if nobody listens there any
    /// more, `WouldBlock` if its backlog is full, `InvalidInput` if the path is longer than
    /// Linux permits. At the path of a socket of datagrams the error is of no kind that has a
    /// name, as with the real one.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn connect(path: impl AsRef<Path>) -> io::Result<UnixStream> {
        let core = world::expect_current("UnixStream::connect");
        let network = Network::of(core);
        let here = network.here(core);
        let listener = paths::listener(&here, path.as_ref())?;
        let (client, server) =
            End::pair(core, Home::new(here), network.capacity.get(), Some(listener.path.clone()));
        listener.push(core, server)?;
        Ok(UnixStream::new(core, client))
    }

    fn end(&self) -> io::Result<(&'static Core, Rc<End>)> {
        self.0.get().ok_or_else(elsewhere)
    }

    /// Where the other end is.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::at(self.end()?.1.far_path.as_deref()))
    }

    /// Where this end is.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::at(self.end()?.1.path.as_deref()))
    }

    /// Waits until one of `interest` is possible, or will not be any more.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
        Wait::new(&self.0, interest).await
    }

    /// Waits until something can be read, or nothing more will come.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn readable(&self) -> io::Result<()> {
        self.ready(Interest::READABLE).await.map(drop)
    }

    /// Waits until something can be written.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn writable(&self) -> io::Result<()> {
        self.ready(Interest::WRITABLE).await.map(drop)
    }

    /// Reads what is there now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing is; `ConnectionReset`, once, if the other end was dropped
    /// with unread bytes; `NotConnected` outside its run.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if_ready(&self.0, Interest::READABLE, |core, end| {
            let result = end.read(core, buffer);
            end.note(core, "reads", &result);
            result
        })
    }

    /// Writes what there is room for now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; `BrokenPipe` if the other end is gone, or after a
    /// shutdown; `NotConnected` outside its run.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        if_ready(&self.0, Interest::WRITABLE, |core, end| {
            let result = end.write(core, &[IoSlice::new(bytes)]);
            end.note(core, "writes", &result);
            result
        })
    }

    /// Two halves that borrow the stream, to be used by one task.
    pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        split(self)
    }

    /// Two halves that own the stream. Dropping that which writes shuts writing down.
    #[must_use]
    pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        split_owned(self)
    }
}

impl Drop for UnixStream {
    fn drop(&mut self) {
        if let Some((core, end)) = self.0.get() {
            end.close(core);
        }
    }
}

impl Stream for UnixStream {
    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (core, end) = self.end()?;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            ready!(end.readiness.poll(core, Direction::Read, cx));
            match end.read(core, buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    end.note(core, "reads", &result);
                    return Poll::Ready(result);
                }
            }
        }
    }

    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let (core, end) = self.end()?;
        loop {
            ready!(end.readiness.poll(core, Direction::Write, cx));
            match end.write(core, slices) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    end.note(core, "writes", &result);
                    return Poll::Ready(result);
                }
            }
        }
    }

    fn poll_flush(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end()?;
        Poll::Ready(Ok(()))
    }

    fn poll_close(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, end) = self.end()?;
        let result = end.shut_down(core);
        let told = result.as_ref().map(|()| 0).map_err(|error| error.kind().into());
        end.note(core, "shuts down", &told);
        Poll::Ready(result)
    }
}

implement_io!(UnixStream: read, write);
