//! One of two ends that are connected: what [`duplex`](super::duplex()) and
//! [`pipe`](super::pipe()) are made of.

use super::{Queue, Stream};
use crate::choice::Kind;
use crate::private::Private;
use crate::reactor::{Direction, Observed, Readiness, Ready, elsewhere};
use crate::resident::Handle;
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

#[derive(Debug)]
pub(super) struct End {
    readiness: Readiness,
    /// What the peer wrote.
    received: Private<Queue>,
    /// Nothing more is written here.
    closed: Cell<bool>,
    /// The last try was interrupted.
    interrupted: Cell<bool>,
    peer: Private<Weak<End>>,
}

/// Two ends that are connected; each receives up to its capacity.
pub(super) fn pair(core: &Core, names: [&str; 2], capacities: [usize; 2]) -> [Handle<End>; 2] {
    let end = |at: usize| {
        let readiness = Readiness::new(core, names[at]);
        // It writes where the other one receives.
        let writes = capacities[1 - at] != 0;
        readiness.begin(if writes { Ready::WRITABLE } else { Ready::empty() });
        Rc::new(End {
            readiness,
            received: Private::new(Queue::new(capacities[at])),
            closed: Cell::new(!writes),
            interrupted: Cell::new(false),
            peer: Private::default(),
        })
    };
    let (one, other) = (end(0), end(1));
    one.peer.with(|peer| *peer = Rc::downgrade(&other));
    other.peer.with(|peer| *peer = Rc::downgrade(&one));
    [Handle::new(core, one), Handle::new(core, other)]
}

impl End {
    fn peer(&self) -> Option<Rc<End>> {
        self.peer.with(|peer| peer.upgrade())
    }

    /// Has `pop` take as many bytes as it is told.
    fn read(
        &self,
        core: &Core,
        most: usize,
        pop: impl FnOnce(&mut Queue, usize),
    ) -> io::Result<usize> {
        let at_hand = self.received.with(|queue| queue.len());
        if at_hand == 0 {
            let is_closed = self.readiness.level().is_read_closed();
            return if is_closed { Ok(0) } else { Err(ErrorKind::WouldBlock.into()) };
        }
        let count = core.shortened(at_hand.min(most));
        let is_empty = self.received.with(|queue| {
            pop(queue, count);
            queue.is_empty()
        });
        if is_empty {
            self.readiness.remove(Ready::READABLE);
        }
        // A kernel tells of room to those who found none, and may leave it at that.
        if let Some(peer) = self.peer()
            && !peer.readiness.level().contains(Ready::WRITABLE)
        {
            peer.readiness.add(core, Ready::WRITABLE);
        }
        Ok(count)
    }

    fn may_write(&self) -> io::Result<()> {
        // The level tells of a peer that goes before its memory is gone.
        if self.closed.get() || self.readiness.level().is_write_closed() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }

    /// Has `push` take in as many bytes as it is told.
    fn write(
        &self,
        core: &Core,
        most: usize,
        push: impl FnOnce(&mut Queue, usize),
    ) -> io::Result<usize> {
        self.may_write()?;
        let peer = self.peer().ok_or(ErrorKind::BrokenPipe)?;
        let room = peer.received.with(|queue| queue.room());
        if room == 0 {
            self.readiness.remove(Ready::WRITABLE);
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = core.shortened(room.min(most));
        peer.received.with(|queue| push(queue, count));
        if count == room {
            self.readiness.remove(Ready::WRITABLE);
        }
        peer.readiness.add(core, Ready::READABLE);
        Ok(count)
    }

    fn close(&self, core: &Core) {
        self.closed.set(true);
        if let Some(peer) = self.peer() {
            peer.readiness.add(core, Ready::READ_CLOSED);
        }
    }

    /// Waits for `direction` until `operation` does not block.
    fn poll(
        &self,
        core: &Core,
        (direction, verb): (Direction, &'static str),
        cx: &mut Context<'_>,
        mut operation: impl FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.readiness.poll_level(direction, cx));
            match operation() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    self.note(core, verb, &result);
                    return Poll::Ready(result);
                }
            }
        }
    }

    /// Whether the kernel interrupts an operation; not twice in a row.
    fn may_try(&self, core: &Core) -> io::Result<()> {
        let interrupts = !self.interrupted.get() && core.strikes(Kind::Interrupted);
        self.interrupted.set(interrupts);
        if interrupts { Err(ErrorKind::Interrupted.into()) } else { Ok(()) }
    }

    fn note(&self, core: &Core, verb: &'static str, result: &io::Result<usize>) {
        let source = self.readiness.number();
        let result = result.as_ref().map(|count| *count).map_err(io::Error::kind);
        core.record(|| What::Io { source, verb, result });
    }
}

