//! tokio 1.5.1: whoever drops an end of a `duplex` does not wake a writer at the other
//! end, only a reader. Fixed in 1.6.0 (pull request 3756).
#![cfg(test)]

use reveille::laws::{self, Duplex};
use tokio::io::{DuplexStream, duplex};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

#[derive(Clone)]
struct Pair;

impl Duplex for Pair {
    type End = Compat<DuplexStream>;

    fn open(&self) -> (Self::End, Self::End) {
        let (near, far) = duplex(4);
        (near.compat(), far.compat())
    }

    fn capacity(&self) -> Option<usize> {
        Some(4)
    }

    // Until 1.54.1 a read without room waits for something to come.
    fn waits_with_nothing(&self) -> bool {
        true
    }
}

#[test]
fn keeps_the_laws_of_a_duplex() {
    laws::duplex(Pair).check();
}
