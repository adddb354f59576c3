//! What a task does with its end of the channel, step by step.

use super::Channel;
use super::model::{Answer, Op, Queue};
use super::plan::{Act, What};
use crate::laws::cast::{Actor, Offer, Part, offer};
use crate::laws::item::{Drops, Item};
use crate::laws::linear::Effect;
use crate::laws::patience::Patience;
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

/// What the tasks of a run share.
pub(super) struct Shared<C> {
    pub(super) channel: C,
    pub(super) drops: Drops,
}

/// One end of a channel.
pub(super) trait End<C: Channel>: 'static {
    type Handle: 'static;
    const NAME: &'static str;
    const CLONE: (Op, Offer);
    const DROP: Op;
    const CLOSE: Op;

    fn clone(channel: &C, handle: &Self::Handle) -> Option<Self::Handle>;

    fn close(channel: &C, handle: &mut Self::Handle) -> Option<()>;

    /// What may wait.
    async fn wait(
        shared: &Shared<C>,
        part: &Part<Queue>,
        handle: &mut Self::Handle,
        patience: Patience,
    );

    /// What may not.
    fn attempt(shared: &Shared<C>, part: &Part<Queue>, handle: &mut Self::Handle);
}

/// A task with the handles that it has.
pub(super) struct Acting<C: Channel, E: End<C>> {
    pub(super) shared: Rc<Shared<C>>,
    pub(super) part: Part<Queue>,
    /// At least one, until it lets go; the last is the one in use.
    pub(super) handles: Vec<E::Handle>,
}

impl<C: Channel, E: End<C>> Actor for Acting<C, E> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        let count = self.handles.len();
        let Acting { shared, part, handles } = self;
        let Some(handle) = handles.last_mut() else { return };
        match act.what {
            What::Wait(patience) => E::wait(shared, part, handle, patience).await,
            What::Try => E::attempt(shared, part, handle),
            What::Clone => {
                let (op, offer) = E::CLONE;
                let clone = part.offered(offer, op, || {
                    E::clone(&shared.channel, handle).map(|clone| (Answer::Done, clone))
                });
                handles.extend(clone);
            }
            What::Drop if count > 1 => self.drop_one(),
            What::Drop => {}
            What::Close => {
                let close = || E::close(&shared.channel, handle).map(|()| (Answer::Done, ()));
                let _ = part.offered(offer!("close by this end"), E::CLOSE, close);
            }
        }
    }

    fn let_go(&mut self) {
        while !self.handles.is_empty() {
            self.drop_one();
        }
    }
}

impl<C: Channel, E: End<C>> Acting<C, E> {
    fn drop_one(&mut self) {
        let handle = self.handles.pop();
        self.part.at_once(E::DROP, || (Answer::Done, drop(handle)));
    }
}

pub(super) struct Sending;

impl<C: Channel> End<C> for Sending {
    type Handle = C::Sender;
    const NAME: &'static str = "sender";
    const CLONE: (Op, Offer) = (Op::CloneSender, offer!("clone of a sender"));
    const DROP: Op = Op::DropSender;
    const CLOSE: Op = Op::CloseBySender;

    fn clone(channel: &C, handle: &C::Sender) -> Option<C::Sender> {
        channel.clone_sender(handle)
    }

    fn close(channel: &C, handle: &mut C::Sender) -> Option<()> {
        channel.close_by_sender(handle)
    }

    async fn wait(
        shared: &Shared<C>,
        part: &Part<Queue>,
        handle: &mut C::Sender,
        patience: Patience,
    ) {
        let item = shared.drops.item();
        let op = Op::Send(item.number());
        let answer = |accepted: &bool| if *accepted { Answer::Done } else { Answer::Refused };
        let send = || shared.channel.send(handle, item);
        part.wait(op, Effect::Maybe, patience, send, answer).await;
    }

    fn attempt(shared: &Shared<C>, part: &Part<Queue>, handle: &mut C::Sender) {
        let is_busy = part.is_busy();
        let item = shared.drops.item();
        let _ = part.offered(offer!("try_send"), Op::TrySend(item.number()), || {
            let answer = match shared.channel.try_send(handle, item)? {
                Ok(()) => Answer::Done,
                Err(TrySendError::Full(())) if is_busy => Answer::NotNow,
                Err(TrySendError::Full(())) => Answer::Full,
                Err(TrySendError::Disconnected(())) => Answer::Refused,
            };
            Some((answer, ()))
        });
    }
}

pub(super) struct Receiving;

impl<C: Channel> End<C> for Receiving {
    type Handle = C::Receiver;
    const NAME: &'static str = "receiver";
    const CLONE: (Op, Offer) = (Op::CloneReceiver, offer!("clone of a receiver"));
    const DROP: Op = Op::DropReceiver;
    const CLOSE: Op = Op::CloseByReceiver;

    fn clone(channel: &C, handle: &C::Receiver) -> Option<C::Receiver> {
        channel.clone_receiver(handle)
    }

    fn close(channel: &C, handle: &mut C::Receiver) -> Option<()> {
        channel.close_by_receiver(handle)
    }

    async fn wait(
        shared: &Shared<C>,
        part: &Part<Queue>,
        handle: &mut C::Receiver,
        patience: Patience,
    ) {
        let loses = shared.channel.loses_on_cancel();
        let effect = if loses { Effect::Maybe } else { Effect::None };
        let answer = |item: &Option<Item>| match item {
            Some(item) => Answer::Received(item.number()),
            None => Answer::Ended,
        };
        let recv = part.wait(Op::Recv, effect, patience, || shared.channel.recv(handle), answer);
        drop(recv.await);
    }

    fn attempt(shared: &Shared<C>, part: &Part<Queue>, handle: &mut C::Receiver) {
        let is_busy = part.is_busy();
        let item = part.offered(offer!("try_recv"), Op::TryRecv, || {
            let received = shared.channel.try_recv(handle)?;
            let answer = match &received {
                Ok(item) => Answer::Received(item.number()),
                Err(TryRecvError::Empty) if is_busy => Answer::NotNow,
                Err(TryRecvError::Empty) => Answer::Empty,
                Err(TryRecvError::Disconnected) => Answer::Ended,
            };
            Some((answer, received.ok()))
        });
        drop(item);
    }
}
