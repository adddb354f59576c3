//! futures-util 0.3.4: `Shared` polls a future that wakes itself again and again within one poll.
//! Fixed in 0.3.5 (issue 2130).
#![cfg(test)]

use futures_util::FutureExt;
use reveille::laws;
use std::rc::Rc;

#[test]
fn keeps_the_laws_of_shared_futures() {
    laws::shared_future(|member| member.map(Rc::new).shared()).check();
}
