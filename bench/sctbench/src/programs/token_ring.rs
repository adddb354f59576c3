//! A token is handed round three variables, each by a thread of its own; in some
//! orders they do not agree in the end.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::Cell;
use std::rc::Rc;

pub(super) const TOKEN_RING: Program = Program {
    name: "token_ring",
    tier: Tier::T0,
    threads: 5,
    points: 11,
    published: Published {
        points: Some(11),
        artifact: Figures::means(13.0, 8.2, 8.6, 8.2),
        model: Figures::UNKNOWN,
    },
    body: main,
};

struct Ring {
    /// Makes each hand-over atomic.
    atomic: Mutex,
    places: [Cell<i32>; 3],
    handed: [Cell<bool>; 3],
}

fn main() -> Main {
    Process::main(|process| async move {
        let ring = Rc::new(Ring {
            atomic: Mutex::new("atomic"),
            places: [1, 2, 1].map(Cell::new),
            handed: [false; 3].map(Cell::new),
        });
        for place in 0..3 {
            process.spawn(hand_on(ring.clone(), place)).await;
        }
        process.spawn(check(ring)).await;
        process.leave().await;
    })
}

async fn hand_on(ring: Rc<Ring>, place: usize) {
    ring.atomic.lock().await;
    let token = ring.places[(place + 2) % 3].get();
    // The first of the ring counts on.
    ring.places[place].set(if place == 0 { (token + 1) % 4 } else { token });
    ring.handed[place].set(true);
    ring.atomic.unlock().await;
}

async fn check(ring: Rc<Ring>) {
    ring.atomic.lock().await;
    if ring.handed.iter().all(Cell::get) {
        let [first, second, third] = ring.places.each_ref().map(Cell::get);
        assert_eq!((first, second), (second, third));
    }
    ring.atomic.unlock().await;
}
