//! One run: a task that waits for a signal, and tasks that give it.

use super::Signal;
use super::model::{Answer, Op, Value};
use crate::breach::Breach;
use crate::laws::given::item::{Drops, Item};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Cast, Part, offer};
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::Script;
use proptest::prelude::*;
use std::fmt;
use std::rc::Rc;

#[derive(Clone, Copy)]
pub(super) enum Act {
    Signal,
    Wait(Patience),
    TryTake,
    Reset,
}

impl Act {
    pub(super) const WAIT: Act = Act::Wait(Patience::Endless);
}

pub(super) fn waits() -> BoxedStrategy<Act> {
    prop_oneof![
        8 => patience().prop_map(Act::Wait),
        1 => Just(Act::TryTake),
        1 => Just(Act::Reset),
    ]
    .boxed()
}

pub(super) fn gives() -> BoxedStrategy<Act> {
    prop_oneof![6 => Just(Act::Signal), 1 => Just(Act::TryTake), 2 => Just(Act::Reset)].boxed()
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Signal => f.write_str("signal"),
            Act::Wait(Patience::Endless) => f.write_str("wait"),
            Act::Wait(patience) => write!(f, "wait, {patience:?}"),
            Act::TryTake => f.write_str("try_take"),
            Act::Reset => f.write_str("reset"),
        }
    }
}

struct Shared<S: Signal> {
    suite: S,
    signal: S::Signal,
    drops: Drops,
}

struct Acting<S: Signal> {
    shared: Rc<Shared<S>>,
    part: Part<Value>,
}

impl<S: Signal> Actor for Acting<S> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        let (Shared { suite, signal, drops }, part) = (&*self.shared, &self.part);
        match act {
            Act::Signal => {
                let item = drops.item();
                let op = Op::Signal(item.number());
                part.at_once(op, || (Answer::Done, suite.signal(signal, item)));
            }
            Act::Wait(patience) => {
                let wait = || suite.wait(signal);
                let taken = |item: &Item| Answer::Taken(item.number());
                drop(part.wait(Op::Wait, Effect::None, patience, wait, taken).await);
            }
            Act::TryTake => {
                let taken = part.offered(offer!("try_take"), Op::TryTake, || {
                    let item = suite.try_take(signal)?;
                    let number = item.as_ref().map(Item::number);
                    Some((number.map_or(Answer::Empty, Answer::Taken), item))
                });
                drop(taken);
            }
            Act::Reset => {
                let reset = || suite.reset(signal).map(|()| (Answer::Done, ()));
                let _ = part.offered(offer!("reset"), Op::Reset, reset);
            }
        }
    }
}

pub(super) async fn run<S: Signal>(
    suite: S,
    mut waiter: Vec<Script<Act>>,
    signallers: Vec<Script<Act>>,
) -> Result<(), Breach> {
    let signal = suite.make();
    let shared = Rc::new(Shared { suite, signal, drops: Drops::default() });
    let mut cast = Cast::of("signal");
    let acting = || {
        let shared = shared.clone();
        move |part| Acting { shared, part }
    };
    waiter.truncate(1);
    for script in waiter {
        cast.spawn("waiter".to_owned(), script, acting());
    }
    for (number, script) in signallers.into_iter().enumerate() {
        cast.spawn(format!("signaller {}", number + 1), script, acting());
    }
    cast.play(|_| Value::default()).await
}