const READS: (Direction, &str) = (Direction::Read, "reads");
const WRITES: (Direction, &str) = (Direction::Write, "writes");

/// A type that holds an end.
pub(super) trait HasEnd {
    fn end(&self) -> &Handle<End>;

    /// Says to the peer that this end is gone.
    fn hang_up(&self) {
        let Some((core, end)) = self.end().get() else { return };
        end.readiness.leave_selectors();
        if let Some(peer) = end.peer() {
            peer.readiness.add(core, Ready::CLOSED);
        }
    }

    fn try_to_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        if buffer.is_empty() {
            return Ok(0);
        }
        let result = end.may_try(core).and_then(|()| {
            end.read(core, buffer.len(), |queue, count| {
                queue.pop(&mut buffer[..count]);
            })
        });
        end.note(core, READS.1, &result);
        result
    }

    fn try_to_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        end.may_write()?;
        if bytes.is_empty() {
            return Ok(0);
        }
        let result = end.may_try(core).and_then(|()| {
            end.write(core, bytes.len(), |queue, count| {
                queue.push(&bytes[..count]);
            })
        });
        end.note(core, WRITES.1, &result);
        result
    }
}

impl Observed for End {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    fn name(&self) -> String {
        "this stream".to_owned()
    }
}

/// Operations that do not wait, in tokio's names, and a place in a selector.
macro_rules! tries {
    ($type:ty) => {
        impl $crate::reactor::Observe for $type {
            fn observed(&self) -> Option<$crate::reactor::AnySource> {
                let (_, end) = $crate::io::end::HasEnd::end(self).get()?;
                Some($crate::reactor::AnySource(end))
            }
        }
    };
    ($type:ty: read $(, $rest:ident)*) => {
        impl $type {
            /// Reads what there is, without waiting.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is nothing and more may come; `Interrupted` where a
            /// test asks for it.
            pub fn try_read(&self, buffer: &mut [u8]) -> std::io::Result<usize> {
                $crate::io::end::HasEnd::try_to_read(self, buffer)
            }
        }

        $crate::io::end::tries!($type $(: $rest)*);
    };
    ($type:ty: write) => {
        impl $type {
            /// Writes what there is room for, without waiting.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is no room, `BrokenPipe` if nothing can be written any
            /// more; `Interrupted` where a test asks for it.
            pub fn try_write(&self, bytes: &[u8]) -> std::io::Result<usize> {
                $crate::io::end::HasEnd::try_to_write(self, bytes)
            }
        }

        $crate::io::end::tries!($type);
    };
}
pub(super) use tries;

impl<T: HasEnd> Stream for T {
    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        end.poll(core, READS, cx, || {
            end.read(core, buffer.len(), |queue, count| {
                queue.pop(&mut buffer[..count]);
            })
        })
    }

    fn poll_read_vectored(
        &self,
        cx: &mut Context<'_>,
        slices: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        let most = slices.iter().map(|slice| slice.len()).sum();
        if most == 0 {
            return Poll::Ready(Ok(0));
        }
        end.poll(core, READS, cx, || {
            end.read(core, most, |queue, mut left| {
                for slice in slices.iter_mut() {
                    let count = slice.len().min(left);
                    left -= queue.pop(&mut slice[..count]);
                }
            })
        })
    }

    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        end.may_write()?;
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        end.poll(core, WRITES, cx, || {
            end.write(core, bytes.len(), |queue, count| {
                queue.push(&bytes[..count]);
            })
        })
    }

    fn poll_write_vectored(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        end.may_write()?;
        let most = slices.iter().map(|slice| slice.len()).sum();
        if most == 0 {
            return Poll::Ready(Ok(0));
        }
        end.poll(core, WRITES, cx, || {
            end.write(core, most, |queue, mut left| {
                for slice in slices {
                    left -= queue.push(&slice[..slice.len().min(left)]);
                }
            })
        })
    }

    fn poll_flush(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end().get().ok_or_else(elsewhere)?;
        Poll::Ready(Ok(()))
    }

    fn poll_close(&self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (core, end) = self.end().get().ok_or_else(elsewhere)?;
        end.close(core);
        Poll::Ready(Ok(()))
    }
}
