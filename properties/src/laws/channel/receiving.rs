//! The end where items come out.

use super::acting::{End, Play};
use super::model::{Answer, Op, Side};
use super::plan::OfReceiver;
use super::{Channel, Status, Weak};
use crate::laws::given::item::Item;
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Offer, offer};
use crate::laws::play::patience::Patience;
use std::sync::mpsc::TryRecvError;

pub(super) struct Receiving;

fn received(item: &Option<Item>) -> Answer {
    match item {
        Some(item) => Answer::Received(item.number()),
        None => Answer::Ended,
    }
}

fn numbers(items: &[Item]) -> Answer {
    Answer::Many(items.iter().map(Item::number).collect())
}

/// What a receive that was dropped may have done.
fn effect<C: Channel>(channel: &C) -> Effect {
    if channel.loses_on_cancel() { Effect::Maybe } else { Effect::None }
}

impl<C: Channel> End<C> for Receiving {
    type Handle = C::Receiver;
    type Own = OfReceiver;
    const SIDE: Side = Side::Receiver;
    const NAME: &'static str = "receiver";
    const CLONE: Offer = offer!("`clone_receiver`");
    const CLOSE: Offer = offer!("`close_by_receiver`");
    const STATUS: Offer = offer!("`status_by_receiver`");
    const UPGRADE: Offer = offer!("upgrade of a weak receiver");

    fn clone(channel: &C, handle: &C::Receiver) -> Option<C::Receiver> {
        channel.clone_receiver(handle)
    }

    fn close(channel: &C, handle: &mut C::Receiver) -> Option<()> {
        channel.close_by_receiver(handle)
    }

    fn status(channel: &C, handle: &C::Receiver) -> Status {
        channel.status_by_receiver(handle)
    }

    fn downgrade(channel: &C, handle: &C::Receiver) -> Option<Weak<C::Receiver>> {
        channel.downgrade_receiver(handle)
    }

    async fn wait(play: Play<'_, C>, handle: &mut C::Receiver, patience: Patience) {
        let channel = &play.shared.channel;
        drop(
            play.part
                .wait(Op::Recv, effect(channel), patience, || channel.recv(handle), received)
                .await,
        );
    }

    fn attempt(play: Play<'_, C>, handle: &mut C::Receiver) {
        let is_busy = play.part.is_busy();
        let item = play.part.offered(offer!("`try_recv`"), Op::TryRecv, || {
            let received = play.shared.channel.try_recv(handle)?;
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

    async fn through(play: Play<'_, C>, handle: &mut C::Receiver, patience: Patience) {
        let (channel, part) = (&play.shared.channel, play.part);
        let next = part.wait_if_offered(
            offer!("`next`"),
            Op::Next,
            effect(channel),
            patience,
            || channel.next(handle),
            received,
        );
        drop(next.await);
    }

    async fn own(play: Play<'_, C>, handle: &mut C::Receiver, own: OfReceiver) {
        let (channel, part) = (&play.shared.channel, play.part);
        let _ = match own {
            OfReceiver::Many(limit, patience) => many(play, handle, limit, patience).await,
            OfReceiver::Drain => part.offered(offer!("`drain`"), Op::Drain, || {
                let items = channel.drain(handle)?;
                Some((numbers(&items), drop(items)))
            }),
            OfReceiver::Clear => part.offered(offer!("`clear`"), Op::Clear, || {
                channel.clear(handle).map(|()| (Answer::Done, ()))
            }),
            OfReceiver::RemoveIf(doomed) => {
                part.offered(offer!("`remove_if`"), Op::RemoveIf(doomed), || {
                    let removed = channel.remove_if(handle, |item| doomed.has(item.number()));
                    removed.map(|()| (Answer::Done, ()))
                })
            }
        };
    }
}

async fn many<C: Channel>(
    play: Play<'_, C>,
    handle: &mut C::Receiver,
    limit: usize,
    patience: Patience,
) -> Option<()> {
    let channel = &play.shared.channel;
    let answer = |items: &Vec<Item>| match &items[..] {
        [] => Answer::Ended,
        items => numbers(items),
    };
    let many = play.part.wait_if_offered(
        offer!("`recv_many`"),
        Op::RecvMany(limit),
        effect(channel),
        patience,
        || channel.recv_many(handle, limit),
        answer,
    );
    many.await.flatten().map(drop)
}
