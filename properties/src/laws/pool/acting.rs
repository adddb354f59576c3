//! What a task does with the pool.

use super::MOST_OBJECTS;
use super::Pool;
use super::factory::Factory;
use super::model::{Answer, Objects, Op};
use crate::laws::given::making::catching;
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use crate::laws::play::patience::{Patience, patience};
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::{Duration, sleep};
use reveille_sim::yield_now;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

#[derive(Clone)]
pub(super) enum Act {
    Use(Use),
    Resize(usize),
    Close,
}

#[derive(Clone)]
pub(super) struct Use {
    patience: Patience,
    stay: Vec<Stay>,
    parting: Parting,
    is_last: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parting {
    Put,
    Take,
    /// It is put back and can never be used again.
    Broken,
}

#[derive(Clone, Copy, Debug)]
enum Stay {
    Yield,
    Sleep(u8),
    HoldOn,
}

pub(super) fn act() -> BoxedStrategy<Act> {
    let stay = prop_oneof![
        4 => Just(Stay::Yield),
        2 => (1..4u8).prop_map(Stay::Sleep),
        1 => Just(Stay::HoldOn),
    ];
    let parting = prop_oneof![
        8 => Just(Parting::Put),
        2 => Just(Parting::Take),
        1 => Just(Parting::Broken),
    ];
    let uses = (patience(), vec(stay, 0..3), parting).prop_map(|(patience, stay, parting)| {
        Act::Use(Use { patience, stay, parting, is_last: false })
    });
    prop_oneof![25 => uses, 2 => (1..=MOST_OBJECTS).prop_map(Act::Resize), 1 => Just(Act::Close)]
        .boxed()
}

impl Act {
    /// What those do who do one thing all the time.
    pub(super) fn plain() -> Act {
        let stay = vec![Stay::Yield];
        Act::Use(Use { patience: Patience::Endless, stay, parting: Parting::Put, is_last: false })
    }

    /// When the others have let go of everything.
    pub(super) fn last() -> Act {
        let (patience, stay) = (Patience::Endless, Vec::new());
        Act::Use(Use { patience, stay, parting: Parting::Put, is_last: true })
    }
}

/// What the tasks of a run share.
pub(super) struct Shared<P: Pool> {
    pub(super) adapter: P,
    pub(super) pool: P::Pool,
    pub(super) factory: Factory,
    pub(super) calls: Cell<usize>,
}

pub(super) struct Acting<P: Pool> {
    pub(super) shared: Rc<Shared<P>>,
    pub(super) part: Part<Objects>,
    /// A future that is dropped may be forgotten.
    pub(super) forgets: bool,
}

impl<P: Pool> Actor for Acting<P> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        let this = &*self;
        match act {
            Act::Use(uses) => this.uses(uses).await,
            Act::Resize(most) => {
                let op = Op::Resize { most, is_busy: this.part.is_busy() };
                let resize = || this.shared.adapter.resize(&this.shared.pool, most);
                let resize = || resize().map(|()| (Answer::Done, ()));
                let _ = this.part.offered(offer!("resize"), op, resize);
            }
            Act::Close => {
                let close = || this.shared.adapter.close(&this.shared.pool);
                let close = || close().map(|()| (Answer::Done, ()));
                let _ =
                    this.part.offered(offer!("close"), Op::Close(this.shared.calls.get()), close);
            }
        }
    }
}

impl<P: Pool> Acting<P> {
    async fn uses(&self, uses: Use) {
        if uses.is_last {
            self.part.until_let_go().await;
        }
        let Shared { adapter, pool, factory, calls } = &*self.shared;
        let call = calls.get();
        calls.set(call + 1);
        let make = || catching(factory.during(call, adapter.get(pool)));
        let answer = |got: &Result<Result<P::Guard<'_>, PoolError>, _>| match got {
            Ok(Ok(guard)) => Answer::Object(adapter.object(guard).number()),
            Ok(Err(PoolError::Failed)) => Answer::Failed,
            Ok(Err(PoolError::Closed)) => Answer::Closed,
            Err(_) => Answer::Panicked,
        };
        let effect = if self.forgets { Effect::Maybe } else { Effect::None };
        let got = self.part.wait(Op::Get(call), effect, uses.patience, make, answer).await;
        let Some(Ok(Ok(guard))) = got else { return };
        for stay in uses.stay {
            match stay {
                Stay::Yield => yield_now().await,
                Stay::Sleep(millis) => sleep(Duration::from_millis(u64::from(millis))).await,
                Stay::HoldOn => self.part.until_let_go().await,
            }
        }
        let number = adapter.object(&guard).number();
        let mut left = Some(guard);
        if uses.parting == Parting::Take {
            let taken = self.part.offered(offer!("take"), Op::Take(number), || {
                match adapter.take(left.take()?) {
                    Ok(object) => Some((Answer::Done, object)),
                    Err(guard) => {
                        left = Some(guard);
                        None
                    }
                }
            });
            drop(taken);
        }
        let Some(guard) = left else { return };
        if uses.parting == Parting::Broken {
            adapter.object(&guard).break_down();
        }
        self.part.at_once(Op::Put(number), || (Answer::Done, drop(guard)));
    }
}

/// Why a pool gives no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolError {
    /// It could not be made.
    Failed,
    /// The pool is closed.
    Closed,
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uses = match self {
            Act::Use(uses) => uses,
            Act::Resize(most) => return write!(f, "resize to {most}"),
            Act::Close => return f.write_str("close"),
        };
        f.write_str("get")?;
        if uses.patience != Patience::Endless {
            write!(f, ", {:?}", uses.patience)?;
        }
        let stay = uses.stay.iter().map(|stay| match stay {
            Stay::Yield => "yield".to_owned(),
            Stay::Sleep(millis) => format!("sleep {millis} ms"),
            Stay::HoldOn => "hold on".to_owned(),
        });
        let parting = match uses.parting {
            Parting::Put => None,
            Parting::Take => Some("take out".to_owned()),
            Parting::Broken => Some("break".to_owned()),
        };
        let steps: Vec<_> = stay.chain(parting).collect();
        if steps.is_empty() { Ok(()) } else { write!(f, " {{ {} }}", steps.join("; ")) }
    }
}
