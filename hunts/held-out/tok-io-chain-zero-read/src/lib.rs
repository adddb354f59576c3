//! tokio 1.52.4: a read without room of a `chain` takes its first half for ended, and skips what is
//! left of that. Fixed in 1.53.0 (pull request 8251).
#![cfg(test)]

use reveille::io::with_faults;
use reveille::laws::{self, Compat};
use std::io::Cursor;
use tokio::io::AsyncReadExt;

#[test]
fn keeps_the_laws_of_readers() {
    laws::async_read(|mut content: Vec<u8>| {
        let last = content.split_off(content.len() / 2);
        Compat::new(with_faults(Cursor::new(content)).chain(with_faults(Cursor::new(last))))
    })
    .check();
}
