//! The runs of a bounded search: every run with at most `d` deviations from the plain one, fewest
//! first, each once.
//!
//! Breadth first over tapes: a run with `d` deviations has as children the runs that
//! deviate once more, anywhere later. All twenty small programs of SCTBench fail with
//! one deviation at most, so this gives the smallest counterexample at once, and if a
//! level ends without one, a true statement: none with so few. It is delay bounding
//! (Emmi, Qadeer, Rakamaric, POPL 2011) with a free choice of the target, and in the
//! order of iterative context bounding (Musuvathi, Qadeer, PLDI 2007).
//!
//! - Faults, timers and small draws deviate like schedules. Of the children of a run
//!   the first choice of each kind comes before the second of any, so that no kind
//!   waits for the end of another; and every other one lets a strand go on at once
//!   that the last one woke, in the order of these wakes: what is registered wrongly
//!   shows there first.
//! - Where the next turn of the default strand can be seen by nobody else, another
//!   strand may as well go after it: there is nothing to deviate from. What turns out
//!   to be shared in a later run is deviated from then.
//! - Choices with very many options (seeds, entropy) are left at their defaults, and
//!   where there is one nothing is claimed.
//! - What waits to be tried is kept in memory, up to a limit; past it the search goes
//!   on with what it has, and claims no further level.

use super::arrivals::{Newcomers, Woken};
use super::children::{Children, Deviation, Seen};
use super::lessons::Lessons;
use super::observation::Words;
use super::unshared::{Pruned, Unshared};
use crate::choice::Kind;
use crate::few::Few;
use crate::strand::{Path, Runnable, Strand, Touch};
use std::collections::VecDeque;

/// Choices with more options than this are not enumerated.
const MOST_OPTIONS: u32 = 64;
/// Deviations that wait to be tried, at most.
const MOST_WAITING: usize = 1 << 20;

/// All tapes in the order of their deviations.
#[derive(Clone, Debug)]
pub(crate) struct Frontier {
    /// By the number of deviations that their children have.
    levels: Few<u32, VecDeque<Parent>>,
    private: Unshared,
    /// Children that wait, and what is left out of them.
    waiting: usize,
    run: Node,
    /// Runs made so far, by their deviations.
    made: Vec<u64>,
    /// Nothing is claimed of levels from here on.
    incomplete_from: u32,
    newcomers: Newcomers,
    woken: Woken,
    /// Whether some run drew arguments.
    has_inputs: bool,
}

/// The run being made.
#[derive(Clone, Debug, Default)]
struct Node {
    deviations: Vec<Deviation>,
    next_deviation: usize,
    choices: u32,
    /// The strand that had the last turn.
    last: Option<usize>,
    /// The choices after the last deviation.
    seen: Vec<Seen>,
    /// Some choices are not among them: they have too many options, or there are too many.
    has_more: bool,
    /// Arguments were drawn, all of them the default.
    has_inputs: bool,
}

/// A run, and the deviations that can be added to it.
#[derive(Clone, Debug)]
struct Parent {
    deviations: Vec<Deviation>,
    children: Children,
}

/// A level that was tried in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exhausted {
    /// No run with so many deviations or fewer was left out.
    pub deviations: u32,
    /// The runs made for it.
    pub runs: u64,
    /// Whether runs with more deviations do not exist.
    pub everything: bool,
    /// Whether runs draw arguments. All those runs had the first ones, so that is said of them
    /// alone, and they are not everything.
    pub of_first_input: bool,
}

impl Frontier {
    pub(crate) fn new() -> Self {
        Frontier {
            levels: Few::new(),
            private: Unshared::default(),
            waiting: 0,
            run: Node::default(),
            made: Vec::new(),
            incomplete_from: u32::MAX,
            newcomers: Newcomers::default(),
            woken: Woken::default(),
            has_inputs: false,
        }
    }

    /// Whether every run there is was made, as far as they are known.
    pub(crate) fn is_done(&self) -> bool {
        !self.made.is_empty() && self.levels.is_empty()
    }

    pub(crate) fn exhausted(&self) -> Option<Exhausted> {
        let next = self.levels.first().map(|(level, _)| *level);
        let below = next.unwrap_or(self.made.len() as u32).min(self.incomplete_from);
        let deviations = below.checked_sub(1)?;
        Some(Exhausted {
            deviations,
            runs: self.made.iter().take(below as usize).sum(),
            everything: next.is_none() && self.incomplete_from == u32::MAX && !self.has_inputs,
            of_first_input: self.has_inputs,
        })
    }

    /// Begins the next run; the first is the plain one.
    pub(crate) fn begin(&mut self) {
        self.newcomers.clear();
        let Node { deviations, seen, .. } = std::mem::take(&mut self.run);
        self.run = Node { deviations, seen, ..Node::default() };
        self.run.deviations.clear();
        self.run.seen.clear();
        if self.made.is_empty() {
            return;
        }
        let Some((_, level)) = self.levels.first_mut() else { return };
        if let Some(parent) = level.front_mut() {
            self.run.deviations.extend(&parent.deviations);
            self.run.deviations.extend(parent.children.next());
            self.waiting -= 1;
            if parent.children.is_empty() {
                level.pop_front();
            }
        }
        if level.is_empty() {
            self.levels.remove_first();
        }
    }

