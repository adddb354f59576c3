//! What a task does with the handles that it has, at either end of the channel.

use super::model::{Answer, Op, Queue, Side};
use super::plan::{Act, Verb};
use super::{Channel, Status, Weak};
use crate::laws::given::item::Drops;
use crate::laws::play::cast::{Actor, Offer, Part};
use crate::laws::play::patience::Patience;
use std::cell::Cell;
use std::rc::Rc;

/// What the tasks of a run share.
pub(super) struct Shared<C> {
    pub(super) channel: C,
    pub(super) drops: Drops,
    /// Whether what holds something may be forgotten.
    pub(super) forgets: bool,
    /// How many receivers there are.
    pub(super) receivers: Cell<usize>,
}

/// One end of a channel.
pub(super) trait End<C: Channel>: 'static {
    type Handle: 'static;
    /// What only this end does.
    type Own: Verb;
    const SIDE: Side;
    const NAME: &'static str;
    const CLONE: Offer;
    const CLOSE: Offer;
    const STATUS: Offer;
    const UPGRADE: Offer;

    fn clone(channel: &C, handle: &Self::Handle) -> Option<Self::Handle>;

    fn close(channel: &C, handle: &mut Self::Handle) -> Option<()>;

    fn status(channel: &C, handle: &Self::Handle) -> Status;

    fn downgrade(channel: &C, handle: &Self::Handle) -> Option<Weak<Self::Handle>>;

    /// What may wait.
    async fn wait(play: Play<'_, C>, handle: &mut Self::Handle, patience: Patience);

    /// What may not.
    fn attempt(play: Play<'_, C>, handle: &mut Self::Handle);

    /// What may wait, by the end as a sink or stream.
    async fn through(play: Play<'_, C>, handle: &mut Self::Handle, patience: Patience);

    /// What only this end does.
    async fn own(play: Play<'_, C>, handle: &mut Self::Handle, own: Self::Own);
}

/// Where an operation takes place.
pub(super) struct Play<'a, C> {
    pub(super) shared: &'a Shared<C>,
    pub(super) part: &'a Part<Queue>,
}

impl<C> Clone for Play<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Play<'_, C> {}

/// A task with the handles that it has.
pub(super) struct Acting<C: Channel, E: End<C>> {
    shared: Rc<Shared<C>>,
    part: Part<Queue>,
    /// Without a weak one at least one, until it lets go; the last is the one in use.
    handles: Vec<E::Handle>,
    weak: Vec<Weak<E::Handle>>,
}

impl<C: Channel, E: End<C>> Acting<C, E> {
    pub(super) fn new(shared: Rc<Shared<C>>, part: Part<Queue>, handle: E::Handle) -> Self {
        let mut acting = Acting { shared, part, handles: Vec::new(), weak: Vec::new() };
        acting.has(Some(handle));
        acting
    }

    /// One more, if it was made.
    fn has(&mut self, made: Option<E::Handle>) {
        let receivers = &self.shared.receivers;
        receivers.set(receivers.get() + usize::from(made.is_some() && E::SIDE == Side::Receiver));
        self.handles.extend(made);
    }

    fn drop_one(&mut self) {
        let Acting { shared, part, handles, .. } = self;
        let handle = handles.pop();
        let is_last = E::SIDE == Side::Receiver && {
            shared.receivers.set(shared.receivers.get() - 1);
            shared.receivers.get() == 0
        };
        // Who is sending has an item as well.
        let is_judged = is_last && shared.channel.drops_with_receivers() && !part.is_busy();
        part.at_once(Op::Drop(E::SIDE), || {
            drop(handle);
            let left = if is_judged && !shared.forgets { shared.drops.alive() } else { 0 };
            (if left == 0 { Answer::Done } else { Answer::Left(left) }, ())
        });
    }

    fn upgrade(&mut self) {
        let Some(weak) = self.weak.last() else { return };
        let upgraded = self.part.offered(E::UPGRADE, Op::Upgrade(E::SIDE), || {
            let upgraded = weak.upgrade();
            Some((if upgraded.is_some() { Answer::Done } else { Answer::Gone }, upgraded))
        });
        self.has(upgraded.flatten());
    }
}

impl<C: Channel, E: End<C>> Actor for Acting<C, E> {
    type Act = Act<E::Own>;

    async fn act(&mut self, act: Act<E::Own>) {
        if matches!(act, Act::Upgrade) {
            return self.upgrade();
        }
        let count = self.handles.len();
        let Acting { shared, part, handles, weak } = self;
        let Some(handle) = handles.last_mut() else { return };
        let play = Play { shared, part };
        match act {
            Act::Wait(patience) => E::wait(play, handle, patience).await,
            Act::Try => E::attempt(play, handle),
            Act::Through(patience) => E::through(play, handle, patience).await,
            Act::Clone => {
                let clone = part.offered(E::CLONE, Op::Clone(E::SIDE), || {
                    E::clone(&shared.channel, handle).map(|clone| (Answer::Done, clone))
                });
                self.has(clone);
            }
            Act::Drop if count > 1 || !weak.is_empty() => self.drop_one(),
            Act::Drop => {}
            Act::Close => {
                let close = || E::close(&shared.channel, handle).map(|()| (Answer::Done, ()));
                let _ = part.offered(E::CLOSE, Op::Close, close);
            }
            Act::Ask => ask::<C, E>(play, handle),
            Act::Downgrade => weak.extend(E::downgrade(&shared.channel, handle)),
            Act::Upgrade => {}
            Act::Of(own) => E::own(play, handle, own).await,
        }
    }

    fn let_go(&mut self) {
        while !self.handles.is_empty() {
            self.drop_one();
        }
    }
}

/// A panic may end the task before it has let go.
impl<C: Channel, E: End<C>> Drop for Acting<C, E> {
    fn drop(&mut self) {
        self.let_go();
    }
}

fn ask<C: Channel, E: End<C>>(play: Play<'_, C>, handle: &E::Handle) {
    let is_busy = play.part.is_busy();
    let status = || {
        let mut status = E::status(&play.shared.channel, handle);
        if is_busy {
            // Room may have been promised.
            (status.is_full, status.room) = (None, None);
        }
        (status != Status::default()).then_some((Answer::Says(status), ()))
    };
    let _ = play.part.offered(E::STATUS, Op::Look(E::SIDE), status);
}
