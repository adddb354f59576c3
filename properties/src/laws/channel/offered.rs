//! What a channel offers, so that a run does nothing that it does not. It is asked once, before
//! the runs, of a channel that nobody uses.

use super::{Capacity, Channel, Status};
use crate::laws::given::item::Drops;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// By an adapter.
#[derive(Clone, Copy)]
pub(super) struct Offered {
    pub(super) sender: OfEnd,
    pub(super) receiver: OfEnd,
    pub(super) reserve: bool,
    pub(super) closed: bool,
    pub(super) many: bool,
    pub(super) hold: bool,
    pub(super) drain: bool,
    pub(super) clear: bool,
    pub(super) remove_if: bool,
}

/// What either end may offer.
#[derive(Clone, Copy)]
pub(super) struct OfEnd {
    pub(super) attempt: bool,
    pub(super) through: bool,
    pub(super) clone: bool,
    pub(super) close: bool,
    pub(super) status: bool,
    pub(super) weak: bool,
}

impl Offered {
    const ALL: Offered = {
        let end = OfEnd {
            attempt: true,
            through: true,
            clone: true,
            close: true,
            status: true,
            weak: true,
        };
        Offered {
            sender: end,
            receiver: end,
            reserve: true,
            closed: true,
            many: true,
            hold: true,
            drain: true,
            clear: true,
            remove_if: true,
        }
    };

    /// By `channel`. If it panics a run will tell of it.
    pub(super) fn by<C: Channel>(channel: &C, capacity: Capacity) -> Offered {
        let asked = catch_unwind(AssertUnwindSafe(|| Offered::ask(channel, capacity)));
        asked.unwrap_or(Offered::ALL)
    }

    fn ask<C: Channel>(channel: &C, capacity: Capacity) -> Offered {
        let drops = Drops::default();
        let (mut sender, mut receiver) = channel.open(capacity);
        let reserve = channel.reserve(&mut sender).is_some();
        let closed = channel.closed(&mut sender).is_some();
        let feed = channel.feed(&mut sender, drops.item()).is_some();
        let many = channel.recv_many(&mut receiver, Vec::new(), 1).is_some();
        let hold = channel.hold(&mut receiver).is_some();
        let next = channel.next(&mut receiver).is_some();
        Offered {
            reserve,
            closed,
            many,
            hold,
            drain: channel.drain(&mut receiver).is_some(),
            clear: channel.clear(&mut receiver).is_some(),
            remove_if: channel.remove_if(&mut receiver, |_| false).is_some(),
            sender: OfEnd {
                through: feed,
                clone: channel.clone_sender(&sender).is_some(),
                status: channel.status_by_sender(&sender) != Status::default(),
                weak: channel.downgrade_sender(&sender).is_some(),
                attempt: channel.try_send(&mut sender, drops.item()).is_some(),
                close: channel.close_by_sender(&mut sender).is_some(),
            },
            receiver: OfEnd {
                through: next,
                clone: channel.clone_receiver(&receiver).is_some(),
                status: channel.status_by_receiver(&receiver) != Status::default(),
                weak: channel.downgrade_receiver(&receiver).is_some(),
                attempt: channel.try_recv(&mut receiver).is_some(),
                close: channel.close_by_receiver(&mut receiver).is_some(),
            },
        }
    }

    /// What is not tested, in words.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'static str> {
        let Offered { sender, receiver, .. } = self;
        let all = [
            (sender.attempt, "no `try_send`, which is not offered"),
            (receiver.attempt, "no `try_recv`, which is not offered"),
            (sender.through, "no `feed`, which is not offered"),
            (receiver.through, "no `next`, which is not offered"),
            (sender.clone, "no `clone_sender`, which is not offered"),
            (receiver.clone, "no `clone_receiver`, which is not offered"),
            (sender.close, "no `close_by_sender`, which is not offered"),
            (receiver.close, "no `close_by_receiver`, which is not offered"),
            (sender.status, "no `status_by_sender`, which is not offered"),
            (receiver.status, "no `status_by_receiver`, which is not offered"),
            (sender.weak, "no `downgrade_sender`, which is not offered"),
            (receiver.weak, "no `downgrade_receiver`, which is not offered"),
            (self.reserve, "no `reserve`, which is not offered"),
            (self.closed, "no `closed`, which is not offered"),
            (self.many, "no `recv_many`, which is not offered"),
            (self.hold, "no `hold`, which is not offered"),
            (self.drain, "no `drain`, which is not offered"),
            (self.clear, "no `clear`, which is not offered"),
            (self.remove_if, "no `remove_if`, which is not offered"),
        ];
        all.into_iter().filter(|(offered, _)| !offered).map(|(_, missing)| missing)
    }
}
