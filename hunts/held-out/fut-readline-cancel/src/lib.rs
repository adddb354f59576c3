//! futures-util 0.3.30: a `read_line` that is dropped while it is pending empties the string that it
//! reads into. Fixed in 0.3.31 (issue 2862, pull request 2884).
#![cfg(test)]

use futures_util::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use reveille::io::pipe;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use reveille::{cancellable, spawn};

/// Lines are added to a text under a `select!`. A line whose reader gives up is lost; what the text
/// had before is not.
#[reveille::test]
async fn a_text_stays_though_its_reader_gives_up(
    #[strategy(vec(any::<u8>(), 0..24))] lines: Vec<u8>,
) {
    let sent: Vec<_> = lines.iter().map(|line| format!("line {line}\n")).collect();
    let (reader, mut writer) = pipe(3);
    let _ = spawn(async move { writer.write_all(sent.concat().as_bytes()).await });
    let mut reader = BufReader::with_capacity(4, reader);
    let mut text = String::new();
    loop {
        let before = text.clone();
        let read = cancellable(reader.read_line(&mut text)).await;
        assert!(text.starts_with(&before), "expected {before:?} to begin {text:?}");
        if matches!(read, Ok(Ok(0))) {
            break;
        }
    }
}
