//! futures-util 0.3.29: the future of `fill_buf` asks its reader twice, and panics if that is
//! pending the second time. Fixed in 0.3.30 (pull request 2812).
#![cfg(test)]

use futures_util::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, BufReader, Cursor};
use reveille::io::with_faults;
use reveille::laws;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Filled by the future of `fill_buf`.
struct ByFuture<R>(R);

impl<R: AsyncRead + Unpin> AsyncRead for ByFuture<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<R: AsyncBufRead + Unpin> AsyncBufRead for ByFuture<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Pin::new(&mut self.get_mut().0.fill_buf()).poll(cx)
    }

    fn consume(mut self: Pin<&mut Self>, count: usize) {
        Pin::new(&mut self.0).consume(count);
    }
}

#[test]
fn keeps_the_laws_of_buffered_readers() {
    laws::async_buf_read(|content| {
        ByFuture(with_faults(BufReader::with_capacity(5, with_faults(Cursor::new(content)))))
    })
    .check();
}
