//! A socket before it listens or is connected.

use super::listener::{TcpListener, take_address};
use super::stream::TcpStream;
use crate::net::address::uncategorized;
use crate::net::machine::{Home, Machine};
use crate::net::network::Network;
use crate::private::Private;
use crate::reactor::elsewhere;
use crate::resident::Handle;
use crate::world;
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;

/// What it will be bound to.
#[derive(Debug)]
struct Unconnected {
    home: Home,
    is_ipv4: bool,
    bound: Private<Option<SocketAddr>>,
    used: Cell<bool>,
}

impl Unconnected {
    /// What Linux says of an address of the other family.
    fn check_family(&self, address: SocketAddr) -> io::Result<()> {
        let kind = match (self.is_ipv4, address.is_ipv4()) {
            (true, false) => uncategorized(),
            (false, true) => ErrorKind::InvalidInput,
            _ => return Ok(()),
        };
        let text = format!("{address} is of another family than the socket");
        Err(io::Error::new(kind, text))
    }

    fn machine(&self) -> &Rc<Machine> {
        &self.home.machine
    }

    /// Where it is bound; to any port if nothing was said.
    fn use_up(&self) -> io::Result<SocketAddr> {
        let any = match self.is_ipv4 {
            true => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            false => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let bound = match self.bound.with(|bound| *bound) {
            Some(bound) => bound,
            None => take_address(self.machine(), any)?,
        };
        self.used.set(true);
        Ok(bound)
    }
}

impl Drop for Unconnected {
    fn drop(&mut self) {
        if let (false, false, Some(bound)) =
            (self.used.get(), self.home.is_gone(), self.bound.with(|bound| *bound))
        {
            self.machine().tcp.with(|ports| ports.give_back(bound.port()));
        }
    }
}

/// A socket that is neither connected nor listens, in tokio's names: for those who choose
/// the backlog of a listener or the address that they connect from.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let socket = reveille::net::TcpSocket::new_v4().unwrap();
/// socket.bind("127.0.0.1:80".parse().unwrap()).unwrap();
/// let listener = socket.listen(1).unwrap();
/// assert_eq!(listener.local_addr().unwrap().port(), 80);
/// # });
/// ```
#[derive(Debug)]
pub struct TcpSocket(Handle<Unconnected>);

impl TcpSocket {
    #[track_caller]
    fn new(what: &str, is_ipv4: bool) -> io::Result<TcpSocket> {
        let core = world::expect_current(what);
        let home = Home::new(Network::of(core).here(core));
        let (bound, used) = (Private::default(), Cell::new(false));
        let socket = Rc::new(Unconnected { home, is_ipv4, bound, used });
        Ok(TcpSocket(Handle::new(core, socket)))
    }

    /// A socket for IPv4.
    ///
    /// # Errors
    ///
    /// None, but the real one has some.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn new_v4() -> io::Result<TcpSocket> {
        TcpSocket::new("TcpSocket::new_v4", true)
    }

    /// A socket for IPv6.
    ///
    /// # Errors
    ///
    /// None, but the real one has some.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn new_v6() -> io::Result<TcpSocket> {
        TcpSocket::new("TcpSocket::new_v6", false)
    }

    /// Takes an address.
    ///
    /// # Errors
    ///
    /// As [`TcpListener::bind`]; `InvalidInput` if it has one already, or one of IPv6 is to
    /// have an address of IPv4. The other way round the error is of no kind that has a
    /// name, as with the real one.
    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        let (_, socket) = self.0.get().ok_or_else(elsewhere)?;
        socket.check_family(address)?;
        if let Some(bound) = socket.bound.with(|bound| *bound) {
            let text = format!("the socket is bound to {bound} already");
            return Err(io::Error::new(ErrorKind::InvalidInput, text));
        }
        let taken = take_address(socket.machine(), address)?;
        socket.bound.with(|bound| *bound = Some(taken));
        Ok(())
    }

    /// Where it is bound.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let (_, socket) = self.0.get().ok_or_else(elsewhere)?;
        let nowhere = match socket.is_ipv4 {
            true => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            false => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        Ok(socket.bound.with(|bound| *bound).unwrap_or(nowhere))
    }

    /// Does nothing: an address can always be used again once its listener is gone.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn set_reuseaddr(&self, _reuse: bool) -> io::Result<()> {
        self.0.get().ok_or_else(elsewhere).map(drop)
    }

    /// Listens; one more than `backlog` connections may wait to be accepted. Whoever
    /// knocks then is not heard, and knocks again after a second.
    ///
    /// # Errors
    ///
    /// `AddrNotAvailable` if it was not bound and no port is left; `AddrInUse` if another
    /// one listens there by now.
    pub fn listen(self, backlog: u32) -> io::Result<TcpListener> {
        let (core, socket) = self.0.get().ok_or_else(elsewhere)?;
        let local = socket.use_up()?;
        if socket.machine().listens(local) {
            socket.used.set(false);
            return Err(super::listener::in_use(socket.machine(), local));
        }
        Ok(TcpListener::new(core, socket.machine().clone(), local, backlog))
    }

    /// Connects; see [`TcpStream::connect`].
    ///
    /// # Errors
    ///
    /// As there; for an address of the other family those of [`bind`](Self::bind).
    pub async fn connect(self, address: SocketAddr) -> io::Result<TcpStream> {
        let bound = {
            let (_, socket) = self.0.get().ok_or_else(elsewhere)?;
            socket.check_family(address)?;
            socket.use_up()?
        };
        TcpStream::connect_to(address, Some(bound)).await
    }
}
