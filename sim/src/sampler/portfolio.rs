//! The portfolio: several samplers that take turns from run to run.
//!
//! No sampler finds everything: POS is lost where one of many alike must be kept back,
//! PCT where a bug needs many changes, SURW where it counts wrongly; bounded search
//! finds what is near the plain run and nothing else. Published harnesses run one
//! after the other; we let them take turns, so that none waits for the end of another,
//! and all of them learn from every run. Whose turn it is, early and late in a long search,
//! `turns` decides.
//!
//! Most of them are unfair, and a strand that spins until another has done its part
//! would spin to the bound of the run. So a run that makes many more choices than
//! others did goes on as a random walk, which is fair with probability 1 (as Coyote
//! does; the fair tail proper comes at the bound of steps).
//!
//! In every other run strands that one strand spawns begin together; `gathering` says why.
//!
//! Run 0 is the plain one, and run 1 differs from it in its schedule alone: strands one
//! after the other, as far as they go. Every run can be repeated from its tape alone; to
//! make run `i` by seed, all runs before it are needed, since the samplers learn.

use super::Sampler;
use super::eager::Eager;
use super::frontier::{Exhausted, Frontier};
use super::gathering::Gathering;
use super::observation::{Observation, Words};
use super::pct::Pct;
use super::policy::Policy;
use super::pos::Pos;
use super::random::RandomWalk;
use super::seeded::Shared;
use super::sticky::Sticky;
use super::surw::Surw;
use super::turns::Turns;
use super::urw::Urw;
use crate::choice::Kind;
use crate::fault::Faults;
use crate::strand::{Runnable, Strand};
use std::fmt;

/// A sampler of the portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Member {
    /// Few deviations first.
    Bounded,
    /// Partial order sampling with the eager rule.
    Pos,
    /// Uniform over the orders of a few turns.
    Surw,
    /// Random priorities.
    Pct,
    /// Uniform over interleavings.
    Urw,
    /// Stays with a strand.
    Sticky,
    /// Every strand alike.
    Random,
}

impl Member {
    /// The name, as written in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Member::Bounded => "bounded search",
            Member::Pos => "pos",
            Member::Surw => "surw",
            Member::Pct => "pct",
            Member::Urw => "urw",
            Member::Sticky => "sticky",
            Member::Random => "random",
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The unfair part of a run lasts so many times the length of others, and a little.
const UNFAIR_LENGTHS: u32 = 2;
const LEAST_UNFAIR: u32 = 256;

/// The default sampler of a test.
#[derive(Clone, Debug)]
pub struct Portfolio {
    shared: Shared,
    eager: Eager,
    frontier: Frontier,
    pos: Pos,
    surw: Surw,
    pct: Pct,
    urw: Urw,
    sticky: Sticky,
    random: RandomWalk,
    gathering: Gathering,
    turns: Turns,
    member: Member,
    /// Choices that the member still makes in this run.
    left: u32,
    /// Turns that strands had in this run.
    effort: u64,
}

impl Portfolio {
    /// A portfolio whose random members draw from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Portfolio {
        Portfolio {
            shared: Shared::new(seed, true),
            eager: Eager::default(),
            frontier: Frontier::new(),
            pos: Pos::default(),
            surw: Surw::default(),
            pct: Pct::mix(),
            urw: Urw::default(),
            sticky: Sticky::default(),
            random: RandomWalk,
            gathering: Gathering::default(),
            turns: Turns::default(),
            member: Member::Bounded,
            left: 0,
            effort: 0,
        }
    }

    /// Who made the last run.
    #[must_use]
    pub fn member(&self) -> Member {
        self.member
    }

    /// The largest number of deviations up to which nothing was left out.
    #[must_use]
    pub fn exhausted(&self) -> Option<Exhausted> {
        self.frontier.exhausted()
    }

    /// What the last run showed, for a portfolio in another process that is to go on
    /// as if it had made the run; see [`catch_up`](Self::catch_up).
    #[must_use]
    pub fn lesson(&self) -> Vec<u64> {
        let mut words = vec![self.effort];
        let seen = self.shared.observation();
        words.push(u64::from(seen.is_some()));
        if let Some(seen) = seen {
            seen.write(&mut words);
        }
        if self.member == Member::Bounded {
            self.frontier.write(&mut words);
        }
        words
    }

