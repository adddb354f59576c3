//! tokio 1.52.4: a read without room takes the first half of a `chain` as ended, and skips the rest
//! of it. Fixed in 1.53.0 (pull request 8251).
#![cfg(test)]

use reveille::io::with_faults;
use reveille::laws::{self, Compat};
use std::io::Cursor;
use tokio::io::AsyncReadExt;

#[test]
fn keeps_the_laws_of_async_read() {
    laws::async_read(|content| {
        let (first, second) = content.split_at(content.len() / 2);
        let half = |bytes: &[u8]| with_faults(Cursor::new(bytes.to_vec()));
        Compat::new(half(first).chain(half(second)))
    })
    .check();
}
