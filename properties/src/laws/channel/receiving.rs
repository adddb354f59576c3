//! The end where items come out.

use super::acting::{End, Play};
use super::model::{Answer, Op, Side};
use super::plan::OfReceiver;
use super::{Channel, Held, Status, Weak};
use crate::laws::given::item::Item;
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Offer, offer};
use crate::laws::play::patience::Patience;
use reveille_sim::time::{Duration, sleep};
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
            OfReceiver::Many(limit, before, patience) => {
                many(play, handle, limit, before, patience).await
            }
            OfReceiver::Hold(patience, millis) => {
                hold(play, handle, patience, millis).await;
                None
            }
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
    before: usize,
    patience: Patience,
) -> Option<()> {
    let channel = &play.shared.channel;
    let before: Vec<_> = (0..before).map(|_| play.shared.drops.item()).collect();
    let known: Vec<_> = before.iter().map(Item::number).collect();
    let answer = move |items: &Vec<Item>| {
        let all: Vec<_> = items.iter().map(Item::number).collect();
        match all.strip_prefix(&known[..]) {
            Some([]) => Answer::Ended,
            Some(more) => Answer::Many(more.to_vec()),
            None => Answer::Many(all),
        }
    };
    let many = play.part.wait_if_offered(
        offer!("`recv_many`"),
        Op::RecvMany(limit),
        effect(channel),
        patience,
        || channel.recv_many(handle, before, limit),
        answer,
    );
    many.await.flatten().map(drop)
}

async fn hold<C: Channel>(
    play: Play<'_, C>,
    handle: &mut C::Receiver,
    patience: Patience,
    millis: u8,
) {
    let Play { shared, part } = play;
    let answer = |held: &Option<Held<'_>>| match held {
        Some(held) => Answer::Received(held.number()),
        None => Answer::Ended,
    };
    let held = part.wait_if_offered(
        offer!("`hold`"),
        Op::Hold,
        effect(&shared.channel),
        patience,
        || shared.channel.hold(handle),
        answer,
    );
    let Some(held) = held.await.flatten().flatten() else { return };
    let _holding = Holding { play, held: Some(held) };
    if millis > 0 {
        sleep(Duration::from_millis(millis.into())).await;
    }
}

/// A place that is held, whose end is an operation however it comes.
struct Holding<'a, 'h, C> {
    play: Play<'a, C>,
    held: Option<Held<'h>>,
}

impl<C> Drop for Holding<'_, '_, C> {
    fn drop(&mut self) {
        let held = self.held.take();
        self.play.part.at_once(Op::LetGo, || (Answer::Done, drop(held)));
    }
}
