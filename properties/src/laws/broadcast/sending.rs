//! What a task does with its senders, step by step.

use super::acting::{Shared, left};
use super::model::{Answer, Op};
use super::{Broadcast, model, plan};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use crate::laws::play::patience::Patience;
use std::rc::Rc;
use std::sync::mpsc::TrySendError;

/// A task with the handles that it has.
pub(super) struct Sending<B: Broadcast> {
    pub(super) shared: Rc<Shared<B>>,
    pub(super) part: Part<model::Broadcast>,
    /// At least one, until it lets go; the last is the one in use.
    pub(super) senders: Vec<B::Sender>,
}

impl<B: Broadcast> Actor for Sending<B> {
    type Act = plan::Sending;

    async fn act(&mut self, act: plan::Sending) {
        let count = self.senders.len();
        let Sending { shared, part, senders } = self;
        let Some(sender) = senders.last_mut() else { return };
        let broadcast = &shared.broadcast;
        match act {
            plan::Sending::Send(patience) => send(shared, part, sender, patience).await,
            plan::Sending::TrySend => {
                let value = shared.values.value();
                let _ = part.offered(offer!("try_send"), Op::TrySend(value.number()), || {
                    let answer = match broadcast.try_send(sender, value)? {
                        Ok(()) => Answer::Done,
                        Err(TrySendError::Full(())) => Answer::Full,
                        Err(TrySendError::Disconnected(())) => Answer::Refused,
                    };
                    Some((answer, ()))
                });
            }
            plan::Sending::ForceSend => {
                let value = shared.values.value();
                let _ = part.offered(offer!("force_send"), Op::ForceSend(value.number()), || {
                    let is_accepted = broadcast.force_send(sender, value)?;
                    Some((if is_accepted { Answer::Done } else { Answer::Refused }, ()))
                });
            }
            plan::Sending::Clone => {
                let clone = part.offered(offer!("clone of a sender"), Op::CloneSender, || {
                    broadcast.clone_sender(sender).map(|clone| (Answer::Done, clone))
                });
                senders.extend(clone);
            }
            plan::Sending::Drop if count > 1 => self.drop_one(),
            plan::Sending::Drop => {}
            plan::Sending::Close => {
                let close = || broadcast.close_by_sender(sender).map(|()| (Answer::Done, ()));
                let _ = part.offered(offer!("close by a sender"), Op::Close, close);
            }
            plan::Sending::Closed(patience) => {
                let closed = part.wait_if_offered(
                    offer!("closed"),
                    Op::Closed,
                    Effect::None,
                    patience,
                    || broadcast.closed(sender),
                    |()| Answer::Done,
                );
                let _ = closed.await;
            }
            plan::Sending::Subscribe => {
                let number = shared.spares.number();
                let receiver = part.offered(offer!("subscribe"), Op::Subscribe(number), || {
                    broadcast.subscribe(sender).map(|receiver| (Answer::Done, receiver))
                });
                if let Some(receiver) = receiver {
                    left(shared, part, number, receiver);
                }
            }
            plan::Sending::SetCapacity(capacity) => {
                let op = Op::SetCapacity(shared.room(capacity));
                let _ = part.offered(offer!("set_capacity"), op, || {
                    broadcast.set_capacity(sender, capacity).map(|()| (Answer::Done, ()))
                });
            }
            plan::Sending::SetOverflow(overflow) => {
                let _ = part.offered(offer!("set_overflow"), Op::SetOverflow(overflow), || {
                    broadcast.set_overflow(sender, overflow).map(|()| (Answer::Done, ()))
                });
            }
        }
    }

    fn let_go(&mut self) {
        while !self.senders.is_empty() {
            self.drop_one();
        }
    }
}

impl<B: Broadcast> Sending<B> {
    fn drop_one(&mut self) {
        let sender = self.senders.pop();
        self.part.at_once(Op::DropSender, || (Answer::Done, drop(sender)));
    }
}

async fn send<B: Broadcast>(
    shared: &Shared<B>,
    part: &Part<model::Broadcast>,
    sender: &mut B::Sender,
    patience: Patience,
) {
    let value = shared.values.value();
    let op = Op::Send(value.number());
    let answer = |accepted: &bool| if *accepted { Answer::Done } else { Answer::Refused };
    let send = || shared.broadcast.send(sender, value);
    part.wait(op, Effect::Maybe, patience, send, answer).await;
}
