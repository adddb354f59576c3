//! All interleavings where the default has a bound, for as long as there is time:
//! `cargo test -p reveille-loom --test deep -- --ignored --nocapture`, with `SECONDS` for each rule.

use reveille_loom::Model;
use reveille_loom::models::{WakerCell, park_unpark, waker_cell};
use reveille_loom::sync::Mutex;
use std::task::Waker;
use std::time::Duration;

#[allow(dead_code, reason = "its mistakes are for other tests")]
#[path = "models/parkers/bell.rs"]
mod bell;
#[allow(dead_code, reason = "its mistakes are for other tests")]
#[path = "models/cells/three_states.rs"]
mod three_states;

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
fn three_states() {
    deep(waker_cell(|| three_states::ThreeStates::new(three_states::Mistake::None)));
}

struct Locked(Mutex<Option<Waker>>);

impl WakerCell for Locked {
    fn register(&self, waker: &Waker) {
        *self.0.lock().unwrap() = Some(waker.clone());
    }

    fn wake(&self) {
        let waker = self.0.lock().unwrap().take();
        waker.into_iter().for_each(Waker::wake);
    }
}

#[test]
#[ignore = "a minute for each rule"]
fn a_lock() {
    deep(waker_cell(|| Locked(Mutex::new(None))));
}
