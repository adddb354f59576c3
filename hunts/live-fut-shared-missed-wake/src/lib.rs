//! futures-util 0.3.34: who polls a `Shared` while another thread polls it is told to wait. If
//! the inner future has woken itself by then, that wake went to the other one alone, and with it
//! dropped nobody polls any more. Not fixed yet (futures issue 2706).
#![cfg(test)]

use futures_util::FutureExt;
use reveille::laws;
use std::rc::Rc;

#[test]
fn keeps_the_laws_of_shared_futures() {
    laws::sync_shared_future(|member| async { Rc::new(member.await) }.boxed_local().shared())
        .check();
}