    /// Goes on as if this portfolio had made run `run`, which was made elsewhere and gave
    /// `lesson`. A lesson that cannot be read teaches nothing.
    pub fn catch_up(&mut self, run: u64, permitted: Faults, lesson: &[u64]) {
        self.begin(run, permitted);
        let words = &mut Words(lesson);
        self.effort = words.next().unwrap_or(0);
        if words.next() == Some(1)
            && let Some(seen) = Observation::read(words)
        {
            self.shared.learn(&seen);
        }
        if self.member == Member::Bounded {
            self.frontier.read(words);
            self.frontier.end(&self.shared.run.lessons);
        }
        self.turns.note(self.member, self.effort);
    }
}

impl Sampler for Portfolio {
    #[inline]
    fn begin(&mut self, number: u64, permitted: Faults) -> Faults {
        let faults = self.shared.begin(number, permitted, true);
        let is_done = |member| member == Member::Bounded && self.frontier.is_done();
        self.member = self.turns.member(number, is_done);
        self.effort = 0;
        self.eager.begin();
        self.gathering.begin(gathers(number));
        let run = &mut self.shared.run;
        let expected = run.lessons.choices().unwrap_or(0);
        self.left = expected.saturating_mul(UNFAIR_LENGTHS).saturating_add(LEAST_UNFAIR);
        match self.member {
            Member::Bounded => {
                self.frontier.begin();
                return permitted;
            }
            Member::Pos => self.pos.begin(run),
            Member::Surw => self.surw.begin(run),
            Member::Pct => self.pct.begin(run),
            Member::Urw => self.urw.begin(run),
            Member::Sticky => self.sticky.begin(run),
            Member::Random => self.random.begin(run),
        }
        if number == 1 { Faults::NONE } else { faults }
    }

    #[inline]
    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        match self.member {
            Member::Bounded => self.frontier.choose(kind, options),
            _ => self.shared.choose(kind, options),
        }
    }

    #[inline]
    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        if self.member == Member::Bounded {
            return self.frontier.schedule(runnable);
        }
        self.gathering.look(runnable);
        if let Some(option) = self.eager.pick(runnable, &self.shared.run.lessons) {
            return option;
        }
        if self.left == 0 {
            self.shared.note_choice();
            return self.random.schedule(runnable, &mut self.shared.run);
        }
        self.left -= 1;
        let Portfolio { gathering, shared, pos, surw, pct, urw, sticky, random, .. } = self;
        gathering.schedule(runnable, shared, |runnable, run| match self.member {
            Member::Pos => pos.schedule(runnable, run),
            Member::Surw => surw.schedule(runnable, run),
            Member::Pct => pct.schedule(runnable, run),
            Member::Urw => urw.schedule(runnable, run),
            Member::Sticky => sticky.schedule(runnable, run),
            Member::Random | Member::Bounded => random.schedule(runnable, run),
        })
    }

    #[inline]
    fn turn(&mut self, strand: &Strand) {
        self.effort += 1;
        let run = &mut self.shared.run;
        match self.member {
            Member::Surw => self.surw.turn(strand, run),
            Member::Urw => self.urw.turn(strand, run),
            Member::Sticky => self.sticky.turn(strand, run),
            Member::Bounded => self.frontier.turn(strand),
            Member::Pos | Member::Pct | Member::Random => {}
        }
        self.shared.turn(strand);
    }

    #[inline]
    fn end(&mut self) {
        if self.member == Member::Bounded {
            self.frontier.end(&self.shared.run.lessons);
        }
        self.shared.end();
        self.turns.note(self.member, self.effort);
    }
}

/// Whether new strands are held back in run `run`, as they are in every other one.
///
/// Multiples of the golden ratio lie as evenly among the runs of each member as among all.
fn gathers(run: u64) -> bool {
    run.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 1
}
