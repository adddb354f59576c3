//! What a task of a run is to do, as proptest draws it.

use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::{self, Debug};

/// Tasks of a kind at most.
pub(super) const MOST_TASKS: usize = 3;

/// Steps of a task that does little.
const FEW: usize = 2;

/// What one task does.
#[derive(Clone)]
pub(super) struct Script<A> {
    pub(super) steps: Vec<Step<A>>,
    /// Whether it keeps what it has until everything has come to rest.
    pub(super) holds_on: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<A> {
    Act(A),
    Yield,
    /// For so many milliseconds.
    Sleep(u8),
}

/// Scripts for one task or some, each of at most so many steps. `plain` is what keeps those busy
/// who do one thing all the time.
pub(super) fn scripts<A: Clone + Debug + 'static>(
    act: impl Strategy<Value = A> + Clone + 'static,
    plain: A,
    most: usize,
) -> impl Strategy<Value = Vec<Script<A>>> {
    vec(script(act, plain, most), 1..=MOST_TASKS)
}

/// A script of at most so many steps, as of [`scripts`].
pub(super) fn script<A: Clone + Debug + 'static>(
    act: impl Strategy<Value = A> + Clone + 'static,
    plain: A,
    most: usize,
) -> impl Strategy<Value = Script<A>> {
    let step = prop_oneof![
        17 => act.prop_map(Step::Act),
        1 => Just(Step::Yield),
        2 => (1..4u8).prop_map(Step::Sleep),
    ];
    // Who comes late finds others waiting, who does little leaves them so, and who just goes
    // on brings things to their bounds.
    let late =
        prop_oneof![2 => Just(None), 1 => (1..4u8).prop_map(|millis| Some(Step::Sleep(millis)))];
    let steps = prop_oneof![
        vec(step.clone(), 0..=FEW.min(most)),
        vec(step, 0..=most),
        vec(Just(Step::Act(plain)), 0..=most),
    ];
    (late, steps, any::<bool>()).prop_map(|(late, steps, holds_on)| Script {
        steps: late.into_iter().chain(steps).collect(),
        holds_on,
    })
}

impl<A: Debug> Debug for Script<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.steps.iter().map(|step| format!("{step:?}"));
        let steps = steps.chain(self.holds_on.then(|| "hold on".to_owned()));
        f.write_str(&format!("[{}]", steps.collect::<Vec<_>>().join("; ")))
    }
}

impl<A: Debug> Debug for Step<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Act(act) => act.fmt(f),
            Step::Yield => f.write_str("yield"),
            Step::Sleep(millis) => write!(f, "sleep {millis} ms"),
        }
    }
}
