//! Writers that are wrong, each in a way of its own, beside the one that is right.

use crate::told;
use futures::io::AsyncWrite;
use reveille::Law;
use reveille::laws::{self, Sink};
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    FlushesNothing,
    DoesNotFlushTheSink,
    FlushesOnce,
    CloseLosesTheTail,
    DoesNotCloseTheSink,
    AcceptsAndIsPending,
    TakesNothingWhenFull,
    SaysMoreThanItWasGiven,
    SaysAllOfIt,
    LetsLargeOnesPass,
    WritesTwiceAfterPending,
    FailsToCloseTwice,
    DropsWhatComesAfterTheClose,
    ForgetsToPollTheSink,
    FlushForgetsThatItWasPending,
    FailsWhenNothingIsWrong,
}
use Mistake::*;

const CAPACITY: usize = 4;

/// A buffer before a sink.
struct Writer {
    sink: Sink,
    buffer: Vec<u8>,
    mistake: Mistake,
    closed: bool,
    was_pending: bool,
}

fn writer(mistake: Mistake) -> impl Fn(Sink) -> Writer {
    move |sink| Writer { sink, buffer: Vec::new(), mistake, closed: false, was_pending: false }
}

impl Writer {
    fn sink(&mut self) -> Pin<&mut Sink> {
        Pin::new(&mut self.sink)
    }

    /// Writes the buffer to the sink.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.buffer.is_empty() {
            if self.mistake == ForgetsToPollTheSink && std::mem::take(&mut self.was_pending) {
                return Poll::Pending;
            }
            let polled = Pin::new(&mut self.sink).poll_write(cx, &self.buffer);
            let twice = self.mistake == WritesTwiceAfterPending && self.was_pending;
            self.was_pending = polled.is_pending();
            let count = ready!(polled)?;
            match self.mistake {
                FlushesOnce => self.buffer.clear(),
                _ if twice => {}
                _ => drop(self.buffer.drain(..count)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Writer {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.closed {
            return Poll::Ready(match this.mistake {
                DropsWhatComesAfterTheClose => Ok(bytes.len()),
                _ => Err(ErrorKind::BrokenPipe.into()),
            });
        }
        if this.mistake == LetsLargeOnesPass && bytes.len() > CAPACITY {
            return this.sink().poll_write(cx, bytes);
        }
        if this.buffer.len() == CAPACITY {
            match this.mistake {
                TakesNothingWhenFull => return Poll::Ready(Ok(0)),
                FailsWhenNothingIsWrong => return Poll::Ready(Err(ErrorKind::WouldBlock.into())),
                _ => {}
            }
            let drained = this.drain(cx);
            if drained.is_pending() && this.mistake == AcceptsAndIsPending {
                this.buffer.extend(bytes);
            }
            ready!(drained)?;
        }
        let count = bytes.len().min(CAPACITY - this.buffer.len().min(CAPACITY));
        this.buffer.extend(&bytes[..count]);
        Poll::Ready(Ok(match this.mistake {
            SaysMoreThanItWasGiven => CAPACITY,
            SaysAllOfIt => bytes.len(),
            _ => count,
        }))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.mistake == FlushesNothing {
            return this.sink().poll_flush(cx);
        }
        let drained = this.drain(cx);
        if drained.is_pending() && this.mistake == FlushForgetsThatItWasPending {
            return Poll::Ready(Ok(()));
        }
        ready!(drained)?;
        if this.mistake == DoesNotFlushTheSink {
            return Poll::Ready(Ok(()));
        }
        this.sink().poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.closed && this.mistake == FailsToCloseTwice {
            return Poll::Ready(Err(ErrorKind::NotConnected.into()));
        }
        if this.mistake != CloseLosesTheTail {
            ready!(this.drain(cx))?;
        }
        match this.mistake {
            DoesNotCloseTheSink => ready!(this.sink().poll_flush(cx))?,
            _ => ready!(this.sink().poll_close(cx))?,
        }
        this.closed = true;
        Poll::Ready(Ok(()))
    }
}

#[test]
fn the_one_that_is_right_passes() {
    laws::async_write(writer(None)).checker(crate::checker().runs(2_000)).check();
}

macro_rules! mistakes {
    ($($name:ident: $mistake:ident, $law:ident, $words:literal;)*) => {
        $(#[test]
        fn $name() {
            told(laws::async_write(writer($mistake)), Law::$law, $words);
        })*
    };
}

mistakes! {
    flushes_nothing: FlushesNothing, Panic, "the flush is over, and 1 byte of 1 did not arrive 1 write([0]): 1 byte 2 flush";
    does_not_flush_the_sink: DoesNotFlushTheSink, Panic, "the flush is over, and what it writes to was not flushed: 1 byte of 1 cannot be seen";
    flushes_once: FlushesOnce, Panic, "1 byte of 2 did not arrive";
    close_loses_the_tail: CloseLosesTheTail, Panic, "the close is over, and 1 byte of 1 did not arrive 1 write([0]): 1 byte 2 close";
    does_not_close_the_sink: DoesNotCloseTheSink, Panic, "the close is over, and what it writes to is open";
    accepts_and_is_pending: AcceptsAndIsPending, Panic, "it took none of 1 byte and did not say why";
    takes_nothing_when_full: TakesNothingWhenFull, Panic, "it took none of 1 byte and did not say why: `write_all` would fail";
    says_more_than_it_was_given: SaysMoreThanItWasGiven, Panic, "it says that it took 4 bytes, and was given 0";
    says_all_of_it: SaysAllOfIt, Panic, "1 byte of 5 did not arrive";
    lets_large_ones_pass: LetsLargeOnesPass, Panic, "other bytes arrived at 3: expected 0, got 1";
    writes_twice_after_pending: WritesTwiceAfterPending, Panic, "1 byte arrived that it had not accepted";
    fails_to_close_twice: FailsToCloseTwice, Panic, "a second close failed with `not connected`";
    drops_what_comes_after_the_close: DropsWhatComesAfterTheClose, Panic, "it accepted a byte after the close and flushed it";
    forgets_to_poll_the_sink: ForgetsToPollTheSink, PendingWithoutWaker, "no clone of its waker is alive anywhere: nothing can wake it";
    flush_forgets_that_it_was_pending: FlushForgetsThatItWasPending, Panic, "the flush is over";
    fails_when_nothing_is_wrong: FailsWhenNothingIsWrong, Panic, "where nothing is wrong";
}
