//! Scene 5: why a thread parks, and an unpark that comes too early.
//!
//! Threads are what this is about, so the proof is by [loom](reveille_loom), under every
//! interleaving. The pictures are of the same parker and the same `block_on` as tasks.

#[path = "5_park/tasks.rs"]
mod tasks;
#[path = "5_park/threads.rs"]
mod threads;

use super::Part;
use reveille::Law;
use reveille_loom::models::{block_on, park_unpark};
use tasks::wait_for_the_answer;
use threads::{ByParking, Missing, Parks};

pub(super) const PARTS: &[Part] = &[
    Part::passes("token", |checker| checker.try_check(|| wait_for_the_answer(true))),
    Part::breaks("no-token", Law::Stuck, |checker| {
        checker.try_check(|| wait_for_the_answer(false))
    }),
    Part::holds("parker", || park_unpark(|| Parks::without(Missing::Nothing))),
    Part::holds("block-on", || block_on(|| ByParking(Missing::Nothing))),
    Part::loses("threads-no-token", "a wake during the poll is not lost", || {
        block_on(|| ByParking(Missing::TheToken))
    }),
    Part::loses(
        "threads-no-bell",
        "a wake between the last check and the park is not lost",
        || block_on(|| ByParking(Missing::TheBell)),
    ),
];
