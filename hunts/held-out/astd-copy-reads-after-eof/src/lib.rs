//! async-std 1.12.0: `io::copy` reads on after the end while it waits for the flush. Fixed in
//! 1.13.0 (commit ae817ca).
#![cfg(test)]

use async_std::io::{Cursor, copy};
use futures_io::AsyncRead;
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What somebody types: each document ends with the end-of-file character, and another may follow.
struct Terminal(VecDeque<Vec<u8>>);

impl AsyncRead for Terminal {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let Some(document) = self.0.front_mut() else { return Poll::Ready(Ok(0)) };
        let count = document.len().min(buffer.len());
        buffer[..count].copy_from_slice(&document[..count]);
        document.drain(..count);
        if count == 0 {
            self.0.pop_front();
        }
        Poll::Ready(Ok(count))
    }
}

/// Each document goes to a file of its own.
#[reveille::test]
async fn documents_are_copied(
    #[strategy(vec(vec(any::<u8>(), 0..8), 0..4))] documents: Vec<Vec<u8>>,
) {
    let mut terminal = Terminal(documents.iter().cloned().collect());
    for document in documents {
        let mut file = Cursor::new(Vec::new());
        copy(&mut terminal, with_faults(&mut file)).await.unwrap();
        assert_eq!(*file.get_ref(), document);
    }
}
