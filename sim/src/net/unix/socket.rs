//! A socket of datagrams, as the program holds it.

use super::datagrams::Datagrams;
use super::paths::{self, Bound};
use super::stream::SocketAddr;
use crate::net::network::Network;
use crate::net::wait::{Wait, if_ready};
use crate::reactor::{Direction, Interest, Ready, elsewhere};
use crate::resident::Handle;
use crate::world::{self, Core};
use crate::yield_now;
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::path::Path;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// Sends datagrams to sockets of the same host and receives them, as tokio's does.
///
/// A datagram arrives as a whole and in order, or the sender is told: what there is no room
/// for waits. A receiver that did not connect to the sender keeps 11 datagrams, as Linux has
/// it; of what a socket sent, about 200 KiB may be under way.
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::net::UnixDatagram;
///
/// # reveille::doc(|| async {
/// let server = UnixDatagram::bind("/run/log.sock").unwrap();
/// let client = UnixDatagram::unbound().unwrap();
/// client.connect("/run/log.sock").unwrap();
/// client.send(b"started").await.unwrap();
/// let mut buffer = [0; 16];
/// let (count, from) = server.recv_from(&mut buffer).await.unwrap();
/// assert_eq!(&buffer[..count], b"started");
/// assert!(from.is_unnamed());
/// # });
/// ```
#[derive(Debug)]
pub struct UnixDatagram(Handle<Datagrams>);

