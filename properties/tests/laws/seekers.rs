//! Seeks that go wrong, beside the one that is right.

use crate::told;
use futures::io::{AsyncRead, AsyncSeek};
use reveille::{Law, laws};
use std::io::{self, Read, Seek, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    OffByOneFromTheEnd,
    SaysWhereItWas,
    MovesThoughItFails,
    StopsAtTheEnd,
    TakesTheStartForTheCurrent,
    ForgetsWhatItRead,
    StopsAtTheStart,
}
use Mistake::*;

struct Seeker {
    cursor: io::Cursor<Vec<u8>>,
    mistake: Mistake,
}

fn seeker(mistake: Mistake) -> impl Fn(Vec<u8>) -> Seeker {
    move |content| Seeker { cursor: io::Cursor::new(content), mistake }
}

impl AsyncRead for Seeker {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.cursor.read(buffer))
    }
}

impl AsyncSeek for Seeker {
    fn poll_seek(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        position: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        let (before, length) = (self.cursor.position(), self.cursor.get_ref().len() as u64);
        let position = match (self.mistake, position) {
            (OffByOneFromTheEnd, SeekFrom::End(by)) => SeekFrom::End(by.saturating_sub(1)),
            (TakesTheStartForTheCurrent, SeekFrom::Current(by @ 1..)) => SeekFrom::Start(by as u64),
            // A buffer of two bytes that was read ahead and is not counted.
            (ForgetsWhatItRead, SeekFrom::Current(by)) if before >= 2 => SeekFrom::Current(by + 2),
            (_, position) => position,
        };
        let sought = self.cursor.seek(position);
        Poll::Ready(match (self.mistake, sought) {
            (SaysWhereItWas, Ok(_)) => Ok(before),
            (MovesThoughItFails, Err(error)) => {
                self.cursor.set_position(0);
                Err(error)
            }
            (StopsAtTheEnd, Ok(at)) if at > length => {
                self.cursor.set_position(length);
                Ok(length)
            }
            (StopsAtTheStart, Err(_)) => {
                self.cursor.set_position(0);
                Ok(0)
            }
            (_, sought) => sought,
        })
    }
}

#[test]
fn the_one_that_is_right_passes() {
    laws::async_seek(seeker(None)).checker(crate::checker().runs(2_000)).check();
}

macro_rules! mistakes {
    ($($name:ident: $mistake:ident, $words:literal;)*) => {
        $(#[test]
        fn $name() {
            told(laws::async_seek(seeker($mistake)), Law::Panic, $words);
        })*
    };
}

mistakes! {
    off_by_one_from_the_end: OffByOneFromTheEnd, "async_seek: it";
    says_where_it_was: SaysWhereItWas, "it says that it is at 0, and should be at 1, of 0 1 seek(Start(1)): at 0";
    moves_though_it_fails: MovesThoughItFails, "a seek that failed moved it from 1 to 0";
    stops_at_the_end: StopsAtTheEnd, "it says that it is at 0, and should be at";
    takes_the_start_for_the_current: TakesTheStartForTheCurrent, "it says that it is at 1, and should be at 2";
    forgets_what_it_read: ForgetsWhatItRead, "it says that it is at 4, and should be at 2";
    stops_at_the_start: StopsAtTheStart, "where a position before the start was asked for";
}

/// Reads eight bytes ahead, and asks the reader behind it where it is.
struct ReadsAhead {
    cursor: io::Cursor<Vec<u8>>,
    ahead: Vec<u8>,
}

impl AsyncRead for ReadsAhead {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.ahead.is_empty() {
            let mut ahead = vec![0; 8];
            let count = self.cursor.read(&mut ahead)?;
            ahead.truncate(count);
            self.ahead = ahead;
        }
        let count = buffer.len().min(self.ahead.len());
        for (place, byte) in buffer.iter_mut().zip(self.ahead.drain(..count)) {
            *place = byte;
        }
        Poll::Ready(Ok(count))
    }
}

impl AsyncSeek for ReadsAhead {
    fn poll_seek(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        position: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        self.ahead.clear();
        Poll::Ready(self.cursor.seek(position))
    }
}

#[test]
fn content_is_as_short_as_it_can_be_and_no_two_bytes_alike() {
    let made = |content| ReadsAhead { cursor: io::Cursor::new(content), ahead: Vec::new() };
    told(laws::async_seek(made), Law::Panic, "content = [1]");
    let twice = |mut content: Vec<u8>| {
        content.dedup();
        content.iter_mut().skip(2).for_each(|byte| *byte = byte.wrapping_add(1));
        io::Cursor::new(content)
    };
    let twice = move |content| futures::io::AllowStdIo::new(twice(content));
    told(laws::async_seek(twice), Law::Panic, "content = [1, 2, 3]");
}
