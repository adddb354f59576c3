//! futures-util 0.3.30: a `read_line` that is dropped while it is pending empties the string that it
//! reads into. Fixed in 0.3.31 (issue 2862, pull request 2884).
#![cfg(test)]

use futures_util::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use reveille::io::pipe;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use reveille::{cancellable, spawn};

/// Lines are read under a `select!`, and somebody else is served now and then meanwhile.
#[reveille::test]
async fn a_line_is_read_though_its_reader_gives_up(
    #[strategy(vec(any::<u8>(), 0..24))] lines: Vec<u8>,
) {
    let sent: Vec<_> = lines.iter().map(|line| format!("line {line}\n")).collect();
    let (reader, mut writer) = pipe(3);
    let text = sent.concat();
    let _ = spawn(async move { writer.write_all(text.as_bytes()).await });
    let mut reader = BufReader::with_capacity(4, reader);
    let mut line = String::new();
    for expected in sent {
        loop {
            match cancellable(reader.read_line(&mut line)).await {
                Ok(count) => break drop(count.unwrap()),
                Err(_) => continue,
            }
        }
        assert_eq!(line, expected);
        line.clear();
    }
}
