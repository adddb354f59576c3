//! The end where items go in.

use super::acting::{End, Play};
use super::model::{Answer, Op, Side};
use super::plan::{Fate, OfSender};
use super::{Channel, Permit, Status, Weak};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Offer, offer};
use crate::laws::play::patience::Patience;
use reveille_sim::time::{Duration, sleep};
use std::sync::mpsc::TrySendError;

pub(super) struct Sending;

fn sent(accepted: &bool) -> Answer {
    if *accepted { Answer::Done } else { Answer::Refused }
}

impl<C: Channel> End<C> for Sending {
    type Handle = C::Sender;
    type Own = OfSender;
    const SIDE: Side = Side::Sender;
    const NAME: &'static str = "sender";
    const CLONE: Offer = offer!("`clone_sender`");
    const CLOSE: Offer = offer!("`close_by_sender`");
    const STATUS: Offer = offer!("`status_by_sender`");
    const UPGRADE: Offer = offer!("upgrade of a weak sender");

    fn clone(channel: &C, handle: &C::Sender) -> Option<C::Sender> {
        channel.clone_sender(handle)
    }

    fn close(channel: &C, handle: &mut C::Sender) -> Option<()> {
        channel.close_by_sender(handle)
    }

    fn status(channel: &C, handle: &C::Sender) -> Status {
        channel.status_by_sender(handle)
    }

    fn downgrade(channel: &C, handle: &C::Sender) -> Option<Weak<C::Sender>> {
        channel.downgrade_sender(handle)
    }

    async fn wait(play: Play<'_, C>, handle: &mut C::Sender, patience: Patience) {
        let item = play.shared.drops.item();
        let op = Op::Send(item.number());
        play.part
            .wait(op, Effect::Maybe, patience, || play.shared.channel.send(handle, item), sent)
            .await;
    }

    fn attempt(play: Play<'_, C>, handle: &mut C::Sender) {
        let is_busy = play.part.is_busy();
        let item = play.shared.drops.item();
        let _ = play.part.offered(offer!("`try_send`"), Op::TrySend(item.number()), || {
            let answer = match play.shared.channel.try_send(handle, item)? {
                Ok(()) => Answer::Done,
                Err(TrySendError::Full(())) if is_busy => Answer::NotNow,
                Err(TrySendError::Full(())) => Answer::Full,
                Err(TrySendError::Disconnected(())) => Answer::Refused,
            };
            Some((answer, ()))
        });
    }

    async fn through(play: Play<'_, C>, handle: &mut C::Sender, patience: Patience) {
        let Play { shared, part } = play;
        let item = shared.drops.item();
        let (offer, op) = (offer!("`feed`"), Op::Feed(item.number()));
        let feed = || shared.channel.feed(handle, item);
        let _ = part.wait_if_offered(offer, op, Effect::Maybe, patience, feed, sent).await;
    }

    async fn own(play: Play<'_, C>, handle: &mut C::Sender, own: OfSender) {
        match own {
            OfSender::Reserve(patience, millis, fate) => {
                let Some(kept) = reserve(play, handle, patience).await else { return };
                if millis > 0 {
                    sleep(Duration::from_millis(millis.into())).await;
                }
                kept.meet(fate);
            }
            OfSender::Closed(patience) => closed(play, handle, patience).await,
        }
    }
}

async fn reserve<'a, 'p, C: Channel>(
    play: Play<'a, C>,
    handle: &'p mut C::Sender,
    patience: Patience,
) -> Option<Kept<'a, 'p, C>>
where
    'a: 'p,
{
    let Play { shared, part } = play;
    let answer = |permit: &Option<Permit<'_>>| sent(&permit.is_some());
    let reserved = part.wait_if_offered(
        offer!("`reserve`"),
        Op::Reserve,
        Effect::None,
        patience,
        || shared.channel.reserve(handle),
        answer,
    );
    let permit = reserved.await.flatten().flatten()?;
    Some(Kept { play, permit: Some(permit) })
}

async fn closed<C: Channel>(play: Play<'_, C>, handle: &mut C::Sender, patience: Patience) {
    let Play { shared, part } = play;
    let closed = part.wait_if_offered(
        offer!("`closed`"),
        Op::Closed,
        Effect::None,
        patience,
        || shared.channel.closed(handle),
        |()| Answer::Done,
    );
    let _ = closed.await;
}

/// A permit, whose end is an operation however it comes.
struct Kept<'a, 'p, C> {
    play: Play<'a, C>,
    permit: Option<Permit<'p>>,
}

impl<C> Kept<'_, '_, C> {
    fn meet(mut self, fate: Fate) {
        let Some(permit) = self.permit.take() else { return };
        let Play { shared, part } = self.play;
        match fate {
            Fate::Used => {
                let item = shared.drops.item();
                let op = Op::SendReserved(item.number());
                part.at_once(op, || (sent(&permit.send(item)), ()));
            }
            Fate::Released => part.at_once(Op::Release, || (Answer::Done, permit.release())),
            Fate::Forgotten if shared.forgets => {
                part.at_once(Op::ForgetPermit, || (Answer::Done, std::mem::forget(permit)));
            }
            Fate::Dropped | Fate::Forgotten => {
                part.at_once(Op::Release, || (Answer::Done, drop(permit)));
            }
        }
    }
}

impl<C> Drop for Kept<'_, '_, C> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.play.part.at_once(Op::Release, || (Answer::Done, drop(permit)));
        }
    }
}
