//! The searches that go on when every test has made its usual runs: one for each check that
//! still promises something, and more of them where there are cores left.

use super::share::{self, Share};
use super::state::Key;

/// A search of one check from one seed.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) unit: usize,
    pub(super) check: Key,
    pub(super) stream: u64,
    pub(super) share: Share,
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has no process.
    Idle,
    /// Its process waits for an answer on that line.
    Paused { line: usize },
    /// Its process works.
    Active,
    /// There is nothing to find any more, or nobody to find it.
    Over,
}

/// All searches.
#[derive(Debug, Default)]
pub(super) struct Searches {
    all: Vec<Search>,
    /// As many seeds of a check are taken by as many machines.
    stride: u64,
}

impl Searches {
    /// For one of `machines` that may search the same checks.
    pub(super) fn new(machines: u64) -> Searches {
        Searches { all: Vec::new(), stride: machines.max(1) }
    }

    /// A check whose usual runs, from the seed of the number `usual`, passed; `chance` is what it
    /// promises.
    pub(super) fn add(&mut self, unit: usize, check: Key, usual: u64, chance: f64) {
        let share = Share { chance, ..Share::default() };
        let stream = usual + self.stride;
        self.all.push(Search { unit, check, stream, share, state: State::Idle });
    }

    pub(super) fn get(&mut self, number: usize) -> Option<&mut Search> {
        self.all.get_mut(number)
    }

    /// Nothing more is to be found there.
    pub(super) fn end_of_unit(&mut self, unit: usize) -> Vec<usize> {
        let mut lines = Vec::new();
        for search in self.all.iter_mut().filter(|search| search.unit == unit) {
            if let State::Paused { line } = search.state {
                lines.push(line);
            }
            search.state = State::Over;
        }
        lines
    }

    /// The one whose turn it is. `with` counts as one that waits, though it works: the search
    /// whose slice is just over.
    pub(super) fn next(&mut self, with: Option<usize>) -> Option<usize> {
        let waits = |(number, search): &(usize, &Search)| {
            Some(*number) == with || matches!(search.state, State::Idle | State::Paused { .. })
        };
        let waiting = self.all.iter().enumerate().filter(waits);
        let found = share::next(waiting.map(|(number, search)| (number, search.share)));
        if found.is_some() || with.is_some() { found } else { self.one_more() }
    }

    /// All work and there is room: another search of the check that promises most, from
    /// another seed.
    fn one_more(&mut self) -> Option<usize> {
        let alive = self.all.iter().enumerate().filter(|(_, search)| search.state == State::Active);
        let number = share::next(alive.map(|(number, search)| (number, search.share)))?;
        let (unit, check) = (self.all[number].unit, self.all[number].check.clone());
        let stream = self.fresh_stream(number)?;
        // It begins where the other is, or it would have all the time until it is there.
        let share = self.all[number].share;
        self.all.push(Search { unit, check, stream, share, state: State::Idle });
        Some(self.all.len() - 1)
    }

    /// A seed from which the check of that search was not searched.
    fn fresh_stream(&self, number: usize) -> Option<u64> {
        let Search { unit, check, .. } = &self.all[number];
        let of_check = self.all.iter().filter(|s| s.unit == *unit && s.check == *check);
        of_check.map(|search| search.stream + self.stride).max()
    }

    /// The paused one that would be last, if more than `most` are paused: its process is
    /// worth less than its memory. It begins anew, if it comes to that, from another seed.
    pub(super) fn too_many(&mut self, most: usize) -> Option<usize> {
        let paused =
            self.all.iter().enumerate().filter_map(|(number, search)| match search.state {
                State::Paused { line } => Some((number, line, search.share.pass())),
                _ => None,
            });
        let paused: Vec<(usize, usize, f64)> = paused.collect();
        if paused.len() <= most {
            return None;
        }
        let (number, line, _) = paused.into_iter().max_by(|a, b| a.2.total_cmp(&b.2))?;
        let stream = self.fresh_stream(number)?;
        let last = &mut self.all[number];
        (last.state, last.stream) = (State::Idle, stream);
        Some(line)
    }

    /// How likely the next run is to show something new, on the average; none without a search.
    pub(super) fn chance(&self) -> Option<f64> {
        let alive: Vec<f64> = self
            .all
            .iter()
            .filter(|search| search.state != State::Over)
            .map(|search| search.share.chance)
            .collect();
        (!alive.is_empty()).then(|| alive.iter().sum::<f64>() / alive.len() as f64)
    }

    /// The lines of those that are paused; they are over.
    pub(super) fn end_all(&mut self) -> Vec<usize> {
        let mut lines = Vec::new();
        for search in &mut self.all {
            match search.state {
                State::Paused { line } => lines.push(line),
                State::Active => continue,
                State::Idle | State::Over => {}
            }
            search.state = State::Over;
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_check_has_a_search_before_one_has_two() {
        let mut searches = Searches::new(1);
        searches.add(0, Key::named("a"), 0, 0.1);
        searches.add(1, Key::named("b"), 0, 0.9);
        for expected in [0, 1] {
            assert_eq!(searches.next(None), Some(expected));
            searches.get(expected).unwrap().state = State::Active;
        }
        // There is a third core.
        searches.get(0).unwrap().share.spent = Duration::from_secs(1);
        let third = searches.next(None).unwrap();
        let search = searches.get(third).unwrap();
        assert_eq!((search.unit, search.stream), (1, 2));
        // A test that failed is searched no more.
        searches.get(third).unwrap().state = State::Paused { line: 7 };
        assert_eq!(searches.end_of_unit(1), [7]);
        assert_eq!(searches.get(1).unwrap().state, State::Over);
        assert_eq!(searches.next(Some(0)), Some(0));
        assert_eq!(searches.chance(), Some(0.1));
    }

    #[test]
    fn of_too_many_that_are_paused_the_last_begins_anew() {
        let mut searches = Searches::new(1);
        for unit in 0..3 {
            searches.add(unit, Key::named("a"), 0, 1.0);
            let search = searches.get(unit).unwrap();
            search.share.spent = Duration::from_secs(unit as u64);
            search.state = State::Paused { line: 10 + unit };
        }
        assert_eq!(searches.too_many(3), None);
        assert_eq!(searches.too_many(2), Some(12));
        assert_eq!(searches.get(2).unwrap().state, State::Idle);
        assert_eq!(searches.too_many(2), None);
    }
}
