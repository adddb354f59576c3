//! What a task does with timers, step by step.

use super::Timer;
use super::model::{Answer, Moment, Op, Timer as Model};
use super::plan::{Act, Reset};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use crate::laws::play::delay::Delay;
use crate::laws::play::held::Held;
use crate::laws::play::patience::Patience;
use reveille_sim::time::Instant;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

/// What the tasks of a run share.
pub(super) struct Shared<T: Timer> {
    pub(super) adapter: T,
    pub(super) began: Instant,
    /// One for each task that sleeps.
    pub(super) slots: Vec<Held<Option<Slot<T>>>>,
    pub(super) wheel: T::Wheel,
}

/// A timer.
pub(super) struct Slot<T: Timer> {
    sleep: Pin<Box<T::Sleep>>,
    /// Whether it was ready; it is not polled then.
    is_over: bool,
}

impl<T: Timer> Shared<T> {
    fn moment(&self, at: Instant) -> Moment {
        at.duration_since(self.began)
    }

    fn now(&self) -> Moment {
        self.moment(Instant::now())
    }
}

/// A task with a timer.
pub(super) struct Sleeper<T: Timer> {
    pub(super) shared: Rc<Shared<T>>,
    pub(super) who: usize,
    pub(super) part: Part<Model>,
}

impl<T: Timer> Actor for Sleeper<T> {
    type Act = Act;

    async fn is_free(&self) {
        self.shared.slots[self.who].free().await;
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::Set(delay) => self.set(delay),
            Act::Sleep(delay, patience) => {
                self.set(delay);
                self.wait(patience).await;
            }
            Act::Wait(patience) => self.wait(patience).await,
            Act::Ask => {
                let Shared { adapter, slots, .. } = &*self.shared;
                let op = Op::Ask { who: self.who, at: self.shared.now() };
                slots[self.who].with(|slot| {
                    let Some(slot) = slot else { return };
                    let ask = || Some((Answer::Elapsed(adapter.is_elapsed(&slot.sleep)?), ()));
                    let _ = self.part.offered(offer!("is_elapsed"), op, ask);
                });
            }
            Act::Drop => self.drop(),
        }
    }

    fn let_go(&mut self) {
        self.drop();
    }
}

impl<T: Timer> Sleeper<T> {
    async fn wait(&self, patience: Patience) {
        let shared = &*self.shared;
        let slot = &shared.slots[self.who];
        if slot.with(|slot| slot.as_ref().is_none_or(|slot| slot.is_over)) {
            return;
        }
        let op = Op::Wait { who: self.who, at: shared.now() };
        let ready = || {
            poll_fn(|cx| {
                slot.poll(cx, |slot, cx| {
                    let Some(slot) = slot else { return Poll::Pending };
                    slot.sleep.as_mut().poll(cx).map(|_| slot.is_over = true)
                })
            })
        };
        let answer = |(): &()| Answer::Ready { at: shared.now() };
        let _ = self.part.wait(op, Effect::None, patience, ready, answer).await;
    }

    fn set(&self, delay: Delay) {
        let Shared { adapter, wheel, slots, .. } = &*self.shared;
        self.drop();
        let (due, at) = (delay.due(), self.shared.now());
        let op = Op::Set { who: self.who, due: self.shared.moment(due), at };
        let sleep =
            self.part.at_once(op, || (Answer::Done, Box::pin(adapter.sleep_until(wheel, due))));
        slots[self.who].with(|slot| *slot = Some(Slot { sleep, is_over: false }));
    }

    fn drop(&self) {
        let Some(slot) = self.shared.slots[self.who].with(Option::take) else { return };
        let op = Op::Drop { who: self.who, at: self.shared.now() };
        self.part.at_once(op, || (Answer::Done, drop(slot)));
    }
}

/// A task that resets the timers of others.
pub(super) struct Hand<T: Timer> {
    pub(super) shared: Rc<Shared<T>>,
    pub(super) part: Part<Model>,
}

impl<T: Timer> Actor for Hand<T> {
    type Act = Reset;

    async fn act(&mut self, Reset(place, delay): Reset) {
        let Shared { adapter, wheel, slots, .. } = &*self.shared;
        let who = usize::from(place) % slots.len();
        slots[who].free().await;
        slots[who].with(|slot| {
            let Some(slot) = slot else { return };
            let (due, at) = (delay.due(), self.shared.now());
            let op = Op::Reset { who, due: self.shared.moment(due), at };
            let sleep = slot.sleep.as_mut();
            let reset = || Some((Answer::Done, adapter.reset(wheel, sleep, due)?));
            if self.part.offered(offer!("reset"), op, reset).is_some() {
                slot.is_over = false;
            }
        });
    }
}