    #[inline]
    pub(crate) fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        // The moves that make an argument smaller are a protocol, not a choice.
        if options > MOST_OPTIONS || kind == Kind::Argument {
            self.run.has_inputs |= kind == Kind::Argument;
            self.run.has_more |= kind != Kind::Argument;
            return self.run.take(Seen::of(kind, 1));
        }
        self.run.take(Seen::of(kind, options))
    }

    #[inline]
    pub(crate) fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let default = runnable.get(0);
        let next = Some((default.next(), default.path()));
        let woken = self.first_woken(runnable).unwrap_or(0);
        self.run.take(Seen { next, woken, ..Seen::of(Kind::Schedule, runnable.len()) })
    }

    /// The first strand that the last one woke.
    #[inline]
    fn first_woken(&mut self, runnable: &Runnable<'_>) -> Option<u32> {
        let Some(news) = self.newcomers.follow(runnable) else {
            let last = Some(self.run.last?);
            let woken = runnable.iter().position(|strand| strand.woken_by() == last)?;
            return Some(woken as u32);
        };
        let queue = news.queue;
        if news.afresh {
            self.woken.clear();
        }
        for option in news.options {
            self.woken.note(runnable.get(option), queue.arrival(option), queue);
        }
        let (_, arrival) = self.woken.by(self.run.last?, queue).first()?;
        queue.option_of(*arrival)
    }

    #[inline]
    pub(crate) fn turn(&mut self, strand: &Strand) {
        self.run.last = Some(strand.number());
    }

    /// The run is over: its children wait from now on.
    pub(crate) fn end(&mut self, lessons: &Lessons) {
        let own = self.run.deviations.len();
        if self.made.len() <= own {
            self.made.resize(own + 1, 0);
        }
        self.made[own] += 1;
        if self.run.has_more {
            self.incomplete_from = 0;
        }
        self.has_inputs |= self.run.has_inputs;
        self.add_what_became_shared(lessons);
        // What touches nothing never becomes shared.
        let may_be_shared = |seen: &&Seen| seen.is_private(lessons) && seen.resource().is_some();
        for seen in self.run.seen.iter().filter(may_be_shared) {
            if self.waiting >= MOST_WAITING {
                self.incomplete_from = self.incomplete_from.min(own as u32 + 1);
                break;
            }
            self.waiting += 1;
            self.private.add(&self.run.deviations, *seen);
        }
        let children = Children::of(self.run.seen.iter().filter(|seen| !seen.is_private(lessons)));
        self.add(self.run.deviations.clone(), children);
    }

    fn add(&mut self, deviations: Vec<Deviation>, children: Children) {
        let level = deviations.len() as u32 + 1;
        if self.waiting + children.len() > MOST_WAITING {
            self.incomplete_from = self.incomplete_from.min(level);
        } else if !children.is_empty() {
            self.waiting += children.len();
            self.levels.of(level).push_back(Parent { deviations, children });
        }
    }

    fn add_what_became_shared(&mut self, lessons: &Lessons) {
        let shared = self.private.take_shared(lessons);
        self.waiting -= shared.len();
        for Pruned { deviations, seen, .. } in shared {
            self.add(deviations, Children::of([&seen].into_iter()));
        }
    }

    /// Writes what the present run showed.
    pub(crate) fn write(&self, words: &mut Vec<u64>) {
        let flags = u64::from(self.run.has_more) | u64::from(self.run.has_inputs) << 1;
        words.extend([flags, self.run.seen.len() as u64]);
        for Seen { at, kind, options, next, woken } in &self.run.seen {
            words.extend([(*at).into(), *kind as u64, (*options).into(), (*woken).into()]);
            let (touch, path) = next.unwrap_or((Touch::Anything, Path::ROOT));
            words.extend(touch.words());
            words.push(path.word());
        }
    }

    /// Takes what the present run showed in another process.
    pub(crate) fn read(&mut self, words: &mut Words<'_>) {
        let flags = words.next().unwrap_or(1);
        let seen = words.list(|words| {
            let at = words.small()?;
            let kind = *Kind::ALL.get(usize::try_from(words.next()?).ok()?)?;
            let (options, woken) = (words.small()?, words.small()?);
            let touch = Touch::from_words([words.next()?, words.next()?])?;
            let next = Some((touch, Path::from_word(words.next()?)));
            Some(Seen { at, kind, options, next, woken })
        });
        self.run.has_more = flags & 1 != 0 || seen.is_none();
        self.run.has_inputs = flags & 2 != 0;
        self.run.seen = seen.unwrap_or_default();
    }
}

impl Node {
    #[inline]
    fn take(&mut self, seen: Seen) -> u32 {
        let at = self.choices;
        self.choices += 1;
        match self.deviations.get(self.next_deviation) {
            Some((place, option)) if *place == at => {
                self.next_deviation += 1;
                if *option < seen.options { *option } else { 0 }
            }
            Some(_) => 0,
            None => {
                if seen.options > 1 && self.seen.len() < MOST_WAITING {
                    self.seen.push(Seen { at, ..seen });
                } else {
                    self.has_more |= seen.options > 1;
                }
                0
            }
        }
    }
}
