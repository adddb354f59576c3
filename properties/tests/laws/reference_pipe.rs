//! A duplex of our own, and a pipe that is one direction of it, right unless they are told to make
//! a mistake.

use futures::io::{AsyncRead, AsyncWrite};
use reveille::laws::{Duplex, Pipe};
use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    WriteWakesNobody,
    ReadWakesNobody,
    ReadWakesOnlyAtTheEnd,
    CloseWakesNobody,
    WriterThatGoesWakesNobody,
    ReaderThatGoesWakesNobody,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    RegistersForTheOther,
    TakesThoughPending,
    GivesAgain,
    LosesWhatIsTooMuch,
    HoldsOneMore,
    AcceptsAfterTheClose,
    AcceptsWithoutReader,
    CloseLosesTheRest,
    GoesWithTheRest,
    EndsWhenEmpty,
    FailsAtTheEnd,
    ReadOfNothingWaits,
    WriteOfNothingWaits,
    TakesNone,
    TakesTheSlicesBackwards,
    FlushWaitsForTheReader,
    CloseIsNoEnd,
    ClosesBothWays,
    WakesInsideItsLock,
}
use Mistake::*;

pub(crate) const CAPACITY: usize = 4;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

/// The same, which does not say how much it holds.
#[derive(Clone)]
pub(crate) struct OfUnknownCapacity(pub(crate) Mistake);

