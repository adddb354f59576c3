//! All interleavings where a rule has a bound for every day, for as long as there is time:
//! `cargo test -p reveille-loom --test models deep -- --ignored --nocapture`, with `SECONDS` for each
//! rule, 60 if it is not set.

use crate::cells::{locked, three_states};
use crate::parkers::bell;
use reveille_loom::Model;
use reveille_loom::models::{park_unpark, waker_cell};
use std::time::Duration;

fn deep(model: Model) {
    let seconds = std::env::var("SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or(60));
    model.unbounded().branches(10_000).within(time).check();
}

#[test]
#[ignore = "a minute for each rule"]
fn a_bell() {
    deep(park_unpark(|| bell::Bell::new(bell::Mistake::None)));
}

#[test]
#[ignore = "a minute for each rule"]
fn three_states_of_a_cell() {
    deep(waker_cell(|| three_states::ThreeStates::new(three_states::Mistake::None)));
}

#[test]
#[ignore = "a minute for each rule"]
fn a_lock() {
    deep(waker_cell(|| locked(true)));
}
