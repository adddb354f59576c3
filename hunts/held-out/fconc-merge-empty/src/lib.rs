//! futures-concurrency 7.6.3: a `merge` of no stream panics. Fixed in 7.7.0 (commits ac5203d and
//! e35ac8b).
#![cfg(test)]

use futures_concurrency::stream::Merge;
use reveille::laws;

#[test]
fn keeps_the_laws_of_select() {
    laws::select(|sources| sources.merge()).check();
}
