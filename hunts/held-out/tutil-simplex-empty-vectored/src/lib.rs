//! tokio-util 0.7.19: a vectored write of nothing but empty slices into a full `simplex` waits for
//! room. Fixed in 0.7.20 (tokio pull request 8353).
#![cfg(test)]

use reveille::laws::{self, Compat, Pipe};
use tokio_util::io::simplex;

#[derive(Clone)]
struct Simplex;

impl Pipe for Simplex {
    type Writer = Compat<simplex::Sender>;
    type Reader = Compat<simplex::Receiver>;

    fn open(&self) -> (Self::Writer, Self::Reader) {
        let (sender, receiver) = simplex::new(4);
        (Compat::new(sender), Compat::new(receiver))
    }

    fn capacity(&self) -> Option<usize> {
        Some(4)
    }
}

#[test]
fn keeps_the_laws_of_a_pipe() {
    laws::pipe(Simplex).check();
}
