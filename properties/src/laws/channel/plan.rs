//! What the tasks of a run are to do, as proptest draws it.

use super::Capacity;
use crate::laws::patience::{Patience, patience};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// Tasks at each end at most.
const MOST_TASKS: usize = 3;

/// Steps of a task that does little.
const FEW: usize = 2;

/// What one task does with its end of the channel.
#[derive(Clone)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    /// Whether it keeps its handles until everything has come to rest.
    pub(super) holds_on: bool,
    /// What it does is named by its end.
    verb: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A send or a receive that may wait.
    Wait(Patience),
    /// One that may not.
    Try,
    Clone,
    /// Drops a handle, but for the last.
    Drop,
    Close,
    Yield,
    /// For so many milliseconds.
    Sleep(u8),
}

/// The first capacity, where most waits, as often as all others together.
pub(super) fn capacity(capacities: Vec<Capacity>) -> impl Strategy<Value = Capacity> {
    prop_oneof![Just(capacities[0]), select(capacities)]
}

pub(super) fn senders(most: usize) -> impl Strategy<Value = Vec<Script>> {
    vec(script("send", most), 1..=MOST_TASKS)
}

pub(super) fn receivers(most: usize) -> impl Strategy<Value = Vec<Script>> {
    vec(script("recv", most), 1..=MOST_TASKS)
}

fn script(verb: &'static str, most: usize) -> impl Strategy<Value = Script> {
    let step = prop_oneof![
        12 => patience().prop_map(Step::Wait),
        2 => Just(Step::Try),
        1 => Just(Step::Clone),
        1 => Just(Step::Drop),
        1 => Just(Step::Close),
        1 => Just(Step::Yield),
        2 => (1..4u8).prop_map(Step::Sleep),
    ];
    // Who comes late finds others waiting, who does little leaves them so, and who just goes
    // on fills the channel or empties it.
    let late =
        prop_oneof![2 => Just(None), 1 => (1..4u8).prop_map(|millis| Some(Step::Sleep(millis)))];
    let steps = prop_oneof![
        vec(step.clone(), 0..=FEW.min(most)),
        vec(step, 0..=most),
        vec(Just(Step::Wait(Patience::Endless)), 0..=most),
    ];
    (late, steps, any::<bool>()).prop_map(move |(late, steps, holds_on)| {
        let steps = late.into_iter().chain(steps).collect();
        Script { steps, holds_on, verb }
    })
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Script { steps, holds_on, verb } = self;
        let told = |step: &Step| match step {
            Step::Wait(Patience::Endless) => (*verb).to_owned(),
            Step::Wait(patience) => format!("{verb}, {patience:?}"),
            Step::Try => format!("try_{verb}"),
            Step::Clone => "clone".to_owned(),
            Step::Drop => "drop a clone".to_owned(),
            Step::Close => "close".to_owned(),
            Step::Yield => "yield".to_owned(),
            Step::Sleep(millis) => format!("sleep {millis} ms"),
        };
        let steps = steps.iter().map(told).chain(holds_on.then(|| "hold on".to_owned()));
        f.write_str(&format!("[{}]", steps.collect::<Vec<_>>().join("; ")))
    }
}
