//! What a task does with its receiver, step by step, and what all tasks share.

use super::model::{Answer, Op, Parity};
use super::{News, Watch, model, plan};
use crate::laws::given::value::{Value, Values};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Offer, Part, offer};
use crate::laws::play::patience::{Patience, unwind};
use crate::laws::play::spares::Spares;
use std::rc::Rc;

/// What the tasks of a run share.
pub(super) struct Shared<W: Watch> {
    pub(super) watch: W,
    pub(super) values: Values,
    pub(super) spares: Spares<W::Receiver>,
}

/// Leaves a receiver for others.
pub(super) fn left<W: Watch>(
    shared: &Shared<W>,
    part: &Part<model::Watch>,
    number: usize,
    receiver: W::Receiver,
) {
    if let Some((number, receiver)) = shared.spares.leave(number, receiver) {
        dropped(part, number, receiver);
    }
}

fn dropped<R>(part: &Part<model::Watch>, number: usize, receiver: R) {
    part.at_once(Op::DropReceiver(number), || (Answer::Done, drop(receiver)));
}

/// A task with one receiver at most.
pub(super) struct Receiving<W: Watch> {
    pub(super) shared: Rc<Shared<W>>,
    pub(super) part: Part<model::Watch>,
    pub(super) has: Option<(usize, W::Receiver)>,
}

impl<W: Watch> Actor for Receiving<W> {
    type Act = plan::Receiving;

    async fn act(&mut self, act: plan::Receiving) {
        let Receiving { shared, part, has } = self;
        if has.is_none() {
            *has = shared.spares.take();
        }
        let Some((number, receiver)) = has else { return };
        let (number, watch) = (*number, &shared.watch);
        match act {
            plan::Receiving::Recv(patience) => {
                let op = Op::Recv(number);
                let effect = effect(watch);
                let recv = part.wait(op, effect, patience, || watch.recv(receiver), got);
                drop(recv.await);
            }
            plan::Receiving::Changed(patience) => {
                let changed = part.wait_if_offered(
                    offer!("changed"),
                    Op::Changed(number),
                    effect(watch),
                    patience,
                    || watch.changed(receiver),
                    |is_changed| if *is_changed { Answer::Done } else { Answer::Ended },
                );
                let _ = changed.await;
            }
            plan::Receiving::WaitFor(parity, patience) => {
                wait_for(shared, part, (number, receiver), parity, patience).await;
            }
            plan::Receiving::TryRecv => {
                let value = part.offered(offer!("try_recv"), Op::TryRecv(number), || {
                    let value = watch.try_recv(receiver)?;
                    let answer = value.as_ref();
                    let answer = answer.map_or(Answer::Empty, |value| Answer::Got(value.number()));
                    Some((answer, value))
                });
                drop(value);
            }
            plan::Receiving::Get => {
                look(part, offer!("get"), Op::Get(number), watch.get(receiver));
            }
            plan::Receiving::GetAndSee => {
                let seen = watch.get_and_see(receiver);
                look(part, offer!("get_and_see"), Op::GetAndSee(number), seen);
            }
            plan::Receiving::HasChanged => {
                let _ = part.offered(offer!("has_changed"), Op::HasChanged(number), || {
                    let answer = match watch.has_changed(receiver)? {
                        News::Changed => Answer::Yes,
                        News::Unchanged => Answer::No,
                        News::Ended => Answer::Ended,
                    };
                    Some((answer, ()))
                });
            }
            plan::Receiving::MarkUnseen => {
                let mark = || watch.mark_unseen(receiver).map(|()| (Answer::Done, ()));
                let _ = part.offered(offer!("mark_unseen"), Op::MarkUnseen(number), mark);
            }
            plan::Receiving::MarkSeen => {
                let mark = || watch.mark_seen(receiver).map(|()| (Answer::Done, ()));
                let _ = part.offered(offer!("mark_seen"), Op::MarkSeen(number), mark);
            }
            plan::Receiving::Clone { keeps } => {
                let clone = shared.spares.number();
                let op = Op::CloneReceiver(number, clone);
                let made = part.offered(offer!("clone of a receiver"), op, || {
                    watch.clone_receiver(receiver).map(|clone| (Answer::Done, clone))
                });
                self.goes_on_with(clone, made, keeps);
            }
            plan::Receiving::Drop => self.let_go(),
        }
    }

    fn let_go(&mut self) {
        if let Some((number, receiver)) = self.has.take() {
            dropped(&self.part, number, receiver);
        }
    }
}

impl<W: Watch> Receiving<W> {
    fn goes_on_with(&mut self, number: usize, made: Option<W::Receiver>, keeps: bool) {
        let Some(made) = made else { return };
        match self.has.replace((number, made)) {
            Some((old, receiver)) if keeps => left(&self.shared, &self.part, old, receiver),
            Some((old, receiver)) => dropped(&self.part, old, receiver),
            None => {}
        }
    }
}

fn effect<W: Watch>(watch: &W) -> Effect {
    if watch.loses_on_cancel() { Effect::Maybe } else { Effect::None }
}

fn got(value: &Option<Value>) -> Answer {
    value.as_ref().map_or(Answer::Ended, |value| Answer::Got(value.number()))
}

/// Looks at the value, which came about at once.
fn look(part: &Part<model::Watch>, offer: Offer, op: Op, value: Option<Value>) {
    let look = || value.map(|value| (Answer::Got(value.number()), value));
    drop(part.offered(offer, op, look));
}

fn finds(parity: Parity, value: &Value) -> bool {
    match parity {
        Parity::Unwinds => unwind(),
        Parity::Even | Parity::Odd => parity.is_of(value.number()),
    }
}

async fn wait_for<W: Watch>(
    shared: &Shared<W>,
    part: &Part<model::Watch>,
    (number, receiver): (usize, &mut W::Receiver),
    parity: Parity,
    patience: Patience,
) {
    let wait_for = part.wait_if_offered(
        offer!("wait_for"),
        Op::WaitFor(number, parity),
        Effect::Maybe,
        patience,
        || shared.watch.wait_for(receiver, move |value| finds(parity, value)),
        got,
    );
    drop(wait_for.await);
}

/// Who keeps what nobody has taken yet, until all is let go.
pub(super) struct Keeper<W: Watch> {
    pub(super) shared: Rc<Shared<W>>,
    pub(super) part: Part<model::Watch>,
}

impl<W: Watch> Actor for Keeper<W> {
    type Act = ();

    async fn act(&mut self, (): ()) {}

    fn let_go(&mut self) {
        self.shared.spares.close();
        while let Some((number, receiver)) = self.shared.spares.take() {
            dropped(&self.part, number, receiver);
        }
    }
}