#[derive(Default)]
struct Direction {
    bytes: VecDeque<u8>,
    is_closed: bool,
    has_no_writer: bool,
    has_no_reader: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

type Shared = Rc<RefCell<Direction>>;

/// Where bytes go in.
pub(crate) struct Writer(Mistake, Shared);
/// Where they come out.
pub(crate) struct Reader(Mistake, Shared);
/// Both.
pub(crate) struct End {
    writer: Writer,
    reader: Reader,
}

/// Wakes, when nothing is borrowed any more.
fn wake(mistake: Mistake, direction: RefMut<'_, Direction>, waker: Option<Waker>) {
    if mistake == WakesInsideItsLock {
        waker.into_iter().for_each(Waker::wake);
        return;
    }
    drop(direction);
    waker.into_iter().for_each(Waker::wake);
}

/// Keeps the waker; what was kept before, or is not kept, is to be dropped when nothing is borrowed.
fn register(mistake: Mistake, slot: &mut Option<Waker>, waker: Waker) -> Option<Waker> {
    match mistake {
        ForgetsToRegister => Some(waker),
        KeepsItsFirstWaker if slot.is_some() => Some(waker),
        _ => slot.replace(waker),
    }
}

impl Writer {
    fn poll(&mut self, cx: &mut Context<'_>, chunk: &[u8]) -> Poll<io::Result<usize>> {
        let Writer(mistake, shared) = self;
        let waker = cx.waker().clone();
        let mut direction = shared.borrow_mut();
        if direction.has_no_reader && *mistake != AcceptsWithoutReader
            || direction.is_closed && *mistake != AcceptsAfterTheClose
        {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        if chunk.is_empty() && *mistake != WriteOfNothingWaits {
            return Poll::Ready(Ok(0));
        }
        let capacity = if *mistake == HoldsOneMore { CAPACITY + 1 } else { CAPACITY };
        let room = capacity - direction.bytes.len();
        if room == 0 || chunk.is_empty() {
            if *mistake == TakesNone {
                return Poll::Ready(Ok(0));
            }
            if *mistake == TakesThoughPending {
                direction.bytes.extend(chunk.first());
            }
            let old = match mistake {
                RegistersForTheOther => direction.reader.replace(waker),
                _ => register(*mistake, &mut direction.writer, waker),
            };
            drop(direction);
            drop(old);
            return Poll::Pending;
        }
        let count = room.min(chunk.len());
        direction.bytes.extend(&chunk[..count]);
        let waker = if *mistake == WriteWakesNobody { None } else { direction.reader.take() };
        wake(*mistake, direction, waker);
        Poll::Ready(Ok(if *mistake == LosesWhatIsTooMuch { chunk.len() } else { count }))
    }
}

impl AsyncWrite for Writer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        chunk: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(cx, chunk)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut slices: Vec<&[u8]> = slices.iter().map(|slice| &slice[..]).collect();
        if self.0 == TakesTheSlicesBackwards {
            slices.reverse();
        }
        self.poll(cx, &slices.concat())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let waker = cx.waker().clone();
        let mut direction = self.1.borrow_mut();
        if self.0 != FlushWaitsForTheReader || direction.bytes.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let old = direction.writer.replace(waker);
        drop(direction);
        drop(old);
        Poll::Pending
    }

    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut direction = self.1.borrow_mut();
        direction.is_closed = true;
        if self.0 == CloseLosesTheRest {
            direction.bytes.clear();
        }
        let waker = if self.0 == CloseWakesNobody { None } else { direction.reader.take() };
        wake(self.0, direction, waker);
        Poll::Ready(Ok(()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut direction = self.1.borrow_mut();
        direction.has_no_writer = true;
        if self.0 == GoesWithTheRest {
            direction.bytes.clear();
        }
        let own = direction.writer.take();
        let waker =
            if self.0 == WriterThatGoesWakesNobody { None } else { direction.reader.take() };
        wake(self.0, direction, waker);
        drop(own);
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let Reader(mistake, shared) = &*self;
        let waker = cx.waker().clone();
        let mut direction = shared.borrow_mut();
        if buffer.is_empty() && *mistake != ReadOfNothingWaits {
            return Poll::Ready(Ok(0));
        }
        if direction.bytes.is_empty() {
            let is_over = direction.is_closed && *mistake != CloseIsNoEnd;
            if is_over || direction.has_no_writer || *mistake == EndsWhenEmpty {
                return Poll::Ready(match mistake {
                    FailsAtTheEnd => Err(ErrorKind::UnexpectedEof.into()),
                    _ => Ok(0),
                });
            }
            let old = register(*mistake, &mut direction.reader, waker);
            drop(direction);
            drop(old);
            return Poll::Pending;
        }
        let count = buffer.len().min(direction.bytes.len());
        let given = direction.bytes.iter().take(count);
        buffer.iter_mut().zip(given).for_each(|(to, from)| *to = *from);
        let keeps = usize::from(*mistake == GivesAgain && count > 1);
        direction.bytes.drain(..count - keeps);
        let waits_on = *mistake == ReadWakesOnlyAtTheEnd && !direction.bytes.is_empty();
        let waker = match mistake {
            ReadWakesNobody => None,
            _ if waits_on => None,
            _ => direction.writer.take(),
        };
        wake(*mistake, direction, waker);
        Poll::Ready(Ok(count))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut direction = self.1.borrow_mut();
        direction.has_no_reader = true;
        let own = direction.reader.take();
        let waker =
            if self.0 == ReaderThatGoesWakesNobody { None } else { direction.writer.take() };
        wake(self.0, direction, waker);
        drop(own);
    }
}

fn direction(mistake: Mistake) -> (Writer, Reader) {
    let shared = Shared::default();
    (Writer(mistake, shared.clone()), Reader(mistake, shared))
}

impl Pipe for Reference {
    type Writer = Writer;
    type Reader = Reader;

    fn open(&self) -> (Writer, Reader) {
        direction(self.0)
    }

    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }
}

impl Pipe for OfUnknownCapacity {
    type Writer = Writer;
    type Reader = Reader;

    fn open(&self) -> (Writer, Reader) {
        direction(self.0)
    }
}

impl AsyncRead for End {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.reader).poll_read(cx, buffer)
    }
}

impl AsyncWrite for End {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        chunk: &[u8],
    ) -> Poll<io::Result<usize>> {
        let End { writer, reader } = &mut *self;
        let wrote = Pin::new(&mut *writer).poll_write(cx, chunk);
        if wrote.is_pending() && writer.0 == RegistersForTheOther {
            // One waker for both: that of who waits to read is gone.
            let old = reader.1.borrow_mut().reader.replace(cx.waker().clone());
            drop(old);
        }
        wrote
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reader.0 == ClosesBothWays {
            self.reader.1.borrow_mut().has_no_writer = true;
        }
        Pin::new(&mut self.writer).poll_close(cx)
    }
}

impl Duplex for Reference {
    type End = End;

    fn open(&self) -> (End, End) {
        let ((there, here), (back, away)) = (direction(self.0), direction(self.0));
        (End { writer: there, reader: away }, End { writer: back, reader: here })
    }

    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }
}
