//! futures-util 0.3.29: the future of `fill_buf` fills the buffer a second time, and panics if it
//! is pending then. Fixed in 0.3.30 (pull requests 2801 and 2812).
#![cfg(test)]

use futures_util::io::{AsyncBufReadExt, Cursor};
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;

/// Takes what is there, piece by piece.
#[reveille::test]
async fn all_that_is_shown_is_read(
    #[strategy(vec(any::<u8>(), 0..24))] content: Vec<u8>,
    #[strategy(1..5usize)] most: usize,
) {
    let mut reader = with_faults(Cursor::new(content.clone()));
    let mut read: Vec<u8> = Vec::new();
    loop {
        let shown = reader.fill_buf().await.unwrap();
        let count = shown.len().min(most);
        if count == 0 {
            break;
        }
        read.extend(&shown[..count]);
        reader.consume_unpin(count);
    }
    assert_eq!(read, content);
}
