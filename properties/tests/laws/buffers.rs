//! Buffers that are filled wrongly, beside the one that is right.

use crate::told;
use futures::io::{AsyncBufRead, AsyncRead};
use reveille::{Law, laws};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    ShowsLessTheSecondTime,
    ConsumesAllThatWasShown,
    ConsumesNothing,
    ReadsPastTheBuffer,
    ShowsTheEndBetweenFills,
    ShowsTheLastOnceMore,
    RefillsWithoutNeed,
}
use Mistake::*;

/// Shows up to four bytes at a time.
struct Buffer {
    content: Vec<u8>,
    /// Where the buffer begins and ends.
    start: usize,
    end: usize,
    mistake: Mistake,
    shown: usize,
}

fn buffer(mistake: Mistake) -> impl Fn(Vec<u8>) -> Buffer {
    move |content| Buffer { content, start: 0, end: 0, mistake, shown: 0 }
}

impl AsyncBufRead for Buffer {
    fn poll_fill_buf(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        let empty = this.start == this.end;
        if empty || this.mistake == RefillsWithoutNeed {
            if this.mistake == ShowsTheEndBetweenFills && this.shown > 0 {
                this.shown = 0;
                return Poll::Ready(Ok(&[]));
            }
            if this.mistake == RefillsWithoutNeed {
                this.start = this.end;
            }
            this.end = this.content.len().min(this.end + 4);
        } else if this.mistake == ShowsLessTheSecondTime && this.shown > 1 {
            this.shown = 1;
            return Poll::Ready(Ok(&this.content[this.start..this.start + 1]));
        }
        let at_end = this.start == this.content.len() && this.start > 0;
        let again = usize::from(this.mistake == ShowsTheLastOnceMore && at_end);
        let shown = &this.content[this.start - again..this.end];
        this.shown = shown.len();
        Poll::Ready(Ok(shown))
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        let this = self.get_mut();
        match this.mistake {
            ConsumesAllThatWasShown => this.start = this.end,
            ConsumesNothing => {}
            _ => this.start = (this.start + count).min(this.end),
        }
    }
}

impl AsyncRead for Buffer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.mistake == ReadsPastTheBuffer {
            self.start = self.end;
        }
        let Poll::Ready(shown) = self.as_mut().poll_fill_buf(cx)? else { return Poll::Pending };
        let count = buffer.len().min(shown.len());
        buffer[..count].copy_from_slice(&shown[..count]);
        self.consume(count);
        Poll::Ready(Ok(count))
    }
}

#[test]
fn the_one_that_is_right_passes() {
    laws::async_buf_read(buffer(None)).checker(crate::checker().runs(2_000)).check();
}

macro_rules! mistakes {
    ($($name:ident: $mistake:ident, $words:literal;)*) => {
        $(#[test]
        fn $name() {
            told(laws::async_buf_read(buffer($mistake)), Law::Panic, $words);
        })*
    };
}

mistakes! {
    shows_less_the_second_time: ShowsLessTheSecondTime, "it shows 1 byte, after 2 bytes that it showed and that were not consumed";
    consumes_all_that_was_shown: ConsumesAllThatWasShown, "it shows 0 bytes, after 1 byte that it showed and that were not consumed 1 fill_buf: 1 byte 2 consume(0)";
    consumes_nothing: ConsumesNothing, "it shows other bytes at";
    reads_past_the_buffer: ReadsPastTheBuffer, "it shows the end at 0, with 1 byte to come";
    shows_the_end_between_fills: ShowsTheEndBetweenFills, "it shows the end at";
    shows_the_last_once_more: ShowsTheLastOnceMore, "it shows other bytes at 1: expected the first of [], got [";
    refills_without_need: RefillsWithoutNeed, "it shows 0 bytes, after 1 byte that it showed and that were not consumed";
}
