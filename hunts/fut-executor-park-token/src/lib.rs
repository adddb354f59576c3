//! futures-executor 0.3.1: `block_on` keeps a wake in the thread's own park token. A future
//! that is woken while it is polled, and then parks the thread itself, as a blocking channel
//! does, takes that token along, and `block_on` sleeps for ever. Fixed in 0.3.2 (futures-rs
//! pull request 2010).
#![cfg(test)]

use reveille::laws;

#[test]
fn keeps_the_laws_of_blocking() {
    laws::block_on(|job| futures_executor::block_on(job)).check();
}
