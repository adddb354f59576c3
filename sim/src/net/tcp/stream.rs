//! A connection, as the program holds it.

use super::halves::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, WriteHalf, split, split_owned};
use super::handshake;
use super::listener::no_address;
use super::socket::Socket;
use crate::io::{Stream, implement_io};
use crate::net::address::{Addresses, ToSocketAddrs};
use crate::net::network::Network;
use crate::net::wait::{Wait, if_ready, when_ready};
use crate::reactor::{Direction, Interest, Ready, elsewhere};
use crate::resident::Handle;
use crate::world::{self, Core};
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A connection, in tokio's names.
///
/// What a real one may do it does, too: reads and writes move fewer bytes than they could
/// (fault `short-io`), and readiness may turn out to be none.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncReadExt, AsyncWriteExt};
/// use reveille::net::{TcpListener, TcpStream};
///
/// # reveille::doc(|| async {
/// let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
/// reveille::spawn(async move {
///     let (stream, _) = listener.accept().await.unwrap();
///     let (mut reader, mut writer) = stream.into_split();
///     futures::io::copy(&mut reader, &mut writer).await.unwrap();
/// });
/// # reveille::yield_now().await;
/// let mut stream = TcpStream::connect("localhost:80").await.unwrap();
/// stream.write_all(b"ping").await.unwrap();
/// stream.close().await.unwrap();
/// let mut echo = String::new();
/// stream.read_to_string(&mut echo).await.unwrap();
/// assert_eq!(echo, "ping");
/// # });
/// ```
///
/// Dropping it closes the connection. If there are bytes that were not read, or a
/// [linger](Self::set_linger) of no time, the other end is reset, as Linux does.
#[derive(Debug)]
pub struct TcpStream(pub(super) Handle<Socket>);

impl TcpStream {
    pub(super) fn new(core: &Core, socket: Rc<Socket>) -> TcpStream {
        TcpStream(Handle::new(core, socket))
    }

    /// Connects to the first of these addresses that answers, from the host of the calling
    /// task.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` if nobody listens there; `TimedOut` if nothing comes back for
    /// 127 seconds, as in a partition; `HostUnreachable` if no host has the address; and
    /// those of names, see [`lookup_host`](crate::net::lookup_host).
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn connect(address: impl ToSocketAddrs) -> io::Result<TcpStream> {
        world::expect_current("TcpStream::connect");
        let mut last = no_address();
        for address in Addresses::of(address)?.as_slice() {
            match TcpStream::connect_to(*address, None).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub(super) async fn connect_to(
        to: SocketAddr,
        bound: Option<SocketAddr>,
    ) -> io::Result<TcpStream> {
        let stream = {
            let core = world::expect_current("TcpStream::connect");
            let network = Network::of(core);
            let here = network.here(core);
            TcpStream::new(core, handshake::connect(core, &network, here, bound, to)?)
        };
        when_ready(&stream.0, Interest::WRITABLE, |core, socket| {
            let result = socket.connected();
            if !matches!(&result, Err(error) if error.kind() == ErrorKind::WouldBlock) {
                let told = result.as_ref().map(|()| 0).map_err(|error| error.kind().into());
                socket.note(core, "connects", &told);
            }
            result
        })
        .await?;
        Ok(stream)
    }

    fn socket(&self) -> io::Result<(&'static Core, Rc<Socket>)> {
        self.0.get().ok_or_else(elsewhere)
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// `NotConnected` once it was reset or both ends have shut their halves, and outside its
    /// run.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket()?.1.peer_addr()
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.socket()?.1.local)
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

    /// As [`readable`](Self::readable). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, socket) = self.socket()?;
        socket.readiness.poll(core, Direction::Read, cx).map(|_| Ok(()))
    }

    /// As [`writable`](Self::writable). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, socket) = self.socket()?;
        socket.readiness.poll(core, Direction::Write, cx).map(|_| Ok(()))
    }

    /// Reads what is there now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing is; `ConnectionReset`, once, if the other end did that;
    /// `NotConnected` outside its run.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if_ready(&self.0, Interest::READABLE, |core, socket| {
            let result = socket.read(core, buffer, false);
            socket.note(core, "reads", &result);
            result
        })
    }

    /// Writes what there is room for now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; `ConnectionReset`, once, if the other end did that;
    /// `BrokenPipe` after that and after a shutdown; `NotConnected` outside its run.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_write_vectored(&[IoSlice::new(bytes)])
    }

    /// As [`try_write`](Self::try_write), from several places.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if_ready(&self.0, Interest::WRITABLE, |core, socket| {
            let result = socket.write(core, slices);
            socket.note(core, "writes", &result);
            result
        })
    }

    /// Waits for bytes and copies them to `buffer`, but leaves them to be read.
    ///
    /// # Errors
    ///
    /// As [`try_read`](Self::try_read), but for `WouldBlock`.
    pub async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        when_ready(&self.0, Interest::READABLE, |core, socket| socket.read(core, buffer, true))
            .await
    }

    /// As [`peek`](Self::peek). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_peek(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (core, socket) = self.socket()?;
        loop {
            ready!(socket.readiness.poll(core, Direction::Read, cx));
            match socket.read(core, buffer, true) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// The error that the next operation would be told; it is told no more.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(self.socket()?.1.take_error().err())
    }

    /// Whether small writes are sent at once. They always are, here.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn nodelay(&self) -> io::Result<bool> {
        Ok(self.socket()?.1.nodelay.get())
    }

    /// Sets what [`nodelay`](Self::nodelay) says.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.socket()?.1.nodelay.set(nodelay);
        Ok(())
    }

    /// How long closing takes care of what was not sent.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        Ok(self.socket()?.1.linger.get())
    }

    /// With a linger of no time the other end is reset when this one is dropped.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn set_linger(&self, linger: Option<Duration>) -> io::Result<()> {
        self.socket()?.1.linger.set(linger);
        Ok(())
    }

    /// As [`set_linger`](Self::set_linger) with no time.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.set_linger(Some(Duration::ZERO))
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

impl Drop for TcpStream {
    fn drop(&mut self) {
        if let Some((core, socket)) = self.0.get() {
            socket.close(core);
        }
    }
}

impl Stream for TcpStream {
    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (core, socket) = self.socket()?;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            ready!(socket.readiness.poll(core, Direction::Read, cx));
            match socket.read(core, buffer, false) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    socket.note(core, "reads", &result);
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
        let (core, socket) = self.socket()?;
        loop {
            ready!(socket.readiness.poll(core, Direction::Write, cx));
            match socket.write(core, slices) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    socket.note(core, "writes", &result);
                    return Poll::Ready(result);
                }
            }
        }
    }

    fn poll_flush(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket()?;
        Poll::Ready(Ok(()))
    }

    fn poll_close(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, socket) = self.socket()?;
        let result = socket.shut_down(core);
        let told = result.as_ref().map(|()| 0).map_err(|error| error.kind().into());
        socket.note(core, "shuts down", &told);
        Poll::Ready(result)
    }
}

implement_io!(TcpStream: read, write);
