//! async-std 1.12.0: `io::copy` reads again after the end, when it has to wait for the flush of its
//! writer. Fixed in 1.13.0 (commit ae817ca).
#![cfg(test)]

use futures_core::Stream;
use futures_util::io::{AsyncRead, AsyncWriteExt};
use reveille::io::{pipe, with_faults};
use reveille::laws::{self, Source};
use reveille::spawn_local;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Reads chunks until their end, after which it is to be read no more, as a stream.
struct Chunks {
    source: Pin<Box<Source<io::Result<Vec<u8>>>>>,
    chunk: Vec<u8>,
}

impl AsyncRead for Chunks {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        while self.chunk.is_empty() {
            match ready!(self.source.as_mut().poll_next(cx)) {
                Some(chunk) => self.chunk = chunk?,
                None => return Poll::Ready(Ok(0)),
            }
        }
        let count = buffer.len().min(self.chunk.len());
        for (place, byte) in buffer.iter_mut().zip(self.chunk.drain(..count)) {
            *place = byte;
        }
        Poll::Ready(Ok(count))
    }
}

/// What comes out of a copy.
#[test]
fn keeps_the_laws_of_readers() {
    laws::stream_reader(|chunks| {
        let (reader, writer) = pipe(3);
        let _ = spawn_local(async move {
            let mut chunks = Chunks { source: Box::pin(chunks), chunk: Vec::new() };
            let mut writer = with_faults(writer);
            async_std::io::copy(&mut chunks, &mut writer).await?;
            writer.close().await
        });
        reader
    })
    .check();
}
