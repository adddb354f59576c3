//! What a task does with its end of the oneshot, step by step.

use super::Oneshot;
use super::model::{self, Answer, Op};
use super::plan;
use crate::laws::given::item::{Drops, Item};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Part, offer};
use std::rc::Rc;
use std::sync::mpsc::TryRecvError;

/// What the tasks of a run share.
pub(super) struct Shared<O> {
    pub(super) oneshot: O,
    pub(super) drops: Drops,
}

pub(super) struct Sending<O: Oneshot> {
    pub(super) shared: Rc<Shared<O>>,
    pub(super) part: Part<model::Oneshot>,
    /// Until it has sent, or lets go.
    pub(super) sender: Option<O::Sender>,
}

impl<O: Oneshot> Actor for Sending<O> {
    type Act = plan::Sending;

    async fn act(&mut self, act: plan::Sending) {
        let oneshot = &self.shared.oneshot;
        let Some(sender) = &mut self.sender else { return };
        match act {
            plan::Sending::Send => {
                let Some(sender) = self.sender.take() else { return };
                let item = self.shared.drops.item();
                self.part.at_once(Op::Send(item.number()), || {
                    let accepted = oneshot.send(sender, item);
                    (if accepted { Answer::Done } else { Answer::Refused }, ())
                });
            }
            plan::Sending::Closed(patience) => {
                let closed = self.part.wait_if_offered(
                    offer!("closed"),
                    Op::Closed,
                    Effect::None,
                    patience,
                    || oneshot.closed(sender),
                    |()| Answer::Done,
                );
                let _ = closed.await;
            }
            plan::Sending::IsClosed => {
                let _ = self.part.offered(offer!("is_closed"), Op::IsClosed, || {
                    let is_closed = oneshot.is_closed(sender)?;
                    Some((if is_closed { Answer::Yes } else { Answer::No }, ()))
                });
            }
        }
    }

    fn let_go(&mut self) {
        if let Some(sender) = self.sender.take() {
            self.part.at_once(Op::DropSender, || (Answer::Done, drop(sender)));
        }
    }
}

pub(super) struct Receiving<O: Oneshot> {
    pub(super) shared: Rc<Shared<O>>,
    pub(super) part: Part<model::Oneshot>,
    pub(super) receiver: Option<O::Receiver>,
    /// Whether it gave an item, or the end.
    pub(super) is_over: bool,
}

impl<O: Oneshot> Actor for Receiving<O> {
    type Act = plan::Receiving;

    async fn act(&mut self, act: plan::Receiving) {
        let oneshot = &self.shared.oneshot;
        let is_asked = !self.is_over || oneshot.is_fused();
        let Some(receiver) = &mut self.receiver else { return };
        match act {
            plan::Receiving::Recv(patience) if is_asked => {
                let effect = if oneshot.loses_on_cancel() { Effect::Maybe } else { Effect::None };
                let answer = |item: &Option<Item>| match item {
                    Some(item) => Answer::Received(item.number()),
                    None => Answer::Ended,
                };
                let recv =
                    self.part.wait(Op::Recv, effect, patience, || oneshot.recv(receiver), answer);
                self.is_over |= recv.await.is_some();
            }
            plan::Receiving::TryRecv if !self.is_over || oneshot.may_try_again() => {
                let received = self.part.offered(offer!("try_recv"), Op::TryRecv, || {
                    let received = oneshot.try_recv(receiver)?;
                    let answer = match &received {
                        Ok(item) => Answer::Received(item.number()),
                        Err(TryRecvError::Empty) => Answer::Empty,
                        Err(TryRecvError::Disconnected) => Answer::Ended,
                    };
                    Some((answer, received))
                });
                let is_over =
                    received.is_some_and(|received| !matches!(received, Err(TryRecvError::Empty)));
                self.is_over |= is_over;
            }
            plan::Receiving::Recv(_) | plan::Receiving::TryRecv => {}
            plan::Receiving::Close => {
                let close = || oneshot.close(receiver).map(|()| (Answer::Done, ()));
                let _ = self.part.offered(offer!("close"), Op::Close, close);
            }
            plan::Receiving::Drop => self.let_go(),
        }
    }

    fn let_go(&mut self) {
        if let Some(receiver) = self.receiver.take() {
            self.part.at_once(Op::DropReceiver, || (Answer::Done, drop(receiver)));
        }
    }
}
