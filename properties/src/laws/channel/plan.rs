//! What a task does with its end of the channel, as proptest draws it.

use super::model::Trait;
use super::offered::{OfEnd, Offered};
use crate::laws::play::patience::Patience;
use crate::laws::play::script::{MOST_TASKS, Script, Step, scripts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;
use std::fmt;

/// What a task does.
#[derive(Clone, Copy)]
pub(super) enum Act<E> {
    /// A send or a receive that may wait.
    Wait(Patience),
    /// One that may not.
    Try,
    /// One by the end as a sink or a stream.
    Through(Patience),
    Clone,
    /// Drops a handle, but for the last.
    Drop,
    Close,
    Ask,
    Downgrade,
    Upgrade,
    Of(E),
}

#[derive(Clone, Copy)]
pub(super) enum OfSender {
    /// Waits for room, then for so many milliseconds.
    Reserve(Patience, u8, Fate),
    Closed(Patience),
}

/// What becomes of a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Used,
    Released,
    Dropped,
    /// In runs where futures may be.
    Forgotten,
}

#[derive(Clone, Copy)]
pub(super) enum OfReceiver {
    /// Up to so many, at the end of so many others.
    Many(usize, usize, Patience),
    /// Receives an item and holds its place for so many milliseconds.
    Hold(Patience, u8),
    Drain,
    Clear,
    RemoveIf(Trait),
}

/// What an end is called by what it does.
pub(super) trait Verb: Copy + fmt::Debug + 'static {
    const VERB: &'static str;
    const THROUGH: &'static str;
}

impl Verb for OfSender {
    const VERB: &'static str = "send";
    const THROUGH: &'static str = "feed";
}

impl Verb for OfReceiver {
    const VERB: &'static str = "recv";
    const THROUGH: &'static str = "next";
}

pub(super) fn senders(
    most: usize,
    offered: Offered,
    forgets: bool,
) -> BoxedStrategy<Vec<Script<Act<OfSender>>>> {
    let fate = prop_oneof![
        2 => Just(Fate::Used),
        2 => Just(Fate::Released),
        1 => Just(Fate::Dropped),
        1 => Just(Fate::Forgotten),
    ];
    let reserve = (patience(forgets), 0..4u8, fate)
        .prop_map(|(patience, millis, fate)| OfSender::Reserve(patience, millis, fate));
    let own = [
        (offered.reserve, 5, reserve.boxed()),
        (offered.closed, 2, patience(forgets).prop_map(OfSender::Closed).boxed()),
    ];
    let scripts = scripts(act(offered.sender, forgets, own), Act::Wait(Patience::Endless), most);
    let endings = [(true, 5, Vec::new()), (offered.sender.weak, 1, come_back())];
    some_forgotten(with_endings(scripts, endings), forgets)
}

pub(super) fn receivers(
    most: usize,
    offered: Offered,
    forgets: bool,
) -> BoxedStrategy<Vec<Script<Act<OfReceiver>>>> {
    let limit = prop_oneof![3 => 2..4usize, 1 => Just(1)];
    let before = prop_oneof![3 => Just(0), 1 => Just(1)];
    let many = (limit, before, patience(forgets))
        .prop_map(|(limit, before, patience)| OfReceiver::Many(limit, before, patience));
    let hold = (patience(forgets), 0..4u8)
        .prop_map(|(patience, millis)| OfReceiver::Hold(patience, millis));
    let doomed = prop_oneof![Just(Trait::Even), Just(Trait::Odd)];
    let own = [
        (offered.many, 4, many.boxed()),
        (offered.hold, 4, hold.boxed()),
        (offered.drain, 1, Just(OfReceiver::Drain).boxed()),
        (offered.clear, 1, Just(OfReceiver::Clear).boxed()),
        (offered.remove_if, 1, doomed.prop_map(OfReceiver::RemoveIf).boxed()),
    ];
    let scripts = scripts(act(offered.receiver, forgets, own), Act::Wait(Patience::Endless), most);
    let endings = [
        (true, 5, Vec::new()),
        (offered.receiver.close, 2, shut_down()),
        (offered.receiver.weak, 1, come_back()),
    ];
    some_forgotten(with_endings(scripts, endings), forgets)
}

/// Where futures may be forgotten, some tasks do no more than wait for one that may be, so that
/// nobody makes good for it.
fn some_forgotten<E: Verb>(
    scripts: BoxedStrategy<Vec<Script<Act<E>>>>,
    forgets: bool,
) -> BoxedStrategy<Vec<Script<Act<E>>>> {
    let one_in = if forgets { 3 } else { 1 };
    (scripts, vec(0..one_in, MOST_TASKS))
        .prop_map(|(mut scripts, drawn)| {
            for (script, _) in scripts.iter_mut().zip(drawn).filter(|(_, drawn)| *drawn == 1) {
                script.steps = vec![Step::Act(Act::Wait(Patience::Faulty))];
            }
            scripts
        })
        .boxed()
}

/// How long somebody waits. Where futures may be forgotten, many are.
fn patience(forgets: bool) -> BoxedStrategy<Patience> {
    let patience = crate::laws::play::patience::patience();
    match forgets {
        true => prop_oneof![2 => patience, 1 => Just(Patience::Faulty)].boxed(),
        false => patience,
    }
}

