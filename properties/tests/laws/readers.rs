//! Readers that are wrong, each in a way of its own, beside the one that is right.

use crate::told;
use futures::io::AsyncRead;
use reveille::{Law, laws};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    EndsEarly,
    WritesBeforeItIsPending,
    LosesWhatItTookWhenDropped,
    ForgetsToRegister,
    KeepsItsFirstWaker,
    SaysOneMore,
    UsesTheRoomAsScratch,
    DeliversTwiceAfterPending,
    StartsOverAtItsEnd,
    WaitsAtItsEnd,
    FailsAtItsEnd,
    FillsTheLastSliceFirst,
    ReadsIntoNoRoom,
    SkipsWhatDoesNotFit,
}
use Mistake::*;

#[derive(Default)]
struct Shared {
    bytes: VecDeque<u8>,
    ended: bool,
    waker: Option<Waker>,
}

/// Reads what another task puts into a queue, three bytes at a time.
struct Reader {
    shared: Rc<RefCell<Shared>>,
    mistake: Mistake,
    was_pending: bool,
    content: Vec<u8>,
    ended: bool,
}

fn reader(mistake: Mistake) -> impl Fn(Vec<u8>) -> Reader {
    move |content| {
        let shared = Rc::<RefCell<Shared>>::default();
        let (end, text) = (shared.clone(), content.clone());
        let _feeding = reveille::spawn_local(async move {
            for chunk in text.chunks(3) {
                reveille::time::sleep(Duration::from_millis(1)).await;
                end.borrow_mut().bytes.extend(chunk);
                let waker = end.borrow_mut().waker.take();
                waker.into_iter().for_each(Waker::wake);
            }
            end.borrow_mut().ended = true;
            let waker = end.borrow_mut().waker.take();
            waker.into_iter().for_each(Waker::wake);
        });
        Reader { shared, mistake, was_pending: false, content, ended: false }
    }
}

impl Reader {
    /// There is nothing, and more may come.
    fn pending(&mut self, shared: &mut Shared, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        match self.mistake {
            EndsEarly => return Poll::Ready(Ok(0)),
            ForgetsToRegister => {}
            KeepsItsFirstWaker if shared.waker.is_some() => {}
            _ => shared.waker = Some(cx.waker().clone()),
        }
        self.was_pending = true;
        Poll::Pending
    }

    fn at_its_end(
        &mut self,
        shared: &mut Shared,
        cx: &Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self.mistake {
            StartsOverAtItsEnd if self.ended && !self.content.is_empty() => {
                buffer[0] = self.content[0];
                Poll::Ready(Ok(1))
            }
            WaitsAtItsEnd if self.ended => {
                shared.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            FailsAtItsEnd => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            _ => {
                self.ended = true;
                Poll::Ready(Ok(0))
            }
        }
    }

    fn take(&mut self, shared: &mut Shared, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(shared.bytes.len());
        for (place, byte) in buffer.iter_mut().zip(&shared.bytes) {
            *place = *byte;
        }
        let twice = self.mistake == DeliversTwiceAfterPending && self.was_pending;
        self.was_pending = false;
        if !twice {
            shared.bytes.drain(..count);
        }
        match self.mistake {
            SkipsWhatDoesNotFit => shared.bytes.clear(),
            UsesTheRoomAsScratch => buffer[count..].fill(0),
            SaysOneMore => return count + 1,
            _ => {}
        }
        count
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if buffer.is_empty() {
            return Poll::Ready(Ok(usize::from(this.mistake == ReadsIntoNoRoom)));
        }
        let shared = this.shared.clone();
        let shared = &mut *shared.borrow_mut();
        if shared.bytes.is_empty() {
            if this.mistake == UsesTheRoomAsScratch {
                buffer.fill(0);
            }
            return match shared.ended {
                true => this.at_its_end(shared, cx, buffer),
                false => this.pending(shared, cx),
            };
        }
        if shared.bytes.len() < 3.min(buffer.len()) && !shared.ended {
            // It would rather have more.
            match this.mistake {
                WritesBeforeItIsPending => {
                    this.take(shared, buffer);
                    return this.pending(shared, cx);
                }
                LosesWhatItTookWhenDropped => {
                    shared.bytes.clear();
                    return this.pending(shared, cx);
                }
                _ => {}
            }
        }
        Poll::Ready(Ok(this.take(shared, buffer)))
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        let place = match self.mistake {
            FillsTheLastSliceFirst => slices.iter_mut().rfind(|slice| !slice.is_empty()),
            _ => slices.iter_mut().find(|slice| !slice.is_empty()),
        };
        self.poll_read(cx, place.map_or(&mut [], |slice| &mut slice[..]))
    }
}

#[test]
fn the_one_that_is_right_passes() {
    laws::async_read(reader(None)).checker(crate::checker().runs(2_000)).check();
}

/// No trait forbids it, tokio's `ReadBuf` invites to it, and decompressors do it.
#[test]
fn the_room_beyond_what_is_read_may_be_scratch() {
    laws::async_read(reader(UsesTheRoomAsScratch)).checker(crate::checker()).check();
}

macro_rules! mistakes {
    ($($name:ident: $mistake:ident, $law:ident, $words:literal;)*) => {
        $(#[test]
        fn $name() {
            told(laws::async_read(reader($mistake)), Law::$law, $words);
        })*
    };
}

mistakes! {
    ends_early: EndsEarly, Panic, "async_read: it says that the end is reached at 0, with 1 byte to come 1 read(";
    writes_before_it_is_pending: WritesBeforeItIsPending, Panic, "pending, though it wrote to the buffer";
    loses_what_it_took: LosesWhatItTookWhenDropped, Panic, "it read other bytes at 1: expected [2], got [4]";
    forgets_to_register: ForgetsToRegister, PendingWithoutWaker, "no clone of its waker is alive anywhere: nothing can wake it";
    keeps_its_first_waker: KeepsItsFirstWaker, StaleWaker, "must replace the waker it kept";
    says_one_more: SaysOneMore, Panic, "it says that it read 2 bytes into a buffer with room for 1";
    delivers_twice: DeliversTwiceAfterPending, Panic, "it read 1 byte past the end";
    starts_over: StartsOverAtItsEnd, Panic, "it read 1 byte past the end";
    waits_at_its_end: WaitsAtItsEnd, Stuck, "whoever keeps a waker";
    fails_at_its_end: FailsAtItsEnd, Panic, "it failed with `unexpected end of file`, where nothing is wrong";
    fills_the_last_slice_first: FillsTheLastSliceFirst, Panic, "it read other bytes at 0";
    reads_into_no_room: ReadsIntoNoRoom, Panic, "it says that it read 1 byte into a buffer with room for 0";
    skips_what_does_not_fit: SkipsWhatDoesNotFit, Panic, "the end is reached";
}
