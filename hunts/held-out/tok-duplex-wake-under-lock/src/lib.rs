//! tokio 1.53.2: the ends of a `duplex` wake with its lock held. Fixed in 1.53.3 (pull request
//! 8618).
#![cfg(test)]

use reveille::laws::{self, Compat};
use reveille::{Checker, Kind};
use tokio::io::{AsyncWriteExt, duplex};

#[test]
fn keeps_the_laws_of_async_read() {
    laws::async_read(|content| {
        let (near, mut far) = duplex(4);
        reveille::spawn(async move { far.write_all(&content).await });
        Compat::new(near)
    })
    .checker(Checker::new().with(Kind::ReentrantWaker))
    .check();
}