/// Closes the channel, and receives what is under way.
fn shut_down<E>() -> Vec<Step<Act<E>>> {
    let recv = || Step::Act(Act::Wait(Patience::Endless));
    vec![Step::Act(Act::Close), recv(), recv()]
}

/// Leaves, and comes back by a weak handle if the channel is still there.
fn come_back<E>() -> Vec<Step<Act<E>>> {
    let acts = [Act::Upgrade, Act::Wait(Patience::Endless)];
    let leaves = [Step::Act(Act::Downgrade), Step::Act(Act::Drop), Step::Sleep(3)];
    leaves.into_iter().chain(acts.map(Step::Act)).collect()
}

/// How often which steps come at the end of a script, if they are offered.
fn with_endings<E: Verb>(
    scripts: BoxedStrategy<Vec<Script<Act<E>>>>,
    endings: impl IntoIterator<Item = (bool, u32, Vec<Step<Act<E>>>)>,
) -> BoxedStrategy<Vec<Script<Act<E>>>> {
    let offered = endings.into_iter().filter(|(offered, ..)| *offered);
    let endings = offered.map(|(_, weight, ending)| (weight, Just(ending)));
    let endings = vec(Union::new_weighted(endings.collect()), MOST_TASKS);
    (scripts, endings)
        .prop_map(|(mut scripts, endings)| {
            for (script, ending) in scripts.iter_mut().zip(endings) {
                script.steps.extend(ending);
            }
            scripts
        })
        .boxed()
}

/// What is offered, with how much of it there is to be.
type Weighted<E> = (bool, u32, BoxedStrategy<E>);

fn act<E: Verb>(
    offered: OfEnd,
    forgets: bool,
    own: impl IntoIterator<Item = Weighted<E>>,
) -> BoxedStrategy<Act<E>> {
    let own = own
        .into_iter()
        .map(|(offered, weight, own)| (offered, weight, own.prop_map(Act::Of).boxed()));
    let acts = [
        (true, 12, patience(forgets).prop_map(Act::Wait).boxed()),
        (offered.attempt, 3, Just(Act::Try).boxed()),
        (offered.through, 3, patience(forgets).prop_map(Act::Through).boxed()),
        (offered.clone, 1, Just(Act::Clone).boxed()),
        (offered.clone || offered.weak, 2, Just(Act::Drop).boxed()),
        (offered.close, 2, Just(Act::Close).boxed()),
        (offered.status, 2, Just(Act::Ask).boxed()),
        (offered.weak, 1, Just(Act::Downgrade).boxed()),
        (offered.weak, 1, Just(Act::Upgrade).boxed()),
    ];
    let offered = acts.into_iter().chain(own).filter(|(offered, ..)| *offered);
    Union::new_weighted(offered.map(|(_, weight, act)| (weight, act)).collect()).boxed()
}

/// What may wait, with how long it does.
fn patiently(f: &mut fmt::Formatter<'_>, what: &str, patience: Patience) -> fmt::Result {
    match patience {
        Patience::Endless => f.write_str(what),
        patience => write!(f, "{what}, {patience:?}"),
    }
}

impl<E: Verb> fmt::Debug for Act<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Wait(patience) => patiently(f, E::VERB, *patience),
            Act::Try => write!(f, "try_{}", E::VERB),
            Act::Through(patience) => patiently(f, E::THROUGH, *patience),
            Act::Clone => f.write_str("clone"),
            Act::Drop => f.write_str("drop a clone"),
            Act::Close => f.write_str("close"),
            Act::Ask => f.write_str("ask"),
            Act::Downgrade => f.write_str("downgrade"),
            Act::Upgrade => f.write_str("upgrade"),
            Act::Of(own) => own.fmt(f),
        }
    }
}

impl fmt::Debug for OfSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OfSender::Reserve(patience, millis, fate) => {
                patiently(f, "reserve", *patience)?;
                if *millis > 0 {
                    write!(f, ", sleep {millis} ms")?;
                }
                f.write_str(match fate {
                    Fate::Used => ", send by the permit",
                    Fate::Released => ", release it",
                    Fate::Dropped => ", drop it",
                    Fate::Forgotten => ", forget it",
                })
            }
            OfSender::Closed(patience) => patiently(f, "closed", *patience),
        }
    }
}

impl fmt::Debug for OfReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OfReceiver::Many(limit, before, patience) => {
                let before = if *before > 0 { format!(" behind {before}") } else { String::new() };
                patiently(f, &format!("recv_many up to {limit}{before}"), *patience)
            }
            OfReceiver::Hold(patience, 0) => patiently(f, "hold", *patience),
            OfReceiver::Hold(patience, millis) => {
                patiently(f, &format!("hold for {millis} ms"), *patience)
            }
            OfReceiver::Drain => f.write_str("drain"),
            OfReceiver::Clear => f.write_str("clear"),
            OfReceiver::RemoveIf(Trait::Odd) => f.write_str("remove_if odd"),
            OfReceiver::RemoveIf(Trait::Even) => f.write_str("remove_if even"),
        }
    }
}
