//! tokio 1.53.2: the ends of a `duplex` wake with its lock held. Fixed in 1.53.3 (pull request
//! 8618).
#![cfg(test)]

use reveille::laws::{self, Compat, Duplex};
use reveille::{Checker, Kind};
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

    // Until 1.54.1 a read without room waits for something to come.
    fn waits_with_nothing(&self) -> bool {
        true
    }
}

#[test]
fn keeps_the_laws_of_a_duplex() {
    laws::duplex(Pair).checker(Checker::new().with(Kind::ReentrantWaker)).check();
}
