//! Who came into the queue since the last choice.
//!
//! With hundreds of runnable strands a policy that looks at each of them for every
//! choice spends all of its time looking. But what a policy may know of a strand that
//! waits in the queue does not change until it has left it, and who comes stands
//! behind all others. So it is enough to look at those who came, and to find the others
//! by the number that they got when they did.
//!
//! Short queues are looked through: that is cheaper. So are the strands at a scheduling
//! point and in lists, which stand in no queue, or in another order; after them nothing
//! is known of the queue any more.

use super::table::Table;
use crate::strand::{Queue, Runnable, Strand};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Queues up to this length are looked through.
const SHORT: u32 = 16;

/// Follows a queue from choice to choice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Newcomers {
    /// Whoever came up to then is known; nobody is at 0.
    known: u64,
}

/// What a choice has to look at.
pub(crate) struct News<'a> {
    pub(crate) queue: Queue<'a>,
    /// Those who came.
    pub(crate) options: Range<u32>,
    /// These are all: what was known of the queue is to be forgotten.
    pub(crate) afresh: bool,
}

impl Newcomers {
    /// A run begins.
    pub(crate) fn clear(&mut self) {
        self.known = 0;
    }

    /// Those who came since the last call; none if all are to be looked through.
    #[inline]
    pub(crate) fn follow<'a>(&mut self, runnable: &Runnable<'a>) -> Option<News<'a>> {
        match runnable.queue() {
            Some(queue) if runnable.len() > SHORT => Some(self.take_in(queue, runnable.len())),
            _ => {
                self.known = 0;
                None
            }
        }
    }

    fn take_in<'a>(&mut self, queue: Queue<'a>, len: u32) -> News<'a> {
        let last = queue.arrival(len - 1);
        let known = std::mem::replace(&mut self.known, last);
        // Mostly it is one, so nothing is faster than to go back one by one.
        let mut first = if known == 0 { 0 } else { len };
        while first > 0 && queue.arrival(first - 1) > known {
            first -= 1;
        }
        News { queue, options: first..len, afresh: known == 0 }
    }
}

/// Follows a queue and notes when each strand came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals {
    newcomers: Newcomers,
    of: Table<u64>,
}

impl Arrivals {
    /// A run begins.
    pub(crate) fn clear(&mut self) {
        self.newcomers.clear();
        self.of.clear();
    }

    /// As [`Newcomers::follow`].
    #[inline]
    pub(crate) fn follow<'a>(&mut self, runnable: &Runnable<'a>) -> Option<News<'a>> {
        let news = self.newcomers.follow(runnable)?;
        for option in news.options.clone() {
            *self.of.of(runnable.get(option)) = news.queue.arrival(option);
        }
        Some(news)
    }

    /// When the strand of that number came last; 0 if it never did.
    #[inline]
    pub(crate) fn of(&mut self, number: usize) -> u64 {
        *self.of.numbered(number)
    }

    /// The option that is the strand of that number, if it is runnable.
    #[inline]
    pub(crate) fn option_of(&mut self, number: usize, queue: Queue<'_>) -> Option<u32> {
        queue.option_of(self.of(number))
    }
}

/// Strands of a queue in the order of their priorities.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranking {
    heap: BinaryHeap<Ranked>,
}

/// Of two with the same priority the one that came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked {
    pub(crate) priority: u64,
    came: Reverse<u64>,
    pub(crate) number: usize,
}

impl Ranked {
    pub(crate) fn arrival(&self) -> u64 {
        self.came.0
    }
}

impl Ranking {
    pub(crate) fn clear(&mut self) {
        self.heap.clear();
    }

    #[inline]
    pub(crate) fn push(&mut self, priority: u64, number: usize, arrival: u64) {
        self.heap.push(Ranked { priority, came: Reverse(arrival), number });
    }

    /// The first one that still stands in the queue and of which `holds` says that it is
    /// true; those before it are forgotten.
    #[inline]
    pub(crate) fn highest(
        &mut self,
        queue: Queue<'_>,
        len: u32,
        mut holds: impl FnMut(&Ranked) -> bool,
    ) -> Option<(u32, Ranked)> {
        if self.heap.len() > 4 * len as usize {
            self.heap.retain(|ranked| holds(ranked) && queue.option_of(ranked.arrival()).is_some());
        }
        loop {
            let ranked = *self.heap.peek()?;
            if holds(&ranked)
                && let Some(option) = queue.option_of(ranked.arrival())
            {
                return Some((option, ranked));
            }
            self.heap.pop();
        }
    }
}

/// The strands of a queue by who woke them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Woken {
    by: Vec<Vec<(usize, u64)>>,
}

impl Woken {
    pub(crate) fn clear(&mut self) {
        self.by.iter_mut().for_each(Vec::clear);
    }

    /// A strand came; who comes later is noted later.
    pub(crate) fn note(&mut self, strand: &Strand, arrival: u64, queue: Queue<'_>) {
        let Some(waker) = strand.woken_by() else { return };
        if waker >= self.by.len() {
            self.by.resize_with(waker + 1, Vec::new);
        }
        let woken = &mut self.by[waker];
        if woken.len() == woken.capacity() {
            woken.retain(|(_, arrival)| queue.option_of(*arrival).is_some());
        }
        woken.push((strand.number(), arrival));
    }

    /// Those that `waker` woke and that still stand in the queue, in their order.
    pub(crate) fn by(&mut self, waker: usize, queue: Queue<'_>) -> &[(usize, u64)] {
        let Some(woken) = self.by.get_mut(waker) else { return &[] };
        woken.retain(|(_, arrival)| queue.option_of(*arrival).is_some());
        woken
    }
}
