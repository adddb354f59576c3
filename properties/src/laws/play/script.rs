//! What a task of a run is to do, as proptest draws it.
//!
//! Strategies of the suites are boxed: their types would stand in the name of every function
//! that a run goes through, in each test, and those names came to 3 GiB of one executable.

use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::sleep;
use reveille_sim::yield_now;
use std::fmt::{self, Debug};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Tasks of a kind at most.
pub(in crate::laws) const MOST_TASKS: usize = 3;

/// Steps of a task that does little.
const FEW: usize = 2;

/// What one task does.
#[derive(Clone)]
pub(in crate::laws) struct Script<A> {
    pub(in crate::laws) steps: Vec<Step<A>>,
    /// Whether it keeps what it has until everything has come to rest.
    pub(in crate::laws) holds_on: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::laws) enum Step<A> {
    Act(A),
    Yield,
    /// For so many milliseconds.
    Sleep(u8),
}

/// Scripts for one task or some, each of at most so many steps. `plain` is what keeps those busy
/// who do one thing all the time.
pub(in crate::laws) fn scripts<A: Clone + Debug + 'static>(
    act: impl Strategy<Value = A> + Clone + 'static,
    plain: A,
    most: usize,
) -> BoxedStrategy<Vec<Script<A>>> {
    scripts_for(1..=MOST_TASKS, act, plain, most)
}

/// The same for so many tasks.
pub(in crate::laws) fn scripts_for<A: Clone + Debug + 'static>(
    tasks: RangeInclusive<usize>,
    act: impl Strategy<Value = A> + Clone + 'static,
    plain: A,
    most: usize,
) -> BoxedStrategy<Vec<Script<A>>> {
    vec(script(act, plain, most), tasks).boxed()
}

/// These, by tasks that have nothing which they could keep.
pub(in crate::laws) fn with_nothing_to_hold<A>(mut scripts: Vec<Script<A>>) -> Vec<Script<A>> {
    scripts.iter_mut().for_each(|script| script.holds_on = false);
    scripts
}

/// A script for one task; see [`scripts`].
pub(in crate::laws) fn script<A: Clone + Debug + 'static>(
    act: impl Strategy<Value = A> + Clone + 'static,
    plain: A,
    most: usize,
) -> BoxedStrategy<Script<A>> {
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
    (late, steps, any::<bool>())
        .prop_map(|(late, steps, holds_on)| Script {
            steps: late.into_iter().chain(steps).collect(),
            holds_on,
        })
        .boxed()
}

impl<A> Step<A> {
    /// What is to be done now, if it is no pause; else that is over.
    pub(in crate::laws) async fn due(self) -> Option<A> {
        match self {
            Step::Act(act) => return Some(act),
            Step::Yield => yield_now().await,
            Step::Sleep(millis) => sleep(Duration::from_millis(u64::from(millis))).await,
        }
        None
    }
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