impl UnixDatagram {
    /// Receives at `path`, on the host of the calling task.
    ///
    /// # Errors
    ///
    /// `AddrInUse` if the path is there, even if nobody receives any more; `InvalidInput`
    /// if it is longer than Linux permits.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<UnixDatagram> {
        let core = world::expect_current("UnixDatagram::bind");
        let here = Network::of(core).here(core);
        let path = paths::take(&here, path.as_ref())?;
        let socket = Datagrams::new(core, here.clone(), Some(path.clone()));
        paths::bind(&here, path, Bound::Datagrams(Rc::downgrade(&socket)));
        Ok(UnixDatagram(Handle::new(core, socket)))
    }

    /// Two sockets that are connected with each other.
    ///
    /// # Errors
    ///
    /// None, but the real one has some.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let core = world::expect_current("UnixDatagram::pair");
        let (one, other) = Datagrams::pair(core, &Network::of(core).here(core));
        let [one, other] = [one, other].map(|socket| UnixDatagram(Handle::new(core, socket)));
        Ok((one, other))
    }

    /// A socket that is nowhere in particular: nobody can send to it, unless they are a
    /// pair.
    ///
    /// # Errors
    ///
    /// None, but the real one has some.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn unbound() -> io::Result<UnixDatagram> {
        let core = world::expect_current("UnixDatagram::unbound");
        let socket = Datagrams::new(core, Network::of(core).here(core), None);
        Ok(UnixDatagram(Handle::new(core, socket)))
    }

    fn socket(&self) -> io::Result<(&'static Core, Rc<Datagrams>)> {
        self.0.get().ok_or_else(elsewhere)
    }

    /// Speaks with the socket at `path` alone from now on: what others send to this one is
    /// refused to them. What an earlier partner sent and was not received is dropped, and
    /// that partner is told.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such path, `ConnectionRefused` if nobody receives there
    /// any more, `PermissionDenied` if that one is connected to another socket,
    /// `InvalidInput` if the path is longer than Linux permits, `NotConnected` outside its
    /// run. At the path of a listener the error is of no kind that has a name, as with the
    /// real one.
    pub fn connect(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let (core, socket) = self.socket()?;
        socket.connect(core, path.as_ref())
    }

    /// Where it receives.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::at(self.socket()?.1.path.as_deref()))
    }

    /// With whom it speaks alone.
    ///
    /// # Errors
    ///
    /// `NotConnected` if it is not connected, and outside its run.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::at(self.socket()?.1.partner_path()?.as_deref()))
    }

    /// The error that the next operation would be told; it is told no more.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        let (_, socket) = self.socket()?;
        match socket.take_error() {
            Err(error) if error.kind() == ErrorKind::NotConnected => Err(error),
            result => Ok(result.err()),
        }
    }

    /// Sends no more, or receives no more, or both; who sends to it then has `BrokenPipe`.
    /// The partner is told nothing, and who waits to receive here waits for ever, as with
    /// tokio's.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        let (core, socket) = self.socket()?;
        let result = socket.shut_down(core, how);
        socket.note(core, "shuts down", result.as_ref().map(|()| 0));
        result
    }

    /// Waits until one of `interest` is possible.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
        if interest.is_writable() && self.socket()?.1.found_full() {
            // To others it can write, so it is ready, but not before others had a turn.
            yield_now().await;
        }
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

    /// Waits until something can be sent to the partner, if there is one. Whether somebody
    /// else has room is not known before it was tried.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run.
    pub async fn writable(&self) -> io::Result<()> {
        self.ready(Interest::WRITABLE).await.map(drop)
    }

    /// Sends to the one that it is connected to, as soon as there is room.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused`, once, if the partner is gone, and `NotConnected` from then on,
    /// or if there never was one; `PermissionDenied` if the partner is connected to another
    /// socket; `ConnectionReset`, once, if it connected to that and dropped what it had not
    /// received; `BrokenPipe` after a shutdown; `NotConnected` outside its run. What is too
    /// long (more than 212,960 bytes) has an error of no kind that has a name, as with the
    /// real one.
    pub async fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.when_done(Interest::WRITABLE, || self.attempt_to_send(bytes, None)).await
    }

    /// Sends now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room, and as [`send`](Self::send).
    pub fn try_send(&self, bytes: &[u8]) -> io::Result<usize> {
        if_ready(&self.0, Interest::WRITABLE, |core, socket| send(core, socket, bytes, None))
    }

    /// Sends to who receives at `path`, as soon as there is room.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send) and [`connect`](Self::connect).
    pub async fn send_to(&self, bytes: &[u8], path: impl AsRef<Path>) -> io::Result<usize> {
        let path = path.as_ref();
        self.when_done(Interest::WRITABLE, || self.attempt_to_send(bytes, Some(path))).await
    }

    /// Sends to who receives at `path`, now.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room, and as [`send_to`](Self::send_to).
    pub fn try_send_to(&self, bytes: &[u8], path: impl AsRef<Path>) -> io::Result<usize> {
        if_ready(&self.0, Interest::WRITABLE, |core, socket| {
            send(core, socket, bytes, Some(path.as_ref()))
        })
    }

    /// Waits for a datagram; what does not fit into `buffer` is lost.
    ///
    /// # Errors
    ///
    /// `ConnectionReset`, once, if the partner connected to another socket and dropped what
    /// it had not received; `NotConnected` outside its run.
    pub async fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv_from(buffer).await?.0)
    }

    /// As [`recv`](Self::recv), and from whom it comes.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.when_done(Interest::READABLE, || self.attempt_to_receive(buffer)).await
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
        if_ready(&self.0, Interest::READABLE, |core, socket| receive(core, socket, buffer))
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
        self.poll_until_done(cx, Direction::Read, || self.attempt_to_receive(buffer))
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
        if socket.found_full() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        socket.readiness.poll(core, Direction::Write, cx).map(|_| Ok(()))
    }

    /// As [`send`](Self::send). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_send(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_until_done(cx, Direction::Write, || self.attempt_to_send(bytes, None))
    }

    /// As [`send_to`](Self::send_to). The waker of the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        path: impl AsRef<Path>,
    ) -> Poll<io::Result<usize>> {
        let path = path.as_ref();
        self.poll_until_done(cx, Direction::Write, || self.attempt_to_send(bytes, Some(path)))
    }

    fn attempt_to_send(&self, bytes: &[u8], to: Option<&Path>) -> io::Result<Attempt<usize>> {
        let (core, socket) = self.socket()?;
        let result = send(core, &socket, bytes, to);
        Attempt::of(result, || socket.found_full())
    }

    fn attempt_to_receive(&self, buffer: &mut [u8]) -> io::Result<Attempt<(usize, SocketAddr)>> {
        let (core, socket) = self.socket()?;
        let result = receive(core, &socket, buffer);
        Attempt::of(result, || socket.reads_no_more())
    }

    async fn when_done<R>(
        &self,
        interest: Interest,
        mut attempt: impl FnMut() -> io::Result<Attempt<R>>,
    ) -> io::Result<R> {
        loop {
            Wait::new(&self.0, interest).await?;
            let events = self.socket()?.1.readiness.events();
            match attempt()? {
                Attempt::Done(result) => return Ok(result),
                Attempt::NotReady => {}
                Attempt::InVain => drop(Wait::after(&self.0, interest, events).await?),
            }
        }
    }

    fn poll_until_done<R>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        mut attempt: impl FnMut() -> io::Result<Attempt<R>>,
    ) -> Poll<io::Result<R>> {
        let (core, socket) = self.socket()?;
        loop {
            ready!(socket.readiness.poll(core, direction, cx));
            let events = socket.readiness.events();
            match attempt()? {
                Attempt::Done(result) => return Poll::Ready(Ok(result)),
                Attempt::NotReady => {}
                Attempt::InVain => {
                    socket.readiness.keep(direction, cx);
                    // To keep a waker may have run others.
                    if socket.readiness.events() == events {
                        return Poll::Pending;
                    }
                }
            }
        }
    }
}

/// What came of an operation that does not wait.
enum Attempt<R> {
    Done(R),
    /// And that is seen from outside.
    NotReady,
    /// The socket looks ready and will go on to.
    InVain,
}

impl<R> Attempt<R> {
    fn of(result: io::Result<R>, in_vain: impl Fn() -> bool) -> io::Result<Attempt<R>> {
        match result {
            Ok(result) => Ok(Attempt::Done(result)),
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
            Err(_) if in_vain() => Ok(Attempt::InVain),
            Err(_) => Ok(Attempt::NotReady),
        }
    }
}

fn send(core: &Core, socket: &Rc<Datagrams>, bytes: &[u8], to: Option<&Path>) -> io::Result<usize> {
    let result = socket.send(core, bytes, to);
    socket.note(core, "sends from", result.as_ref().copied());
    result
}

fn receive(core: &Core, socket: &Datagrams, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    let result = socket.receive(core, buffer);
    socket.note(core, "receives at", result.as_ref().map(|(count, _)| *count));
    result.map(|(count, from)| (count, SocketAddr::at(from.as_deref())))
}

impl Drop for UnixDatagram {
    fn drop(&mut self) {
        if let Some((core, socket)) = self.0.get() {
            socket.close(core);
        }
    }
}
