//! tokio 1.53.3: `copy` fails when a read or a write is interrupted, and does not try again. Fixed in
//! 1.54.1 (pull requests 8417 to 8460).
#![cfg(test)]

use reveille::io::with_faults;
use reveille::laws::{self, Compat};
use reveille::{Checker, Kind, spawn};
use std::io::Cursor;
use tokio::io::{AsyncWriteExt, copy, duplex};

/// What comes out of a copy.
#[test]
fn keeps_the_laws_of_readers() {
    laws::async_read(|content: Vec<u8>| {
        let (near, far) = duplex(4);
        let _ = spawn(async move {
            let mut far = with_faults(far);
            copy(&mut with_faults(Cursor::new(content)), &mut far).await.unwrap();
            far.shutdown().await.unwrap();
        });
        Compat::new(near)
    })
    .checker(Checker::new().with(Kind::Interrupted))
    .check();
}
