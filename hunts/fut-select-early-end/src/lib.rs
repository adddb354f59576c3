//! futures-util 0.3.23: `select` of two streams ends when the one that it asks first is pending
//! and the other has ended. Fixed in 0.3.24 (pull request 2635).
#![cfg(test)]

use futures_util::stream::{StreamExt, empty, select};
use reveille::laws;

#[test]
fn keeps_the_laws_of_select() {
    laws::select(|sources| {
        let mut sources = sources.into_iter();
        let none = || empty().left_stream();
        let mut next = || sources.next().map_or_else(none, StreamExt::right_stream);
        select(next(), select(next(), next()))
    })
    .check();
}
