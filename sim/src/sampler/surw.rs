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

use super::arrivals::{Arrivals, News, Ranking};
use super::lessons::Selected;
use super::policy::{Policy, Run};
use super::shares::{Shares, draw_weighted};
use super::table::Table;
use crate::strand::{Path, Queue, Runnable, Strand};
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
    arrivals: Arrivals,
    /// Those of a queue that are not held.
    ranking: Ranking,
    /// Those of a queue that are held, and when they came.
    held: Vec<(usize, u64)>,
    /// Those of a queue that have something left: when they came, and how much.
    sharing: Vec<(u64, u32)>,
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
        self.arrivals.clear();
        self.intended = None;
    }

    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let news = self.arrivals.follow(runnable);
        self.meet(&news, runnable, run);
        if let Some(news) = &news {
            self.rank_news(news, runnable, run);
        }
        loop {
            let Some(option) = self.highest(&news, runnable, run) else {
                self.release(&news, runnable);
                continue;
            };
            let strand = runnable.get(option);
            let is_selected = self.selected.is_some_and(|selected| selected.has(strand));
            if !is_selected {
                return option;
            }
            let intended = match self.intended {
                Some(intended) => intended,
                None => self.intend(&news, runnable, strand, run),
            };
            if intended == strand.number() {
                self.release(&news, runnable);
                return option;
            }
            self.strands.of(strand).held = true;
            if let Some(news) = &news {
                self.held.push((strand.number(), news.queue.arrival(option)));
            }
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
    fn meet(&mut self, news: &Option<News<'_>>, runnable: &Runnable<'_>, run: &mut Run) {
        let options = news.as_ref().map_or(0..runnable.len(), |news| news.options.clone());
        for option in options {
            let strand = runnable.get(option);
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

    fn rank_news(&mut self, news: &News<'_>, runnable: &Runnable<'_>, run: &mut Run) {
        if news.afresh {
            self.ranking.clear();
            self.held.clear();
        }
        for option in news.options.clone() {
            let (strand, arrival) = (runnable.get(option), news.queue.arrival(option));
            let Row { priority, held, .. } = *self.row_of(strand, run);
            match held {
                true => self.held.push((strand.number(), arrival)),
                false => self.ranking.push(priority, strand.number(), arrival),
            }
        }
    }

    /// What is noted of a strand; its priority is drawn anew after every turn.
    fn row_of(&mut self, strand: &Strand, run: &mut Run) -> &mut Row {
        let row = self.strands.of(strand);
        if row.priority == 0 || row.after != strand.turns() {
            let priority = run.entropy.word() | 1;
            // Whoever had a turn meanwhile, alone or not, is not held any more.
            *row = Row { priority, after: strand.turns(), held: false };
        }
        row
    }

    /// The strand of the highest priority that is not held.
    fn highest(
        &mut self,
        news: &Option<News<'_>>,
        runnable: &Runnable<'_>,
        run: &mut Run,
    ) -> Option<u32> {
        let Some(News { queue, .. }) = news else { return self.look_through(runnable, run) };
        let Surw { strands, ranking, .. } = self;
        let highest = ranking.highest(*queue, runnable.len(), |ranked| {
            let row = strands.numbered(ranked.number);
            !row.held && row.priority == ranked.priority
        });
        highest.map(|(option, _)| option)
    }

    fn look_through(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> Option<u32> {
        let mut first = None;
        for option in 0..runnable.len() {
            let row = self.row_of(runnable.get(option), run);
            if !row.held && first.is_none_or(|(priority, _)| row.priority > priority) {
                first = Some((row.priority, option));
            }
        }
        first.map(|(_, option)| option)
    }

    /// Draws who takes the next selected turn. The one that asks is about to take one,
    /// whatever was expected of it.
    fn intend(
        &mut self,
        news: &Option<News<'_>>,
        runnable: &Runnable<'_>,
        asks: &Strand,
        run: &mut Run,
    ) -> usize {
        let option = match news {
            Some(News { queue, .. }) => self.draw_from(*queue, asks, run),
            None => self.draw_from_all(runnable, asks, run),
        };
        let intended = runnable.get(option).number();
        self.intended = Some(intended);
        intended
    }

    fn draw_from_all(&mut self, runnable: &Runnable<'_>, asks: &Strand, run: &mut Run) -> u32 {
        self.weights.clear();
        for strand in runnable.iter() {
            let left = self.shares.left(strand, &self.expected);
            let least = u32::from(strand.number() == asks.number());
            self.weights.push(left.max(least));
        }
        draw_weighted(self.weights.iter().copied(), &mut run.entropy).unwrap_or(0) as u32
    }

    /// The same for a queue of which everybody was met: most have nothing left.
    fn draw_from(&mut self, queue: Queue<'_>, asks: &Strand, run: &mut Run) -> u32 {
        let Surw { shares, arrivals, sharing, .. } = self;
        sharing.clear();
        if shares.of(asks.number()) == 0 {
            sharing.push((arrivals.of(asks.number()), 1));
        }
        sharing.extend(shares.holders().filter_map(|(number, left)| {
            arrivals.option_of(number, queue).map(|_| (arrivals.of(number), left))
        }));
        sharing.sort_unstable();
        let weights = sharing.iter().map(|(_, left)| *left);
        let drawn = draw_weighted(weights, &mut run.entropy).unwrap_or(0);
        queue.option_of(sharing[drawn].0).unwrap_or(0)
    }

    /// Nobody is held or intended any more.
    fn release(&mut self, news: &Option<News<'_>>, runnable: &Runnable<'_>) {
        self.intended = None;
        let Some(News { queue, .. }) = news else {
            for strand in runnable.iter() {
                self.strands.of(strand).held = false;
            }
            return;
        };
        for (number, arrival) in self.held.drain(..) {
            if queue.option_of(arrival).is_some() {
                let row = self.strands.numbered(number);
                row.held = false;
                self.ranking.push(row.priority, number, arrival);
            }
        }
    }
}
