//! futures-util 0.3.28: `lines` gives an error for a line that is not UTF-8 again and again, at the
//! end of its input. Fixed in 0.3.29 (pull request 2785).
#![cfg(test)]

use futures_util::io::{AsyncBufReadExt, BufReader, Cursor};
use futures_util::stream::StreamExt;
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;

/// What is no text is passed over.
#[reveille::test]
async fn lines_come_to_an_end(#[strategy(vec(any::<u8>(), 0..24))] content: Vec<u8>) {
    let reader = BufReader::with_capacity(4, with_faults(Cursor::new(content.clone())));
    let mut lines = reader.lines();
    let mut count = 0;
    while let Some(line) = lines.next().await {
        drop(line);
        count += 1;
        assert!(count <= content.len(), "more lines than bytes");
    }
}
