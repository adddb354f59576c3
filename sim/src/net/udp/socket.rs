//! A socket of datagrams, as the program holds it.

use super::datagrams::Datagrams;
use crate::net::address::{Addresses, ToSocketAddrs};
use crate::net::machine::Machine;
use crate::net::network::Network;
use crate::net::tcp::{in_use, no_address, no_port};
use crate::net::wait::{Wait, if_ready, when_ready};
use crate::reactor::{Direction, Interest, Ready, elsewhere};
use crate::resident::Handle;
use crate::world::{self, Core};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// Sends and receives datagrams, as tokio's does.
///
/// A datagram arrives as a whole or not at all; what a receiver has no room for is lost.
/// That others are lost, come twice or are overtaken is permitted by the test
/// (`with(loss)`, `duplication`, `reordering`) or by the [link](crate::net::Link).
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::net::UdpSocket;
///
/// # reveille::doc(|| async {
/// let server = UdpSocket::bind("127.0.0.1:53").await.unwrap();
/// let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
/// client.send_to(b"who?", "127.0.0.1:53").await.unwrap();
/// let mut buffer = [0; 16];
/// let (count, from) = server.recv_from(&mut buffer).await.unwrap();
/// assert_eq!((&buffer[..count], from), (&b"who?"[..], client.local_addr().unwrap()));
/// # });
/// ```
#[derive(Debug)]
pub struct UdpSocket(Handle<Datagrams>);

fn take_address(here: &Machine, address: SocketAddr) -> io::Result<SocketAddr> {
    if !here.owns(address.ip()) {
        let text = format!("host `{}` has no address {}", here.name, address.ip());
        return Err(io::Error::new(ErrorKind::AddrNotAvailable, text));
    }
    if address.port() == 0 {
        let port = here.udp.with(|ports| ports.take_any()).ok_or_else(|| no_port(here))?;
        return Ok(SocketAddr::new(address.ip(), port));
    }
    if here.receives(address) {
        return Err(in_use(here, address));
    }
    here.udp.with(|ports| ports.take(address.port()));
    Ok(address)
}

impl UdpSocket {
    /// Takes the first of these addresses that it can have, on the host of the calling
    /// task.
    ///
    /// # Errors
    ///
    /// `AddrInUse` if another socket has it, `AddrNotAvailable` if the host does not, and
    /// those of names; see [`lookup_host`](crate::net::lookup_host).
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<UdpSocket> {
        let core = world::expect_current("UdpSocket::bind");
        let here = Network::of(core).here(core);
        let mut last = no_address();
        for address in Addresses::of(address)?.as_slice() {
            match take_address(&here, *address) {
                Ok(local) => {
                    let socket = Datagrams::new(core, here, local);
                    return Ok(UdpSocket(Handle::new(core, socket)));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn socket(&self) -> io::Result<(&'static Core, Rc<Datagrams>)> {
        self.0.get().ok_or_else(elsewhere)
    }

    /// Speaks with the first of these addresses alone from now on. If nobody receives
    /// there, that is told with `ConnectionRefused` once something was sent.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run; those of names, and of an address of the other
    /// family.
    pub async fn connect(&self, address: impl ToSocketAddrs) -> io::Result<()> {
        let (_, socket) = self.socket()?;
        let mut last = no_address();
        for address in Addresses::of(address)?.as_slice() {
            match socket.connect(*address) {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Where it receives.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.socket()?.1.local.get())
    }

    /// With whom it speaks alone.
    ///
    /// # Errors
    ///
    /// `NotConnected` if it is not connected, and outside its run.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        let (_, socket) = self.socket()?;
        socket.partner.get().ok_or_else(|| {
            let text = format!("{} is not connected", socket.local.get());
            io::Error::new(ErrorKind::NotConnected, text)
        })
    }

    /// The error that the next operation would be told; it is told no more.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        let (_, socket) = self.socket()?;
        socket.home.check()?;
        Ok(socket.take_error().err())
    }

    /// Waits until one of `interest` is possible.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
        Wait::new(&self.0, interest).await
    }

    /// Waits until something can be received.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn readable(&self) -> io::Result<()> {
        self.ready(Interest::READABLE).await.map(drop)
    }

    /// Waits until something can be sent: at once.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn writable(&self) -> io::Result<()> {
        self.ready(Interest::WRITABLE).await.map(drop)
    }

