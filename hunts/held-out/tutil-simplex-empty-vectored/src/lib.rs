//! tokio-util 0.7.19: a vectored write of nothing but empty slices to a full `simplex` waits for
//! room. Fixed in 0.7.20 (tokio pull request 8353).
#![cfg(test)]

use reveille::laws::{self, Compat};
use tokio_util::io::simplex;

#[test]
fn keeps_the_laws_of_async_write() {
    laws::async_write(|sink| {
        let (near, far) = simplex::new(4);
        reveille::spawn_daemon(sink.drain(Compat::new(far)));
        Compat::new(near)
    })
    .check();
}
