//! The end of a server: connections that wait to be accepted.

use super::handshake::no_port;
use super::socket::Socket;
use super::stream::TcpStream;
use crate::net::address::{Addresses, ToSocketAddrs};
use crate::net::machine::{Home, Machine, reaches};
use crate::net::network::Network;
use crate::net::wait::{Waitable, when_ready};
use crate::private::Private;
use crate::reactor::{Direction, Interest, Readiness, Ready, elsewhere};
use crate::resident::Handle;
use crate::trace::What;
use crate::world::{self, Core};
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// What tokio and the standard library ask for.
const BACKLOG: u32 = 1024;

/// A listener as the world holds it.
#[derive(Debug)]
pub(crate) struct Listener {
    readiness: Readiness,
    home: Home,
    pub(super) local: SocketAddr,
    backlog: usize,
    /// Connections that are not confirmed yet.
    expected: Cell<usize>,
    queue: Private<VecDeque<Rc<Socket>>>,
    closed: Cell<bool>,
}

impl Waitable for Listener {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

impl Listener {
    fn new(core: &Core, here: Rc<Machine>, local: SocketAddr, backlog: u32) -> Rc<Listener> {
        let name = match core.recording.get() {
            true => format!("tcp listener {local}"),
            false => String::new(),
        };
        let listener = Rc::new(Listener {
            readiness: Readiness::new(core, &name),
            home: Home::new(here),
            local,
            backlog: backlog as usize,
            expected: Cell::new(0),
            queue: Private::default(),
            closed: Cell::new(false),
        });
        listener.home.machine.add_listener(local, &listener);
        listener
    }

    /// As in Linux, one more than the backlog may wait.
    pub(super) fn is_full(&self) -> bool {
        self.queue.with(|queue| queue.len()) + self.expected.get() > self.backlog
    }

    /// A connection is to be confirmed.
    pub(super) fn expect_one(&self) {
        self.expected.set(self.expected.get() + 1);
    }

    pub(super) fn expect_one_less(&self) {
        self.expected.set(self.expected.get().saturating_sub(1));
    }

    /// A connection stands, and waits to be accepted.
    pub(super) fn push(&self, core: &Core, socket: Rc<Socket>) {
        self.expect_one_less();
        if self.closed.get() {
            return socket.abort(core);
        }
        self.queue.with(|queue| queue.push_back(socket));
        self.readiness.add(core, Ready::READABLE);
    }

    fn accept(&self, core: &Core) -> io::Result<(TcpStream, SocketAddr)> {
        self.home.check()?;
        let Some(socket) = self.queue.with(|queue| queue.pop_front()) else {
            self.readiness.remove(Ready::READABLE);
            return Err(ErrorKind::WouldBlock.into());
        };
        if self.queue.with(|queue| queue.is_empty()) {
            self.readiness.remove(Ready::READABLE);
        }
        let source = self.readiness.number();
        core.record(|| What::Io { source, verb: "accepts at", result: Ok(0) });
        let far = socket.far;
        Ok((TcpStream::new(core, socket), far))
    }

    fn close(&self, core: &Core) {
        self.closed.set(true);
        self.readiness.forget_wakers();
        if !self.home.is_gone() {
            self.home.machine.remove_listener(self);
            self.home.machine.tcp.with(|ports| ports.give_back(self.local.port()));
        }
        for socket in self.queue.with(std::mem::take) {
            if !self.home.is_gone() {
                socket.abort(core);
            }
        }
    }

    /// Its host may have crashed: whoever waits is told.
    pub(crate) fn look_at_host(&self, core: &Core) {
        if self.home.is_gone() && !self.closed.get() {
            drop(self.queue.with(std::mem::take));
            self.readiness.add(core, Ready::READABLE | Ready::CLOSED);
        }
    }
}

/// Takes `address` on `here`, or a port that nobody has if it is 0.
pub(super) fn take_address(here: &Machine, address: SocketAddr) -> io::Result<SocketAddr> {
    if !here.owns(address.ip()) {
        let text = format!("host `{}` has no address {}", here.name, address.ip());
        return Err(io::Error::new(ErrorKind::AddrNotAvailable, text));
    }
    if address.port() == 0 {
        let port = here.tcp.with(|ports| ports.take_any()).ok_or_else(|| no_port(here))?;
        return Ok(SocketAddr::new(address.ip(), port));
    }
    let client = here.tcp.with(|ports| ports.client(address.port()));
    if here.listens(address) || client.is_some_and(|client| reaches(address.ip(), client)) {
        return Err(in_use(here, address));
    }
    here.tcp.with(|ports| ports.take(address.port()));
    Ok(address)
}

/// The error of an address that another socket has.
pub(in crate::net) fn in_use(here: &Machine, address: SocketAddr) -> io::Error {
    let text = format!("{address} of host `{}` is in use", here.name);
    io::Error::new(ErrorKind::AddrInUse, text)
}

/// The error of no address at all.
pub(in crate::net) fn no_address() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "could not resolve to any address")
}

/// Waits for connections, as tokio's does.
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::net::{TcpListener, TcpStream};
///
/// # reveille::doc(|| async {
/// let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
/// let address = listener.local_addr().unwrap();
/// let client = reveille::spawn(TcpStream::connect(address));
/// let (stream, from) = listener.accept().await.unwrap();
/// assert_eq!(stream.peer_addr().unwrap(), from);
/// assert_eq!(client.await.unwrap().unwrap().local_addr().unwrap(), from);
/// # });
/// ```
///
/// Dropping it resets the connections that were not accepted.
#[derive(Debug)]
pub struct TcpListener(Handle<Listener>);

impl TcpListener {
    /// Listens at the first of these addresses that it can have, on the host of the
    /// calling task.
    ///
    /// # Errors
    ///
    /// `AddrInUse` if another listener has it, `AddrNotAvailable` if the host does not,
    /// and those of names; see [`lookup_host`](crate::net::lookup_host).
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
        let core = world::expect_current("TcpListener::bind");
        let here = Network::of(core).here(core);
        let mut last = no_address();
        for address in Addresses::of(address)?.as_slice() {
            match take_address(&here, *address) {
                Ok(local) => return Ok(TcpListener::new(core, here, local, BACKLOG)),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub(super) fn new(
        core: &Core,
        here: Rc<Machine>,
        local: SocketAddr,
        backlog: u32,
    ) -> TcpListener {
        TcpListener(Handle::new(core, Listener::new(core, here, local, backlog)))
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run, or if its host crashed.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        when_ready(&self.0, Interest::READABLE, |core, listener| listener.accept(core)).await
    }

    /// Waits for the next connection. The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
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
        Ok(self.0.get().ok_or_else(elsewhere)?.1.local)
    }
}

impl Drop for TcpListener {
    fn drop(&mut self) {
        if let Some((core, listener)) = self.0.get() {
            listener.close(core);
        }
    }
}
