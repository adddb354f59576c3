//! POS: a random priority for every pending event, drawn anew when it races.
//!
//! Yuan, Yang, Gu: "Partial Order Aware Concurrency Sampling" (CAV 2018). The event
//! of the highest priority goes; then the priorities of all events that race with
//! it are drawn again. Its worst case over partial orders is exponentially better
//! than that of a random walk, and it needs no run to learn from.
//!
//! Where we differ: what an event touches is known only where a point declares it.
//! Two turns of which nothing is declared count as racing if one of the strands was
//! woken by the other: they share at least what the waker lay in. (If all of them
//! raced, this would be a random walk.) With the eager rule before it, this is POS+.

use super::policy::{Policy, Run};
use super::table::Table;
use crate::strand::{Runnable, Strand, Touch};

/// Partial order sampling.
#[derive(Clone, Debug, Default)]
pub struct Pos {
    events: Table<Event>,
}

/// The pending event of a strand.
#[derive(Clone, Copy, Debug, Default)]
struct Event {
    /// 0 until it is drawn.
    priority: u64,
    /// The turn before it.
    after: u32,
}

impl Policy for Pos {
    #[inline]
    fn begin(&mut self, _run: &mut Run) {
        self.events.clear();
    }

    #[inline]
    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let mut taken = 0;
        let mut highest = 0;
        for (option, strand) in runnable.iter().enumerate() {
            let event = self.events.of(strand);
            if event.priority == 0 || event.after != strand.turns() {
                *event = Event { priority: run.entropy.word() | 1, after: strand.turns() };
            }
            if event.priority > highest {
                highest = event.priority;
                taken = option;
            }
        }
        let goes = runnable.get(taken as u32);
        for other in runnable.iter() {
            if other.number() != goes.number() && race(goes, other) {
                self.events.of(other).priority = 0;
            }
        }
        taken as u32
    }
}

/// Whether the order of the next turns of two strands can matter, as far as one can
/// tell.
#[inline]
fn race(a: &Strand, b: &Strand) -> bool {
    match (a.next(), b.next()) {
        (Touch::Anything, Touch::Anything) => {
            a.woken_by() == Some(b.number()) || b.woken_by() == Some(a.number())
        }
        (a, b) => a.conflicts(b),
    }
}