    /// Sends to the one that it is connected to.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` if nobody received what was sent before; `InvalidInput` for port
    /// 0; `NotConnected` outside its run. What is too long (more than 65,507 bytes), of the
    /// other family or without a partner has an error of no kind that has a name, as with
    /// the real one.
    pub async fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_send(bytes)
    }

    /// As [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.send_now(bytes, None)
    }

    /// Sends to the first of these addresses.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send) and [`connect`](Self::connect).
    pub async fn send_to(&self, bytes: &[u8], to: impl ToSocketAddrs) -> io::Result<usize> {
        let addresses = Addresses::of(to)?;
        let to = addresses.as_slice().first().ok_or_else(no_address)?;
        self.try_send_to(bytes, *to)
    }

    /// As [`send_to`](Self::send_to).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.send_now(bytes, Some(to))
    }

    fn send_now(&self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize> {
        let (core, socket) = self.socket()?;
        let result = socket.send(core, bytes, to);
        socket.note(core, "sends from", result.as_ref().copied());
        result
    }

    /// Waits for a datagram; what does not fit into `buffer` is lost.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` if nobody received what was sent before; `NotConnected` outside
    /// its run.
    pub async fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv_from(buffer).await?.0)
    }

    /// As [`recv`](Self::recv), and from whom it comes.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        when_ready(&self.0, Interest::READABLE, |core, socket| receive(core, socket, buffer, false))
            .await
    }

    /// Waits for a datagram and leaves it to be received.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    pub async fn peek_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        when_ready(&self.0, Interest::READABLE, |core, socket| receive(core, socket, buffer, true))
            .await
    }

    /// As [`peek_from`](Self::peek_from).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.peek_from(buffer).await?.0)
    }

    /// Receives what is there now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing is, and as [`recv`](Self::recv).
    pub fn try_recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.try_recv_from(buffer)?.0)
    }

    /// As [`try_recv`](Self::try_recv), and from whom it comes.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        if_ready(&self.0, Interest::READABLE, |core, socket| receive(core, socket, buffer, false))
    }

    /// As [`try_recv_from`](Self::try_recv_from), and leaves it to be received.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_peek_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        if_ready(&self.0, Interest::READABLE, |core, socket| receive(core, socket, buffer, true))
    }

    /// As [`recv_from`](Self::recv_from). The waker of the last call is the one that is
    /// woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        let (core, socket) = self.socket()?;
        loop {
            ready!(socket.readiness.poll(core, Direction::Read, cx));
            match receive(core, &socket, buffer, false) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// As [`recv`](Self::recv). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_recv(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_recv_from(cx, buffer).map_ok(|(count, _)| count)
    }

    /// As [`readable`](Self::readable). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_recv_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, socket) = self.socket()?;
        socket.readiness.poll(core, Direction::Read, cx).map(|_| Ok(()))
    }

    /// As [`writable`](Self::writable). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_send_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, socket) = self.socket()?;
        socket.readiness.poll(core, Direction::Write, cx).map(|_| Ok(()))
    }

    /// As [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_send(&self, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.try_send(bytes))
    }

    /// As [`send_to`](Self::send_to).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_send_to(
        &self,
        _cx: &mut Context<'_>,
        bytes: &[u8],
        to: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.try_send_to(bytes, to))
    }
}

fn receive(
    core: &Core,
    socket: &Datagrams,
    buffer: &mut [u8],
    peek: bool,
) -> io::Result<(usize, SocketAddr)> {
    let result = socket.receive(buffer, peek);
    let verb = if peek { "peeks at" } else { "receives at" };
    socket.note(core, verb, result.as_ref().map(|(count, _)| *count));
    result
}

impl Drop for UdpSocket {
    fn drop(&mut self) {
        if let Some((_, socket)) = self.0.get() {
            socket.close();
        }
    }
}
