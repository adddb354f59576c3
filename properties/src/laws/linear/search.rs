//! Wing and Gong's search (1993): put one operation after another that could be next, and
//! go back where none fits. Two orders of the same operations that lead to the same state
//! have the same future, so each such pair is entered once (Lowe 2017).

use super::{Effect, End, Entry, Misfit, Model, Verdict};
use std::collections::HashSet;

/// Operations of a history at most; one with more is undecided.
const MOST_OPERATIONS: usize = 128;

/// A set of operations, as bits.
type Set = u128;

/// Whether `history` is what `initial` would have done in some order. At most `budget`
/// pairs of a set and a state are entered.
pub(in super::super) fn check<M: Model>(
    initial: &M,
    history: &[Entry<M>],
    budget: usize,
) -> Verdict {
    if history.len() > MOST_OPERATIONS {
        return Verdict::Undecided;
    }
    let mut search = Search::of(history, budget);
    match search.enter(0, initial) {
        Some(true) => Verdict::Linearizable,
        Some(false) => search.deepest.map_or(Verdict::Linearizable, Verdict::Broken),
        None => Verdict::Undecided,
    }
}

struct Search<'a, M: Model> {
    history: &'a [Entry<M>],
    /// Those that returned.
    required: Set,
    /// Those that were dropped and may have taken effect.
    optional: Set,
    waiting: Vec<usize>,
    /// Only ever asked whether something is in it.
    entered: HashSet<(Set, M)>,
    budget: usize,
    order: Vec<usize>,
    deepest: Option<Misfit>,
}

impl<'a, M: Model> Search<'a, M> {
    fn of(history: &'a [Entry<M>], budget: usize) -> Search<'a, M> {
        let those = |is: fn(&End<M::Answer>) -> bool| {
            let places = history.iter().enumerate().filter(move |(_, entry)| is(&entry.end));
            places.map(|(at, _)| at)
        };
        let set =
            |places: &mut dyn Iterator<Item = usize>| places.fold(0, |set: Set, at| set | 1 << at);
        let is_maybe = |end: &_| {
            let (End::Dropped { effect, .. } | End::Forgotten { effect, .. }) = end else {
                return false;
            };
            *effect == Effect::Maybe
        };
        Search {
            history,
            required: set(&mut those(|end| matches!(end, End::Returned { .. }))),
            optional: set(&mut those(is_maybe)),
            waiting: those(|end| matches!(end, End::Waiting)).collect(),
            entered: HashSet::new(),
            budget,
            order: Vec::new(),
            deepest: None,
        }
    }

    /// Whether what is not yet `done` fits behind it; nothing if that took too long.
    fn enter(&mut self, done: Set, state: &M) -> Option<bool> {
        if self.entered.len() >= self.budget {
            return None;
        }
        if !self.entered.insert((done, state.clone())) {
            return Some(false);
        }
        let left = self.required & !done;
        if left == 0 {
            let ops: Vec<_> = self.waiting.iter().map(|at| &self.history[*at].op).collect();
            match state.could_go_on(&ops) {
                None => return Some(true),
                Some(which) => self.misfits(self.waiting[which], true, state),
            }
        }
        let first_return = places(left).filter_map(|at| ended(&self.history[at].end)).min();
        let last_call = places(done).map(|at| self.history[at].called).max();
        for at in places((left | self.optional) & !done) {
            if !self.may_be_next(at, done, first_return, last_call, state) {
                continue;
            }
            let entry = &self.history[at];
            let answer = match &entry.end {
                End::Returned { answer, .. } => Some(answer),
                _ => None,
            };
            let Some(next) = state.apply(&entry.op, answer) else { continue };
            self.order.push(at);
            if self.enter(done | 1 << at, &next)? {
                return Some(true);
            }
            self.order.pop();
        }
        if let Some(next) = places(left).min_by_key(|at| ended(&self.history[*at].end)) {
            self.misfits(next, false, state);
        }
        Some(false)
    }

    /// Whether time and fairness allow it.
    fn may_be_next(
        &self,
        at: usize,
        done: Set,
        first_return: Option<u64>,
        last_call: Option<u64>,
        state: &M,
    ) -> bool {
        let entry = &self.history[at];
        // What returned before this was called has gone before it.
        if first_return.is_some_and(|returned| returned < entry.called) {
            return false;
        }
        // And what was called after this one was dropped has not.
        let dropped = if self.optional & 1 << at != 0 { ended(&entry.end) } else { None };
        if dropped.is_some_and(|dropped| last_call.is_some_and(|called| dropped < called)) {
            return false;
        }
        !self.history.iter().enumerate().any(|(other, earlier)| {
            let is_gone = matches!(earlier.end, End::Dropped { .. } | End::Forgotten { .. });
            let waits = done & 1 << other == 0 && !is_gone;
            waits
                && earlier.queued.is_some_and(|queued| queued < entry.called)
                && state.is_behind(&entry.op, &earlier.op)
        })
    }

    fn misfits(&mut self, culprit: usize, is_forgotten: bool, state: &M) {
        let depth = |misfit: &Misfit| (misfit.is_forgotten, misfit.explained.len());
        let here = (is_forgotten, self.order.len());
        if self.deepest.as_ref().is_none_or(|deepest| depth(deepest) < here) {
            let (explained, state) = (self.order.clone(), state.to_string());
            self.deepest = Some(Misfit { explained, culprit, is_forgotten, state });
        }
    }
}

fn places(mut set: Set) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = set.trailing_zeros();
        set &= set.wrapping_sub(1);
        (at < Set::BITS).then_some(at as usize)
    })
}

fn ended<A>(end: &End<A>) -> Option<u64> {
    match end {
        End::Returned { at, .. } | End::Dropped { at, .. } | End::Forgotten { at, .. } => Some(*at),
        End::Waiting => None,
    }
}
