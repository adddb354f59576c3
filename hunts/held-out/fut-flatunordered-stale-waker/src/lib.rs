//! futures-util 0.3.27: `flatten_unordered` that is polled with another waker keeps the one that
//! it had. Fixed in 0.3.28 (pull requests 2726 and 2728).
#![cfg(test)]

use futures_util::stream::{StreamExt, iter};
use reveille::laws;

#[test]
fn keeps_the_laws_of_select() {
    laws::select(|sources| iter(sources).flatten_unordered(None)).check();
}
