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
//! - Faults, timers and small draws deviate like schedules. Within a level the first
//!   choice of each kind comes before the second of any, so that no kind waits for
//!   the end of another.
//! - Where the next turn of the default strand can be seen by nobody else, another
//!   strand may as well go after it: there is nothing to deviate from.
//! - Choices with very many options (seeds, entropy) are left at their defaults, and
//!   where there is one nothing is claimed.
//! - What waits to be tried is kept in memory, up to a limit; past it the search goes
//!   on with what it has, and claims no further level.

use super::lessons::Lessons;
use super::observation::Words;
use crate::choice::Kind;
use crate::strand::Runnable;
use std::collections::VecDeque;

/// Choices with more options than this are not enumerated.
const MOST_OPTIONS: u32 = 64;
/// Deviations that wait to be tried, at most.
const MOST_WAITING: usize = 1 << 20;

/// All tapes in the order of their deviations.
#[derive(Clone, Debug)]
pub(crate) struct Frontier {
    parents: VecDeque<Parent>,
    waiting: usize,
    /// The run being made: its deviations, rising.
    deviations: Vec<(u32, u32)>,
    next_deviation: usize,
    choices: u32,
    /// What the run shows after its last deviation.
    seen: Vec<(u32, Kind, u32)>,
    runs: u64,
    exhausted: Option<Exhausted>,
    level: u32,
    /// Something was left out of the present level, or of the next.
    incomplete: bool,
    done: bool,
}

/// A run, and the deviations that can be added to it.
#[derive(Clone, Debug)]
struct Parent {
    deviations: Vec<(u32, u32)>,
    /// Tried from the end.
    children: Vec<(u32, u32)>,
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
}

impl Frontier {
    pub(crate) fn new() -> Self {
        Frontier {
            parents: VecDeque::new(),
            waiting: 0,
            deviations: Vec::new(),
            next_deviation: 0,
            choices: 0,
            seen: Vec::new(),
            runs: 0,
            exhausted: None,
            level: 0,
            incomplete: false,
            done: false,
        }
    }

    /// Whether every run there is was made.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    pub(crate) fn exhausted(&self) -> Option<Exhausted> {
        self.exhausted
    }

    /// Begins the next run; the first is the plain one.
    pub(crate) fn begin(&mut self) {
        self.choices = 0;
        self.next_deviation = 0;
        self.seen.clear();
        self.deviations.clear();
        if self.runs > 0
            && let Some(parent) = self.parents.front_mut()
            && let Some(child) = parent.children.pop()
        {
            self.deviations.extend(&parent.deviations);
            self.deviations.push(child);
            self.waiting -= 1;
        }
        self.runs += 1;
    }

    #[inline]
    pub(crate) fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        // The moves that make an argument smaller are a protocol, not a choice.
        let enumerable = options <= MOST_OPTIONS && kind != Kind::Argument;
        self.incomplete |= !enumerable;
        self.take(kind, if enumerable { options } else { 1 })
    }

    pub(crate) fn schedule(&mut self, runnable: &Runnable<'_>, lessons: &Lessons) -> u32 {
        let private = lessons.is_private(runnable.get(0));
        self.take(Kind::Schedule, if private { 1 } else { runnable.len() })
    }

    #[inline]
    fn take(&mut self, kind: Kind, options: u32) -> u32 {
        let at = self.choices;
        self.choices += 1;
        match self.deviations.get(self.next_deviation) {
            Some((place, option)) if *place == at => {
                self.next_deviation += 1;
                if *option < options { *option } else { 0 }
            }
            Some(_) => 0,
            None => {
                if options > 1 && self.seen.len() < MOST_WAITING {
                    self.seen.push((at, kind, options));
                }
                0
            }
        }
    }

    /// The run is over: its children wait from now on.
    pub(crate) fn end(&mut self) {
        let children = self.children();
        if self.waiting + children.len() > MOST_WAITING {
            self.incomplete = true;
        } else if !children.is_empty() {
            self.waiting += children.len();
            let deviations = self.deviations.clone();
            self.parents.push_back(Parent { deviations, children });
        }
        while self.parents.front().is_some_and(|parent| parent.children.is_empty()) {
            self.parents.pop_front();
        }
        let next_level = match self.parents.front() {
            Some(parent) => parent.deviations.len() as u32 + 1,
            None => u32::MAX,
        };
        if next_level > self.level {
            let everything = next_level == u32::MAX;
            self.done = everything;
            if !self.incomplete {
                let deviations = self.level;
                self.exhausted = Some(Exhausted { deviations, runs: self.runs, everything });
            }
            self.level = next_level;
        }
    }

    /// Writes what the present run showed.
    pub(crate) fn write(&self, words: &mut Vec<u64>) {
        words.extend([u64::from(self.incomplete), self.seen.len() as u64]);
        for (at, kind, options) in &self.seen {
            words.extend([(*at).into(), *kind as u64, (*options).into()]);
        }
    }

    /// Takes what the present run showed in another process.
    pub(crate) fn read(&mut self, words: &mut Words<'_>) {
        let incomplete = words.next() != Some(0);
        let seen = words.list(|words| {
            let at = words.small()?;
            let kind = *Kind::ALL.get(usize::try_from(words.next()?).ok()?)?;
            Some((at, kind, words.small()?))
        });
        self.incomplete |= incomplete || seen.is_none();
        self.seen = seen.unwrap_or_default();
    }

    /// The deviations that can follow the last one, the first to be tried last.
    fn children(&self) -> Vec<(u32, u32)> {
        let mut lanes: [Vec<(u32, u32)>; Kind::ALL.len()] = Default::default();
        for (at, kind, options) in &self.seen {
            lanes[*kind as usize].push((*at, *options));
        }
        let longest = lanes.iter().map(Vec::len).max().unwrap_or(0);
        let ranks =
            (0..longest).flat_map(|rank| lanes.iter().filter_map(move |lane| lane.get(rank)));
        let mut children: Vec<(u32, u32)> =
            ranks.flat_map(|(at, options)| (1..*options).map(|option| (*at, option))).collect();
        children.reverse();
        children
    }
}
