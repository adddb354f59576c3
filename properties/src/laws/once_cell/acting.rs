//! What a task does with the cell.

use super::OnceCell;
use super::model::{Answer, Once, Op};
use crate::laws::given::item::{Drops, Item};
use crate::laws::given::making::{Ends, Failed, Making, Panicked, catching, making};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use crate::laws::play::patience::{Patience, patience};
use proptest::prelude::*;
use reveille_sim::look_for;
use std::fmt;
use std::rc::Rc;

#[derive(Clone)]
pub(super) enum Act {
    /// Whether it may fail.
    Init(bool, Making, Patience),
    Get,
    Set(Patience),
    Wait(Patience),
    /// When the others have let go of everything.
    Last,
}

pub(super) fn act() -> BoxedStrategy<Act> {
    let init = (any::<bool>(), making(true), patience());
    prop_oneof![
        8 => init.prop_map(|(tries, making, patience)| Act::Init(tries, making, patience)),
        1 => Just(Act::Get),
        1 => patience().prop_map(Act::Set),
        2 => patience().prop_map(Act::Wait),
    ]
    .boxed()
}

impl Act {
    /// What those do who do one thing all the time.
    pub(super) fn plain() -> Act {
        Act::Init(false, Making::slowly(), Patience::Endless)
    }
}

/// What the tasks of a run share.
pub(super) struct Shared<C: OnceCell> {
    pub(super) adapter: C,
    pub(super) cell: C::Cell,
    pub(super) drops: Drops,
}

pub(super) struct Acting<C: OnceCell> {
    pub(super) shared: Rc<Shared<C>>,
    pub(super) part: Part<Once>,
}

impl<C: OnceCell> Actor for Acting<C> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        match act {
            Act::Init(false, making, patience) => self.init(making, patience).await,
            Act::Init(true, making, patience) => self.try_init(making, patience).await,
            Act::Get => self.get(),
            Act::Set(patience) => self.set(patience).await,
            Act::Wait(patience) => self.wait(patience).await,
            Act::Last => {
                self.part.until_let_go().await;
                self.init(Making::at_once(), Patience::Endless).await;
            }
        }
    }
}

type Tried<'a> = Result<Result<&'a Item, Failed>, Panicked>;

fn answer(tried: &Tried<'_>) -> Answer {
    match tried {
        Ok(Ok(item)) => Answer::Value(item.number()),
        Ok(Err(Failed)) => Answer::Failed,
        Err(Panicked) => Answer::Panicked,
    }
}

impl<C: OnceCell> Acting<C> {
    /// An initializer that tells when it begins and ends, and its value.
    fn initializer(
        &self,
        making: Making,
    ) -> (usize, impl Future<Output = Result<Item, Failed>> + use<C>) {
        let item = self.shared.drops.item();
        let (number, part) = (item.number(), self.part.clone());
        let initializer = async move {
            part.at_once(Op::Begin(number), || (Answer::Done, ()));
            let teller = part.clone();
            let end = move |ends: Ends| {
                teller.at_once(Op::End(number, ends), || (Answer::Done, ()));
            };
            making.of(part, item, end).await
        };
        (number, initializer)
    }

    async fn init(&self, mut making: Making, patience: Patience) {
        if making.ends == Ends::Failed {
            making.ends = Ends::Made;
        }
        let (number, initializer) = self.initializer(making);
        let Shared { adapter, cell, .. } = &*self.shared;
        let infallible = async { initializer.await.expect("it was not to fail") };
        let make = || {
            let init = adapter.get_or_init(cell, infallible);
            catching(async { Ok(init.await) })
        };
        let op = Op::GetOrInit(number);
        self.part.wait(op, Effect::None, patience, make, answer).await;
    }

    async fn try_init(&self, making: Making, patience: Patience) {
        let (number, initializer) = self.initializer(making);
        let Shared { adapter, cell, .. } = &*self.shared;
        let Some(init) = adapter.get_or_try_init(cell, initializer) else {
            return look_for(offer!("get_or_try_init").missing, true);
        };
        look_for(offer!("get_or_try_init").made, true);
        let op = Op::GetOrTryInit(number);
        self.part.wait(op, Effect::None, patience, || catching(init), answer).await;
    }

    fn get(&self) {
        self.part.offered(offer!("get"), Op::Get, || {
            let item = self.shared.adapter.get(&self.shared.cell)?;
            Some((item.map_or(Answer::Nothing, |item| Answer::Value(item.number())), ()))
        });
    }

    async fn set(&self, patience: Patience) {
        let is_busy = self.part.is_busy();
        let item = self.shared.drops.item();
        let op = Op::Set(item.number());
        let Some(set) = self.shared.adapter.set(&self.shared.cell, item) else {
            return look_for(offer!("set").missing, true);
        };
        look_for(offer!("set").made, true);
        let answer = |is_set: &bool| match is_set {
            true => Answer::Done,
            false if is_busy => Answer::NotNow,
            false => Answer::Refused,
        };
        self.part.wait(op, Effect::None, patience, || set, answer).await;
    }

    async fn wait(&self, patience: Patience) {
        let Some(wait) = self.shared.adapter.wait(&self.shared.cell) else {
            return look_for(offer!("wait").missing, true);
        };
        look_for(offer!("wait").made, true);
        let answer = |item: &&Item| Answer::Value(item.number());
        self.part.wait(Op::Wait, Effect::None, patience, || wait, answer).await;
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, patience) = match self {
            Act::Init(false, _, patience) => ("get_or_init", patience),
            Act::Init(true, _, patience) => ("get_or_try_init", patience),
            Act::Set(patience) => ("set", patience),
            Act::Wait(patience) => ("wait", patience),
            Act::Last => ("get_or_init", &Patience::Endless),
            Act::Get => return f.write_str("get"),
        };
        f.write_str(verb)?;
        if *patience != Patience::Endless {
            write!(f, ", {patience:?}")?;
        }
        match self {
            Act::Init(_, making, _) => write!(f, " {{ {making:?} }}"),
            _ => Ok(()),
        }
    }
}
