//! Wing and Gong's search (1993): put one operation after another that could be next, and
//! go back where none fits. Two orders of the same operations that lead to the same state
//! have the same future, so each such pair is entered once (Lowe 2017).

use super::{Effect, End, Entry, Misfit, Model, Verdict};
use std::collections::{BTreeSet, HashSet};

/// Operations on an object at most; a history with more is undecided.
const MOST_OPERATIONS: usize = 128;

/// A set of operations, as bits.
type Set = u128;

/// Whether `history` is what `initial` would have done in some order. At most `budget`
/// pairs of a set and a state are entered for each object.
pub(in super::super) fn check<M: Model>(
    initial: &M,
    history: &[Entry<M>],
    budget: usize,
) -> Verdict {
    let objects: BTreeSet<usize> = history.iter().map(|entry| M::object(&entry.op)).collect();
    if objects.len() < 2 {
        return check_one(initial, history, budget);
    }
    let mut verdict = Verdict::Linearizable;
    for object in objects {
        let is_of_it = |at: &usize| M::object(&history[*at].op) == object;
        let places: Vec<usize> = (0..history.len()).filter(is_of_it).collect();
        let part: Vec<_> = places.iter().map(|at| history[*at].clone()).collect();
        match check_one(initial, &part, budget) {
            Verdict::Linearizable => {}
            Verdict::Undecided => verdict = Verdict::Undecided,
            Verdict::Broken(misfit) => {
                let explained = misfit.explained.iter().map(|at| places[*at]).collect();
                let culprit = places[misfit.culprit];
                return Verdict::Broken(Misfit { explained, culprit, ..misfit });
            }
        }
    }
    verdict
}

fn check_one<M: Model>(initial: &M, history: &[Entry<M>], budget: usize) -> Verdict {
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
    /// Those that returned, or were dropped and took effect.
    required: Set,
    /// Those that were dropped and may have taken effect.
    optional: Set,
    /// In the order in which they began to.
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
        let is_required = |end: &_| {
            matches!(end, End::Returned { .. } | End::Dropped { effect: Effect::Always, .. })
        };
        let is_maybe = |end: &_| {
            let (End::Dropped { effect, .. } | End::Forgotten { effect, .. }) = end else {
                return false;
            };
            *effect == Effect::Maybe
        };
        let mut waiting: Vec<_> = those(|end| matches!(end, End::Waiting)).collect();
        waiting.sort_by_key(|at| history[*at].queued.unwrap_or(history[*at].called));
        Search {
            history,
            required: set(&mut those(is_required)),
            optional: set(&mut those(is_maybe)),
            waiting,
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
            for next in state.outcomes(&entry.op, answer) {
                self.order.push(at);
                if self.enter(done | 1 << at, &next)? {
                    return Some(true);
                }
                self.order.pop();
            }
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
        self.goes_first(at, done, state).is_none()
    }

    /// Who waited when this was called, and goes before it.
    fn goes_first(&self, at: usize, done: Set, state: &M) -> Option<usize> {
        let later = &self.history[at];
        let is_in_line = |end: &End<M::Answer>| match end {
            End::Returned { answer, .. } => !M::is_refusal(answer),
            End::Dropped { .. } | End::Forgotten { .. } => false,
            End::Waiting => true,
        };
        if matches!(&later.end, End::Returned { answer, .. } if M::is_refusal(answer)) {
            return None;
        }
        self.history.iter().enumerate().position(|(other, earlier)| {
            done & 1 << other == 0
                && is_in_line(&earlier.end)
                && earlier.queued.is_some_and(|queued| queued < later.called)
                && state.is_behind(&later.op, &earlier.op)
        })
    }

    fn misfits(&mut self, culprit: usize, is_forgotten: bool, state: &M) {
        let done = self.order.iter().fold(0, |done, at| done | 1 << at);
        let overtaken = match &self.history[culprit] {
            Entry::<M> { op, end: End::Returned { answer, .. }, .. }
                if state.apply(op, Some(answer)).is_some() =>
            {
                self.goes_first(culprit, done, state)
            }
            _ => None,
        };
        let depth = |misfit: &Misfit| (misfit.is_forgotten, misfit.explained.len());
        let here = (is_forgotten, self.order.len());
        if self.deepest.as_ref().is_none_or(|deepest| depth(deepest) < here) {
            let (explained, state) = (self.order.clone(), state.to_string());
            self.deepest = Some(Misfit { explained, culprit, is_forgotten, overtaken, state });
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
