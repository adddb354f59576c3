//! Births first: strands that one strand spawns begin together.
//!
//! Threads are spawned one after the other, and between two of them whoever spawns passes dozens of
//! scheduling points. Where the first may begin as soon as it is there, it is mostly over before
//! the third is born, and orders in which all of them meet hardly come up: to POS that makes
//! SafeStack three times as hard, and a `reorder` of ten threads hopeless. So in some runs a new
//! strand is held back while its parent can go on and has fewer children than in former runs.
//!
//! Only some runs: a bug may need just that somebody begins early. Nobody is held back by a parent
//! that yields, for it may wait for the child, nor by one that waits, nor where no point is passed
//! between two births: tasks that are spawned in one poll are there together anyway.

use super::lessons::Lessons;
use super::policy::Run;
use super::seeded::Shared;
use super::table::Table;
use crate::strand::Runnable;

/// Holds the new strands of a run back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathering {
    is_on: bool,
    /// The children that each strand had when it was last seen at a point.
    children: Table<u32>,
    /// There may be somebody to hold back.
    may_hold: bool,
    /// The strands that are to have more children.
    spawning: Vec<usize>,
    permitted: Vec<u32>,
}

impl Gathering {
    /// A run begins, in which new strands are held back or not.
    #[inline]
    pub(crate) fn begin(&mut self, is_on: bool) {
        self.is_on = is_on;
        self.may_hold = false;
        self.children.clear();
    }

    /// A choice is to be made, by whatever rule.
    #[inline]
    pub(crate) fn look(&mut self, runnable: &Runnable<'_>) {
        if self.is_on
            && let Some(running) = runnable.running()
        {
            let children = running.children();
            let before = std::mem::replace(self.children.of(running), children);
            self.may_hold |= children != before;
        }
    }

    /// Has `choose` take one of those that may go; nobody is asked if it is one only.
    #[inline]
    pub(crate) fn schedule(
        &mut self,
        runnable: &Runnable<'_>,
        shared: &mut Shared,
        choose: impl FnOnce(&Runnable<'_>, &mut Run) -> u32,
    ) -> u32 {
        let Some(permitted) = self.permitted(runnable, &shared.run.lessons) else {
            shared.note_choice();
            return choose(runnable, &mut shared.run);
        };
        if let [only] = permitted {
            return *only;
        }
        shared.note_choice();
        let taken = choose(&runnable.among(permitted), &mut shared.run);
        *permitted.get(taken as usize).unwrap_or(&permitted[0])
    }

    /// The options that may be taken, if there are others.
    #[inline]
    fn permitted(&mut self, runnable: &Runnable<'_>, lessons: &Lessons) -> Option<&[u32]> {
        self.may_hold = self.may_hold && self.holds(runnable, lessons);
        self.may_hold.then_some(&self.permitted)
    }

    /// Whether somebody is held back.
    fn holds(&mut self, runnable: &Runnable<'_>, lessons: &Lessons) -> bool {
        self.spawning.clear();
        for strand in runnable.iter() {
            let children = strand.children();
            if children > 0 && !strand.yielded() && children < lessons.children_of(strand.path()) {
                self.spawning.push(strand.number());
            }
        }
        self.permitted.clear();
        for (option, strand) in (0..).zip(runnable.iter()) {
            let is_early = |parent| strand.turns() == 0 && self.spawning.contains(&parent);
            // Whoever has children had a turn, so somebody is always left.
            if !strand.parent().is_some_and(is_early) {
                self.permitted.push(option);
            }
        }
        self.permitted.len() < runnable.len() as usize
    }
}
