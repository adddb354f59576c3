//! A token is handed round three variables, each by a thread of its own; in some
//! orders they do not agree in the end.
//!
//! The original's main thread ends without joining; here it joins, so that a failed assertion
//! ends the run as failed.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

struct Ring {
    places: [i32; 3],
    handed: [bool; 3],
}

pub(super) fn main() {
    // The lock makes each hand-over atomic.
    let ring = Arc::new(Mutex::new(Ring { places: [1, 2, 1], handed: [false; 3] }));
    join_all([
        spawn(&ring, |ring| hand_on(ring, 0)),
        spawn(&ring, |ring| hand_on(ring, 1)),
        spawn(&ring, |ring| hand_on(ring, 2)),
        spawn(&ring, check),
    ]);
}

fn hand_on(ring: &Mutex<Ring>, place: usize) {
    let mut ring = ring.lock().unwrap();
    let token = ring.places[(place + 2) % 3];
    // The first of the ring counts on.
    ring.places[place] = if place == 0 { (token + 1) % 4 } else { token };
    ring.handed[place] = true;
}

fn check(ring: &Mutex<Ring>) {
    let ring = ring.lock().unwrap();
    if ring.handed == [true; 3] {
        let [first, second, third] = ring.places;
        assert_eq!((first, second), (second, third));
    }
}
