//! The end of a server, at a path.

use super::end::End;
use super::paths::{self, Bound};
use super::stream::{SocketAddr, UnixStream};
use crate::net::machine::Home;
use crate::net::network::Network;
use crate::net::wait::{Waitable, when_ready};
use crate::private::Private;
use crate::reactor::{Direction, Interest, Readiness, Ready, elsewhere};
use crate::resident::Handle;
use crate::trace::What;
use crate::world::{self, Core};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// What tokio asks for.
const BACKLOG: usize = 1024;

/// A listener as the world holds it.
#[derive(Debug)]
pub(in crate::net) struct Listener {
    readiness: Readiness,
    pub(super) home: Home,
    pub(super) path: Rc<Path>,
    queue: Private<VecDeque<Rc<End>>>,
}

impl Waitable for Listener {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

impl Listener {
    /// A connection waits to be accepted, if there is room.
    pub(super) fn push(&self, core: &Core, end: Rc<End>) -> io::Result<()> {
        if self.queue.with(|queue| queue.len()) > BACKLOG {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.queue.with(|queue| queue.push_back(end));
        self.readiness.add(core, Ready::READABLE);
        Ok(())
    }

    fn accept(&self, core: &Core) -> io::Result<(UnixStream, SocketAddr)> {
        self.home.check()?;
        let Some(end) = self.queue.with(|queue| queue.pop_front()) else {
            self.readiness.remove(Ready::READABLE);
            return Err(ErrorKind::WouldBlock.into());
        };
        if self.queue.with(|queue| queue.is_empty()) {
            self.readiness.remove(Ready::READABLE);
        }
        let source = self.readiness.number();
        core.record(|| What::Io { source, verb: "accepts at", result: Ok(0) });
        Ok((UnixStream::new(core, end), SocketAddr::unnamed()))
    }

    fn close(&self, core: &Core) {
        self.readiness.forget_wakers();
        for end in self.queue.with(std::mem::take) {
            end.be_dropped_unaccepted(core);
        }
    }

    /// Its host may have crashed: whoever waits is told.
    pub(in crate::net) fn look_at_host(&self, core: &Core) {
        if self.home.is_gone() {
            drop(self.queue.with(std::mem::take));
            self.readiness.add(core, Ready::READABLE | Ready::CLOSED);
        }
    }
}

/// Waits for connections at a path, as tokio's does.
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::net::{UnixListener, UnixStream};
///
/// # reveille::doc(|| async {
/// let listener = UnixListener::bind("/run/service.sock").unwrap();
/// let client = UnixStream::connect("/run/service.sock").await.unwrap();
/// let (server, _) = listener.accept().await.unwrap();
/// client.try_write(b"hello").unwrap();
/// let mut buffer = [0; 8];
/// assert_eq!(server.try_read(&mut buffer).unwrap(), 5);
/// # });
/// ```
#[derive(Debug)]
pub struct UnixListener(Handle<Listener>);

impl UnixListener {
    /// Listens at `path`, on the host of the calling task.
    ///
    /// # Errors
    ///
    /// `AddrInUse` if the path is there, even if nobody listens any more; `InvalidInput`
    /// if it is longer than Linux permits.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<UnixListener> {
        let core = world::expect_current("UnixListener::bind");
        let here = Network::of(core).here(core);
        let path = paths::take(&here, path.as_ref())?;
        let name = format!("unix listener {}", path.display());
        let listener = Rc::new(Listener {
            readiness: Readiness::new(core, &name),
            home: Home::new(here.clone()),
            path: path.clone(),
            queue: Private::default(),
        });
        paths::bind(&here, path, Bound::Listener(Rc::downgrade(&listener)));
        Ok(UnixListener(Handle::new(core, listener)))
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run, or if its host crashed.
    pub async fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        when_ready(&self.0, Interest::READABLE, |core, listener| listener.accept(core)).await
    }

    /// Waits for the next connection. The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(UnixStream, SocketAddr)>> {
        let (core, listener) = self.0.get().ok_or_else(elsewhere)?;
        loop {
            ready!(listener.readiness.poll(core, Direction::Read, cx));
            match listener.accept(core) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let (_, listener) = self.0.get().ok_or_else(elsewhere)?;
        Ok(SocketAddr::at(Some(&*listener.path)))
    }
}

impl Drop for UnixListener {
    fn drop(&mut self) {
        if let Some((core, listener)) = self.0.get() {
            listener.close(core);
        }
    }
}
