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
    stops_at_the_end: StopsAtTheEnd, "it says that it is at 0, and should be at 1, of 0";
    takes_the_start_for_the_current: TakesTheStartForTheCurrent, "it says that it is at 1, and should be at 2";
    forgets_what_it_read: ForgetsWhatItRead, "it says that it is at 4, and should be at 2";
    stops_at_the_start: StopsAtTheStart, "where a position before the start was asked for";
}
