//! SURW: uniform over the orders of a few turns that matter.
//!
//! Zhao et al., "Selectively Uniform Concurrency Testing" (ASPLOS 2025). Each run
//! selects a set of turns; strands that reach one of them out of turn are held until
//! the strand that was drawn for it, with a chance proportional to how many it has
//! left, has taken its own. All other turns go by random priorities. So the orders of
//! the selected turns are uniform, and every interleaving stays possible.
//!
//! As in the authors' artifact the set is what touches one shared resource, drawn by
//! how often it is touched. Where no point declares what is touched, we select the
//! turns of two strands of which one wakes the other. A run before which nothing was
//! learned goes by random priorities.

use super::lessons::Selected;
use super::policy::{Policy, Run};
use super::shares::{Shares, draw_weighted};
use super::table::Table;
use crate::strand::{Path, Runnable, Strand};
use std::collections::BTreeMap;

/// Selectively uniform.
#[derive(Clone, Debug, Default)]
pub struct Surw {
    selected: Option<Selected>,
    expected: BTreeMap<Path, u32>,
    shares: Shares,
    strands: Table<Row>,
    /// Who is to take the next selected turn.
    intended: Option<usize>,
    weights: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// 0 until it is drawn.
    priority: u64,
    after: u32,
    held: bool,
}

impl Policy for Surw {
    fn begin(&mut self, run: &mut Run) {
        let Run { entropy, lessons, .. } = run;
        let selection = lessons.select(|total| entropy.share(total));
        self.selected = selection.map(|selection| selection.what);
        self.expected.clear();
        if let Some(selection) = selection {
            self.expected.extend(&selection.shares);
        }
        self.shares.clear();
        self.strands.clear();
        self.intended = None;
    }

    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        self.meet(runnable, run);
        loop {
            let Some(option) = self.highest(runnable, run) else {
                self.release(runnable);
                continue;
            };
            let strand = runnable.get(option);
            let is_selected = self.selected.is_some_and(|selected| selected.has(strand));
            if !is_selected {
                return option;
            }
            let intended = match self.intended {
                Some(intended) => intended,
                None => self.intend(runnable, strand, run),
            };
            if intended == strand.number() {
                self.release(runnable);
                return option;
            }
            self.strands.of(strand).held = true;
        }
    }

    fn turn(&mut self, strand: &Strand, _run: &mut Run) {
        if self.selected.is_some_and(|selected| selected.has(strand)) {
            self.shares.spend(strand, &self.expected);
        }
    }
}

impl Surw {
    /// Strands that are new take their shares from their parents; if a parent was
    /// intended, what was meant may have been the child's turn.
    fn meet(&mut self, runnable: &Runnable<'_>, run: &mut Run) {
        for strand in runnable.iter() {
            let Some((parent, before, taken)) = self.shares.meet(strand, &self.expected) else {
                continue;
            };
            if self.intended == Some(parent)
                && before > 0
                && run.entropy.share(before.into()) < taken.into()
            {
                self.intended = Some(strand.number());
            }
        }
    }

    /// The strand of the highest priority that is not held; priorities are drawn anew
    /// after every turn.
    fn highest(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> Option<u32> {
        let mut first = None;
        for option in 0..runnable.len() {
            let strand = runnable.get(option);
            let row = self.strands.of(strand);
            if row.priority == 0 || row.after != strand.turns() {
                let priority = run.entropy.word() | 1;
                // Whoever had a turn meanwhile, alone or not, is not held any more.
                *row = Row { priority, after: strand.turns(), held: false };
            }
            if !row.held && first.is_none_or(|(priority, _)| row.priority > priority) {
                first = Some((row.priority, option));
            }
        }
        first.map(|(_, option)| option)
    }

    /// Draws who takes the next selected turn. The one that asks is about to take one,
    /// whatever was expected of it.
    fn intend(&mut self, runnable: &Runnable<'_>, asks: &Strand, run: &mut Run) -> usize {
        self.weights.clear();
        for strand in runnable.iter() {
            let left = self.shares.left(strand, &self.expected);
            let least = u32::from(strand.number() == asks.number());
            self.weights.push(left.max(least));
        }
        let drawn = draw_weighted(self.weights.iter().copied(), &mut run.entropy).unwrap_or(0);
        let intended = runnable.get(drawn as u32).number();
        self.intended = Some(intended);
        intended
    }

    /// Nobody is held or intended any more.
    fn release(&mut self, runnable: &Runnable<'_>) {
        self.intended = None;
        for strand in runnable.iter() {
            self.strands.of(strand).held = false;
        }
    }
}
