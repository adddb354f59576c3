//! Implementations of the traits of I/O that break their laws, as the suites tell it.

use crate::golden::golden;
use futures::io::{AsyncRead, AsyncWrite, Cursor};
use reveille::io::{Faulty, with_faults};
use reveille::laws::{self, Sink};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

golden! {
    "panic" loses_its_tail_when_it_is_closed;
    "panic" ends_after_a_short_read;
}

/// Writes to its sink what is flushed, and forgets it if it is closed before.
struct ForgetsItsTail {
    sink: Sink,
    buffer: Vec<u8>,
}

impl AsyncWrite for ForgetsItsTail {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.buffer.extend(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while !this.buffer.is_empty() {
            let count = ready!(Pin::new(&mut this.sink).poll_write(cx, &this.buffer))?;
            this.buffer.drain(..count);
        }
        Pin::new(&mut this.sink).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_close(cx)
    }
}

#[test]
#[ignore = "broken on purpose"]
fn loses_its_tail_when_it_is_closed() {
    laws::async_write(|sink| ForgetsItsTail { sink, buffer: Vec::new() }).check();
}

/// Takes a read that is short for the last one.
struct EndsAfterAShortRead {
    stream: Faulty<Cursor<Vec<u8>>>,
    ended: bool,
}

impl AsyncRead for EndsAfterAShortRead {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.ended {
            return Poll::Ready(Ok(0));
        }
        let count = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.ended = count < buffer.len();
        Poll::Ready(Ok(count))
    }
}

#[test]
#[ignore = "broken on purpose"]
fn ends_after_a_short_read() {
    laws::async_read(|content| {
        let stream = with_faults(Cursor::new(content));
        EndsAfterAShortRead { stream, ended: false }
    })
    .content_up_to(3)
    .operations_up_to(1)
    .check();
}
