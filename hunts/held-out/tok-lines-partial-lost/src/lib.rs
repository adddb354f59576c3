//! tokio 1.53.3: `Lines` throws away what it has of a line when a read fails. Fixed in 1.54.1 (pull
//! request 8400).
#![cfg(test)]

use reveille::draw;
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use std::io::{self, Cursor};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, ReadBuf};

/// A connection that times out now and then, and lives on.
struct Flaky<R>(R);

impl<R: AsyncRead + Unpin> AsyncRead for Flaky<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if draw(4) == 1 {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

/// All lines are read; after a failure once more.
#[reveille::test]
async fn every_line_is_read(#[strategy(vec(any::<u8>(), 0..24))] lines: Vec<u8>) {
    let sent: Vec<_> = lines.iter().map(|line| format!("line {line}")).collect();
    let text = sent.iter().map(|line| format!("{line}\n")).collect::<String>();
    let reader = Flaky(with_faults(Cursor::new(text.into_bytes())));
    let mut lines = BufReader::with_capacity(4, reader).lines();
    let mut read = Vec::new();
    loop {
        match lines.next_line().await {
            Ok(Some(line)) => read.push(line),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert_eq!(read, sent);
}
