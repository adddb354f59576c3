//! What a task does with its receiver, step by step, and what all tasks share.

use super::model::{Answer, Op, Room};
use super::{Broadcast, Heard, model, plan};
use crate::laws::given::value::Values;
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use crate::laws::play::spares::Spares;
use reveille_sim::time::{Duration, sleep};
use std::rc::Rc;

/// What the tasks of a run share.
pub(super) struct Shared<B: Broadcast> {
    pub(super) broadcast: B,
    pub(super) values: Values,
    pub(super) spares: Spares<B::Receiver>,
}

impl<B: Broadcast> Shared<B> {
    pub(super) fn room(&self, capacity: usize) -> Room {
        let (room, most) = self.broadcast.room(capacity).into_inner();
        Room { room, most }
    }
}

/// Leaves a receiver for others.
pub(super) fn left<B: Broadcast>(
    shared: &Shared<B>,
    part: &Part<model::Broadcast>,
    number: usize,
    receiver: B::Receiver,
) {
    if let Some((number, receiver)) = shared.spares.leave(number, receiver) {
        dropped(part, number, receiver);
    }
}

fn dropped<R>(part: &Part<model::Broadcast>, number: usize, receiver: R) {
    part.at_once(Op::DropReceiver(number), || (Answer::Done, drop(receiver)));
}

/// A task with one receiver at most: values that lie unread in a second one would hold up the
/// senders, and so the task itself.
pub(super) struct Receiving<B: Broadcast> {
    pub(super) shared: Rc<Shared<B>>,
    pub(super) part: Part<model::Broadcast>,
    pub(super) has: Option<(usize, B::Receiver)>,
    pub(super) is_active: bool,
}

impl<B: Broadcast> Actor for Receiving<B> {
    type Act = plan::Receiving;

    async fn act(&mut self, act: plan::Receiving) {
        let Receiving { shared, part, has, is_active } = self;
        if has.is_none() {
            *has = shared.spares.take();
            *is_active = true;
        }
        let Some((number, receiver)) = has else { return };
        let (number, broadcast) = (*number, &shared.broadcast);
        if !*is_active && !matches!(act, plan::Receiving::Drop | plan::Receiving::Deactivate(_)) {
            let activate = || broadcast.activate(receiver).map(|()| (Answer::Done, ()));
            let _ = part.offered(offer!("activate"), Op::Activate(number), activate);
            *is_active = true;
        }
        match act {
            plan::Receiving::Recv(patience) => {
                let effect = if broadcast.loses_on_cancel() { Effect::Maybe } else { Effect::None };
                let op = Op::Recv(number);
                let recv = part.wait(op, effect, patience, || broadcast.recv(receiver), answer);
                drop(recv.await);
            }
            plan::Receiving::TryRecv => {
                let heard = part.offered(offer!("try_recv"), Op::TryRecv(number), || {
                    let heard = broadcast.try_recv(receiver)?;
                    Some((answer(&heard), heard))
                });
                drop(heard);
            }
            plan::Receiving::Clone { keeps } => {
                let clone = shared.spares.number();
                let op = Op::CloneReceiver(number, clone);
                let made = part.offered(offer!("clone of a receiver"), op, || {
                    broadcast.clone_receiver(receiver).map(|clone| (Answer::Done, clone))
                });
                self.goes_on_with(clone, made, keeps);
            }
            plan::Receiving::Resubscribe { keeps } => {
                let new = shared.spares.number();
                let made = part.offered(offer!("resubscribe"), Op::Subscribe(new), || {
                    broadcast.resubscribe(receiver).map(|new| (Answer::Done, new))
                });
                self.goes_on_with(new, made, keeps);
            }
            plan::Receiving::Drop => self.let_go(),
            plan::Receiving::Deactivate(millis) if *is_active => {
                let deactivate = || broadcast.deactivate(receiver).map(|()| (Answer::Done, ()));
                let done = part.offered(offer!("deactivate"), Op::Deactivate(number), deactivate);
                *is_active = done.is_none();
                if !*is_active {
                    sleep(Duration::from_millis(u64::from(millis))).await;
                }
            }
            plan::Receiving::Deactivate(_) => {}
            plan::Receiving::Close => {
                let close = || broadcast.close_by_receiver(receiver).map(|()| (Answer::Done, ()));
                let _ = part.offered(offer!("close by a receiver"), Op::Close, close);
            }
        }
    }

    fn let_go(&mut self) {
        if let Some((number, receiver)) = self.has.take() {
            dropped(&self.part, number, receiver);
        }
    }
}

impl<B: Broadcast> Receiving<B> {
    fn goes_on_with(&mut self, number: usize, made: Option<B::Receiver>, keeps: bool) {
        let Some(made) = made else { return };
        match self.has.replace((number, made)) {
            Some((old, receiver)) if keeps => left(&self.shared, &self.part, old, receiver),
            Some((old, receiver)) => dropped(&self.part, old, receiver),
            None => {}
        }
    }
}

fn answer(heard: &Heard) -> Answer {
    match heard {
        Heard::Value(value) => Answer::Received(value.number()),
        Heard::Lagged(lost) => Answer::Lagged(*lost),
        Heard::Empty => Answer::Empty,
        Heard::Ended => Answer::Ended,
    }
}

/// Who keeps what nobody has taken yet, until all is let go.
pub(super) struct Keeper<B: Broadcast> {
    pub(super) shared: Rc<Shared<B>>,
    pub(super) part: Part<model::Broadcast>,
}

impl<B: Broadcast> Actor for Keeper<B> {
    type Act = ();

    async fn act(&mut self, (): ()) {}

    fn let_go(&mut self) {
        self.shared.spares.close();
        while let Some((number, receiver)) = self.shared.spares.take() {
            dropped(&self.part, number, receiver);
        }
    }
}
