//! Two ends that are connected, as tokio's `duplex`.

use super::{Queue, Stream, implement_io};
use crate::private::Private;
use crate::reactor::{Direction, Readiness, Ready, elsewhere};
use crate::resident::Handle;
use crate::trace::What;
use crate::world::{self, Core};
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

/// A pair of connected streams: what is written to one is read from the other, up to
/// `capacity` bytes in each direction at a time.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncReadExt, AsyncWriteExt};
/// # reveille::doc(|| async {
/// let (mut client, mut server) = reveille::io::duplex(64);
/// client.write_all(b"ping").await.unwrap();
/// let mut buffer = [0; 4];
/// server.read_exact(&mut buffer).await.unwrap();
/// assert_eq!(&buffer, b"ping");
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[must_use]
#[track_caller]
pub fn duplex(capacity: usize) -> (DuplexStream, DuplexStream) {
    let core = world::expect_current("duplex");
    let number = core.sources.get();
    let (one, other) =
        (End::new(core, number, 'a', capacity), End::new(core, number, 'b', capacity));
    one.peer.with(|peer| *peer = Rc::downgrade(&other));
    other.peer.with(|peer| *peer = Rc::downgrade(&one));
    (DuplexStream(Handle::new(core, one)), DuplexStream(Handle::new(core, other)))
}

/// An end of a [`duplex`]. Dropping it closes both directions.
#[derive(Debug)]
pub struct DuplexStream(Handle<End>);

#[derive(Debug)]
struct End {
    readiness: Readiness,
    /// What the peer wrote.
    received: Private<Queue>,
    closed: Cell<bool>,
    peer: Private<Weak<End>>,
}

impl End {
    fn new(core: &Core, number: u32, name: char, capacity: usize) -> Rc<End> {
        let readiness = Readiness::new(core, &format!("duplex {number}{name}"));
        readiness.add(core, Ready::WRITABLE);
        Rc::new(End {
            readiness,
            received: Private::new(Queue::new(capacity)),
            closed: Cell::new(false),
            peer: Private::default(),
        })
    }

    fn peer(&self) -> Option<Rc<End>> {
        self.peer.with(|peer| peer.upgrade())
    }

    fn read(&self, core: &Core, buffer: &mut [u8]) -> io::Result<usize> {
        let at_hand = self.received.with(|queue| queue.len());
        if at_hand == 0 {
            let is_closed = self.readiness.level().is_read_closed();
            return if is_closed { Ok(0) } else { Err(ErrorKind::WouldBlock.into()) };
        }
        let count = core.shortened(at_hand.min(buffer.len()));
        let is_empty = self.received.with(|queue| {
            queue.pop(&mut buffer[..count]);
            queue.is_empty()
        });
        if is_empty {
            self.readiness.remove(Ready::READABLE);
        }
        if let Some(peer) = self.peer() {
            peer.readiness.add(core, Ready::WRITABLE);
        }
        Ok(count)
    }

    fn write(&self, core: &Core, bytes: &[u8]) -> io::Result<usize> {
        let Some(peer) = self.peer().filter(|_| !self.closed.get()) else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        let room = peer.received.with(|queue| queue.room());
        if room == 0 {
            self.readiness.remove(Ready::WRITABLE);
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = core.shortened(room.min(bytes.len()));
        peer.received.with(|queue| queue.push(&bytes[..count]));
        if count == room {
            self.readiness.remove(Ready::WRITABLE);
        }
        peer.readiness.add(core, Ready::READABLE);
        Ok(count)
    }

    fn note(&self, core: &Core, verb: &'static str, result: &io::Result<usize>) {
        let source = self.readiness.number();
        let result = result.as_ref().map(|count| *count).map_err(|error| error.kind());
        core.record(|| What::Io { source, verb, result });
    }
}

impl Stream for DuplexStream {
    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (core, end) = self.0.get().ok_or_else(elsewhere)?;
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
        let (core, end) = self.0.get().ok_or_else(elsewhere)?;
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            ready!(end.readiness.poll(core, Direction::Write, cx));
            match end.write(core, bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    end.note(core, "writes", &result);
                    return Poll::Ready(result);
                }
            }
        }
    }

    fn poll_flush(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.get().ok_or_else(elsewhere)?;
        Poll::Ready(Ok(()))
    }

    fn poll_close(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, end) = self.0.get().ok_or_else(elsewhere)?;
        end.closed.set(true);
        if let Some(peer) = end.peer() {
            peer.readiness.add(core, Ready::READ_CLOSED);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        if let Some((core, end)) = self.0.get()
            && let Some(peer) = end.peer()
        {
            peer.readiness.add(core, Ready::CLOSED);
        }
    }
}

implement_io!(DuplexStream: read, write);
