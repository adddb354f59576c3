//! tokio 1.53.3: `read_until`, `read_exact`, `write_all` and others give up when they are
//! interrupted. Fixed in 1.54.1 (pull requests 8417, 8432, 8448, 8453, 8455 and 8460).
#![cfg(test)]

use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use std::io::Cursor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What is saved is loaded again.
#[reveille::test(faults(interrupted))]
async fn what_is_saved_is_loaded(#[strategy(vec(any::<u8>(), 0..24))] content: Vec<u8>) {
    let mut file = Cursor::new(Vec::new());
    let mut writer = with_faults(&mut file);
    writer.write_all(&[content.len() as u8]).await.unwrap();
    writer.write_all(&content).await.unwrap();
    let mut reader = with_faults(Cursor::new(file.into_inner()));
    let mut length = [0];
    reader.read_exact(&mut length).await.unwrap();
    let mut loaded = vec![0; length[0] as usize];
    reader.read_exact(&mut loaded).await.unwrap();
    assert_eq!(loaded, content);
}
