//! tokio 1.53.3: a read without room from an empty duplex waits for something to come, and a write of
//! nothing into a full one for room. Fixed in 1.54.1 (pull request 8323).
#![cfg(test)]

use reveille::laws::{self, Compat, Duplex};
use tokio::io::{DuplexStream, duplex};

#[derive(Clone)]
struct Pair;

impl Duplex for Pair {
    type End = Compat<DuplexStream>;

    fn open(&self) -> (Self::End, Self::End) {
        let (near, far) = duplex(4);
        (Compat::new(near), Compat::new(far))
    }

    fn capacity(&self) -> Option<usize> {
        Some(4)
    }
}

#[test]
fn keeps_the_laws_of_a_duplex() {
    laws::duplex(Pair).check();
}
