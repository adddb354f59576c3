//! futures-util 0.3.7: `try_filter_map`, `try_skip_while` and `try_take_while` keep a future that
//! failed, and poll it again. Fixed in 0.3.8 (pull request 2250).
#![cfg(test)]

use futures_util::stream::{StreamExt, TryStreamExt};
use reveille::laws;

#[test]
fn keeps_the_laws_of_streams() {
    laws::try_then(|members| {
        Box::pin(members.map(Ok).try_filter_map(|member| async { member.await.map(Some) }))
    })
    .check();
}
