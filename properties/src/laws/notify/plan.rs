//! What a task does with an event, as proptest draws it.

use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, scripts};
use proptest::prelude::*;
use std::fmt;

/// Tasks that do nothing but notify, at most.
const NOTIFIERS: usize = 2;

/// More than what is woken at one go by anybody who lets go of a lock in between.
const MANY: usize = 40;

#[derive(Clone, Copy)]
pub(super) enum Act {
    Listen(Manner, Patience),
    Notify(Whom),
}

/// What comes between making a listener and waiting.
#[derive(Clone, Copy, Debug)]
pub(super) enum Manner {
    AtOnce,
    /// So many milliseconds.
    Late(u8),
    /// It is enabled before.
    Enabled(u8),
    /// It listened to another event before.
    Again,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Whom {
    One,
    Last,
    All,
    UpTo(usize),
    Additional(usize),
    Set,
    Reset,
    /// Who listens to another event.
    Other,
}

/// Listeners of one task that wait together, beside the others.
#[derive(Clone, Copy)]
pub(super) enum Crowd {
    None,
    Of(usize),
}

pub(super) fn crowd() -> BoxedStrategy<Crowd> {
    prop_oneof![7 => Just(Crowd::None), 1 => Just(Crowd::Of(MANY))].boxed()
}

pub(super) fn listeners(most: usize) -> BoxedStrategy<Vec<Script<Act>>> {
    let act = prop_oneof![
        9 => listen(),
        2 => whom().prop_map(Act::Notify),
    ];
    scripts(act, Act::Listen(Manner::AtOnce, Patience::Endless), most)
}

/// Few, since one notification too many covers up for one that is lost.
pub(super) fn notifiers(most: usize) -> BoxedStrategy<Vec<Script<Act>>> {
    let scripts = scripts(whom().prop_map(Act::Notify), Act::Notify(Whom::One), most);
    scripts
        .prop_map(|mut scripts| {
            scripts.truncate(NOTIFIERS);
            scripts
        })
        .boxed()
}

/// Who is dropped when it was notified has the most to answer for.
fn listen() -> BoxedStrategy<Act> {
    let patience = prop_oneof![2 => patience(), 1 => Just(Patience::Wakes(1))];
    (manner(), patience).prop_map(|(manner, patience)| Act::Listen(manner, patience)).boxed()
}

fn manner() -> BoxedStrategy<Manner> {
    prop_oneof![
        6 => Just(Manner::AtOnce),
        1 => (0..4u8).prop_map(Manner::Late),
        1 => (0..4u8).prop_map(Manner::Enabled),
        1 => Just(Manner::Again),
    ]
    .boxed()
}

fn whom() -> BoxedStrategy<Whom> {
    prop_oneof![
        4 => Just(Whom::One),
        2 => Just(Whom::Last),
        4 => Just(Whom::All),
        4 => (1..3usize).prop_map(Whom::UpTo),
        4 => (1..3usize).prop_map(Whom::Additional),
        1 => Just(Whom::Set),
        1 => Just(Whom::Reset),
        1 => Just(Whom::Other),
    ]
    .boxed()
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Listen(manner, patience) => {
                f.write_str("listen")?;
                match manner {
                    Manner::AtOnce => {}
                    Manner::Late(millis) => write!(f, ", poll {millis} ms later")?,
                    Manner::Enabled(millis) => write!(f, ", enable, poll {millis} ms later")?,
                    Manner::Again => f.write_str(", after another event")?,
                }
                match patience {
                    Patience::Endless => Ok(()),
                    patience => write!(f, ", {patience:?}"),
                }
            }
            Act::Notify(Whom::One) => f.write_str("notify one"),
            Act::Notify(Whom::Last) => f.write_str("notify the last"),
            Act::Notify(Whom::All) => f.write_str("notify all"),
            Act::Notify(Whom::UpTo(count)) => write!(f, "notify up to {count}"),
            Act::Notify(Whom::Additional(count)) => write!(f, "notify {count} more"),
            Act::Notify(Whom::Set) => f.write_str("set"),
            Act::Notify(Whom::Reset) => f.write_str("reset"),
            Act::Notify(Whom::Other) => f.write_str("notify another event"),
        }
    }
}

impl fmt::Debug for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Crowd::None => f.write_str("none"),
            Crowd::Of(count) => write!(f, "{count} listeners, and all are notified"),
        }
    }
}
