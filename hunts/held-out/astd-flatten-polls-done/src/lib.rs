//! async-std 1.6.1: `flatten` and `flat_map` poll an inner stream again after its end. Fixed in
//! 1.6.2 (commits 303ac90 and 3206894).
#![cfg(test)]

use async_std::stream::StreamExt;
use reveille::laws;

#[test]
fn keeps_the_laws_of_flatten() {
    laws::flatten(|sources| sources.flatten()).check();
}
