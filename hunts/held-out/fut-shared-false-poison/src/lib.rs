//! futures-util 0.3.21: `Shared` that is polled while its thread unwinds is poisoned, though the
//! future inside did not panic. Fixed in 0.3.22 (issue 2575, pull request 2576).
#![cfg(test)]

use futures_util::FutureExt;
use reveille::laws;
use std::rc::Rc;

#[test]
fn keeps_the_laws_of_shared_futures() {
    laws::shared_future(|member| member.map(Rc::new).shared()).check();
}
