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

use super::arrivals::{Arrivals, News, Ranking, Woken};
use super::policy::{Policy, Run};
use super::table::Table;
use crate::strand::{Queue, Runnable, Strand, Touch};

/// Partial order sampling.
#[derive(Clone, Debug, Default)]
pub struct Pos {
    events: Table<Event>,
    arrivals: Arrivals,
    ranking: Ranking,
    woken: Woken,
    /// When those came that lost a race, and who they are.
    raced: Vec<(u64, usize)>,
    /// Whether any of the queue says what it touches.
    any_declared: bool,
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
        self.arrivals.clear();
    }

    #[inline]
    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        match self.arrivals.follow(runnable) {
            None => self.look_through(runnable, run),
            Some(news) => self.follow(&news, runnable, run),
        }
    }
}

impl Pos {
    fn look_through(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let mut taken = 0;
        let mut highest = 0;
        for (option, strand) in runnable.iter().enumerate() {
            let priority = self.priority_of(strand, run);
            if priority > highest {
                highest = priority;
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

    /// The same for a queue of which all are known but those who came.
    fn follow(&mut self, news: &News<'_>, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let queue = news.queue;
        if news.afresh {
            self.ranking.clear();
            self.woken.clear();
            self.raced.clear();
            self.any_declared = false;
        }
        self.draw_for_raced(queue, runnable, run);
        for option in news.options.clone() {
            let (strand, arrival) = (runnable.get(option), queue.arrival(option));
            let priority = self.priority_of(strand, run);
            self.ranking.push(priority, strand.number(), arrival);
            self.woken.note(strand, arrival, queue);
            self.any_declared |= strand.next() != Touch::Anything;
        }
        let Pos { events, ranking, .. } = self;
        let highest = ranking.highest(queue, runnable.len(), |ranked| {
            events.numbered(ranked.number).priority == ranked.priority
        });
        let taken = highest.map_or(0, |(option, _)| option);
        self.find_races(runnable.get(taken), queue, runnable);
        taken
    }

    /// Those that raced stand before those who came, and draw in the order of the queue.
    fn draw_for_raced(&mut self, queue: Queue<'_>, runnable: &Runnable<'_>, run: &mut Run) {
        let mut raced = std::mem::take(&mut self.raced);
        raced.sort_unstable();
        raced.dedup();
        for (arrival, number) in raced.drain(..) {
            if let Some(option) = queue.option_of(arrival) {
                let priority = self.priority_of(runnable.get(option), run);
                self.ranking.push(priority, number, arrival);
            }
        }
        self.raced = raced;
    }

    fn find_races(&mut self, goes: &Strand, queue: Queue<'_>, runnable: &Runnable<'_>) {
        if self.any_declared {
            for (option, other) in (0..).zip(runnable.iter()) {
                if other.number() != goes.number() && race(goes, other) {
                    self.lose(other.number(), queue.arrival(option));
                }
            }
            return;
        }
        for &(number, arrival) in self.woken.by(goes.number(), queue) {
            if number != goes.number() {
                self.events.numbered(number).priority = 0;
                self.raced.push((arrival, number));
            }
        }
        if let Some(waker) = goes.woken_by()
            && waker != goes.number()
            && self.arrivals.option_of(waker, queue).is_some()
        {
            let arrival = self.arrivals.of(waker);
            self.lose(waker, arrival);
        }
    }

    fn lose(&mut self, number: usize, arrival: u64) {
        self.events.numbered(number).priority = 0;
        self.raced.push((arrival, number));
    }

    /// The priority of the pending event of a strand, drawn if it is a new one.
    #[inline]
    fn priority_of(&mut self, strand: &Strand, run: &mut Run) -> u64 {
        let event = self.events.of(strand);
        if event.priority == 0 || event.after != strand.turns() {
            *event = Event { priority: run.entropy.word() | 1, after: strand.turns() };
        }
        event.priority
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
