//! The laws of channels.

mod acting;
mod model;
mod plan;
mod run;

use super::{Item, Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Kind;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::mpsc::{TryRecvError, TrySendError};

/// A channel for the suite [`channel`]: how to make one, and what its ends do.
///
/// What a channel does not have is left as it is, and is not tested; what the runs came by
/// is told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Capacity, Channel, Item};
/// use std::sync::mpsc::TryRecvError;
///
/// #[derive(Clone)]
/// struct Flume;
///
/// impl Channel for Flume {
///     type Sender = flume::Sender<Item>;
///     type Receiver = flume::Receiver<Item>;
///
///     fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
///         capacity.bound().map_or_else(flume::unbounded, flume::bounded)
///     }
///
///     async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
///         sender.send_async(item).await.is_ok()
///     }
///
///     async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
///         receiver.recv_async().await.ok()
///     }
///
///     fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
///         Some(sender.clone())
///     }
/// }
///
/// laws::channel(Flume).runs(100).check();
/// ```
pub trait Channel: Clone + 'static {
    /// The end where items go in.
    type Sender: 'static;
    /// The end where items come out.
    type Receiver: 'static;

    /// Makes a channel of a capacity that is among [`capacities`](Self::capacities).
    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver);

    /// Sends an item; whether it was accepted. It is not if the channel is closed or
    /// nobody can receive any more.
    ///
    /// An `async fn` does. If the channel's own future is made before, outside of the `async`
    /// block, it is tested as well what becomes of one that is never polled:
    ///
    /// ```
    /// # use reveille::laws::Item;
    /// # struct Flume;
    /// # impl Flume {
    /// fn send(&self, sender: &mut flume::Sender<Item>, item: Item) -> impl Future<Output = bool> {
    ///     let send = sender.send_async(item);
    ///     async { send.await.is_ok() }
    /// }
    /// # }
    /// ```
    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool>;

    /// Receives an item, or none if the channel is empty and no item can come.
    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>>;

    /// The capacities to test, the first of them most: by default 1, 2 and 3. Bounded by 0 is a rendezvous: a send
    /// waits for its receiver.
    fn capacities(&self) -> Vec<Capacity> {
        (1..=3).map(Capacity::Bounded).collect()
    }

    /// For a channel that is not exact: from how many items on a send may wait, and how
    /// many items there are at most. By default it is `bound` for both.
    fn room(&self, bound: usize, ends: Ends) -> RangeInclusive<usize> {
        let _ = ends;
        bound..=bound
    }

    /// Whether senders that wait go in the order in which they began to, before those who
    /// come later. By default it is not demanded.
    fn is_fair(&self) -> bool {
        false
    }

    /// Whether a receive that is dropped may take an item along. By default it may not.
    fn loses_on_cancel(&self) -> bool {
        false
    }

    /// Sends an item if there is room at once.
    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let _ = (sender, item);
        None
    }

    /// Receives an item if there is one.
    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let _ = receiver;
        None
    }

    /// Another sender.
    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        let _ = sender;
        None
    }

    /// Another receiver, so that each item goes to one of them.
    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        let _ = receiver;
        None
    }

    /// Closes the channel by a sender: nothing is accepted any more, what was accepted can
    /// be received. Some if it can be done.
    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        let _ = sender;
        None
    }

    /// Closes the channel by a receiver, in the same way.
    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }
}

/// How many ends of a channel were made in a run, with those that are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ends {
    /// Senders.
    pub senders: usize,
    /// Receivers.
    pub receivers: usize,
}

/// How many items a channel holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capacity {
    /// At most so many.
    Bounded(usize),
    /// As many as there are.
    Unbounded,
}

impl Capacity {
    /// The bound, if there is one.
    #[must_use]
    pub fn bound(self) -> Option<usize> {
        match self {
            Capacity::Bounded(bound) => Some(bound),
            Capacity::Unbounded => None,
        }
    }
}

impl fmt::Debug for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Capacity::Bounded(0) => f.write_str("rendezvous"),
            Capacity::Bounded(bound) => write!(f, "{bound}"),
            Capacity::Unbounded => f.write_str("unbounded"),
        }
    }
}

/// The laws of a channel: what several tasks do with its ends is explained by a queue, in
/// some order of the operations (linearizability); nothing is lost, nothing comes twice;
/// whoever waits when all is at rest has a reason to; the end of the other side and a close
/// are seen by everybody; and every item is dropped once when the ends are gone.
///
/// See [`Channel`] for what to tell of a channel, with an example.
pub fn channel<C: Channel>(channel: C) -> Suite<impl Laws> {
    Suite::new(ChannelLaws(channel))
}

struct ChannelLaws<C>(C);

impl<C> sealed::Sealed for ChannelLaws<C> {}

impl<C: Channel> Laws for ChannelLaws<C> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let capacities = self.0.capacities();
        if capacities.is_empty() {
            let why = "`Channel::capacities` gave none: expected one or more to test";
            return Err(CheckError::NoRun(why.to_owned()));
        }
        let steps = sizes.steps();
        let arguments = argument("capacity", plan::capacity(capacities))
            .and("senders", plan::senders(steps))
            .and("receivers", plan::receivers(steps));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(capacity, senders, receivers)| {
            run::run(self.0.clone(), capacity, senders, receivers, forgets)
        })
    }
}
