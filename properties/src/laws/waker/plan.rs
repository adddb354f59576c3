//! What is done with wakers, as proptest draws it.

use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

/// One thing that is done with one of the wakers that there are, by its place.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) what: What,
    pub(super) which: u8,
    /// Whether that happens on another thread, which is waited for.
    pub(super) elsewhere: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Clone,
    Wake,
    WakeByRef,
    Drop,
    /// It is replaced by a clone of another, which is called on like that.
    CloneFrom(u8),
    /// It is asked whether it wakes the same task as another.
    WillWake(u8),
    /// It is taken apart and put together.
    RoundTrip,
    /// The next call of what it calls panics.
    PanicNext,
    /// The next call of what it calls drops a waker.
    DropNext(u8),
}

pub(super) fn steps(most: usize) -> BoxedStrategy<Vec<Step>> {
    let other = any::<u8>();
    let what = prop_oneof![
        5 => Just(What::Clone),
        3 => Just(What::Wake),
        3 => Just(What::WakeByRef),
        3 => Just(What::Drop),
        2 => other.prop_map(What::CloneFrom),
        2 => other.prop_map(What::WillWake),
        1 => Just(What::RoundTrip),
        1 => Just(What::PanicNext),
        1 => other.prop_map(What::DropNext),
    ];
    let elsewhere = prop_oneof![7 => Just(false), 1 => Just(true)];
    let step = (what, any::<u8>(), elsewhere).prop_map(|(what, which, elsewhere)| Step {
        what,
        which,
        elsewhere,
    });
    vec(step, 1..=most).boxed()
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { what, which, elsewhere } = self;
        match what {
            What::Clone => write!(f, "clone {which}")?,
            What::Wake => write!(f, "wake {which}")?,
            What::WakeByRef => write!(f, "wake_by_ref {which}")?,
            What::Drop => write!(f, "drop {which}")?,
            What::CloneFrom(other) => write!(f, "clone_from {which} {other}")?,
            What::WillWake(other) => write!(f, "will_wake {which} {other}")?,
            What::RoundTrip => write!(f, "round trip {which}")?,
            What::PanicNext => write!(f, "panic next {which}")?,
            What::DropNext(other) => write!(f, "next call of {which} drops {other}")?,
        }
        if *elsewhere { f.write_str(", on another thread") } else { Ok(()) }
    }
}
