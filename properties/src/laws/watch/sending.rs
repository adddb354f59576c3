//! What a task does with its senders, step by step.

use super::acting::{Shared, left};
use super::model::{Answer, Op};
use super::{Watch, model, plan};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use std::rc::Rc;

/// A task with the handles that it has.
pub(super) struct Sending<W: Watch> {
    pub(super) shared: Rc<Shared<W>>,
    pub(super) part: Part<model::Watch>,
    /// At least one, until it lets go; the last is the one in use.
    pub(super) senders: Vec<W::Sender>,
}

impl<W: Watch> Actor for Sending<W> {
    type Act = plan::Sending;

    async fn act(&mut self, act: plan::Sending) {
        let count = self.senders.len();
        let Sending { shared, part, senders } = self;
        let Some(sender) = senders.last_mut() else { return };
        let watch = &shared.watch;
        match act {
            plan::Sending::Send => {
                let value = shared.values.value();
                part.at_once(Op::Send(value.number()), || {
                    let is_accepted = watch.send(sender, value);
                    (if is_accepted { Answer::Done } else { Answer::Refused }, ())
                });
            }
            plan::Sending::Look => {
                let look = || watch.look(sender).map(|value| (Answer::Got(value.number()), value));
                drop(part.offered(offer!("look"), Op::Look, look));
            }
            plan::Sending::Clone => {
                let clone = part.offered(offer!("clone of a sender"), Op::CloneSender, || {
                    watch.clone_sender(sender).map(|clone| (Answer::Done, clone))
                });
                senders.extend(clone);
            }
            plan::Sending::Drop if count > 1 => self.drop_one(),
            plan::Sending::Drop => {}
            plan::Sending::Closed(patience) => {
                let closed = part.wait_if_offered(
                    offer!("closed"),
                    Op::Closed,
                    Effect::None,
                    patience,
                    || watch.closed(sender),
                    |()| Answer::Done,
                );
                let _ = closed.await;
            }
            plan::Sending::Subscribe => {
                let number = shared.spares.number();
                let receiver = part.offered(offer!("subscribe"), Op::Subscribe(number), || {
                    watch.subscribe(sender).map(|receiver| (Answer::Done, receiver))
                });
                if let Some(receiver) = receiver {
                    left(shared, part, number, receiver);
                }
            }
        }
    }

    fn let_go(&mut self) {
        while !self.senders.is_empty() {
            self.drop_one();
        }
    }
}

impl<W: Watch> Sending<W> {
    fn drop_one(&mut self) {
        let sender = self.senders.pop();
        self.part.at_once(Op::DropSender, || (Answer::Done, drop(sender)));
    }
}
