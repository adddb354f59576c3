//! What the suite has to know of a channel: a small trait, most of it with defaults.

use super::{Capacity, Ends, Held, Order, Permit, Status, Weak};
use crate::laws::Item;
use std::future::Ready;
use std::ops::RangeInclusive;
use std::sync::mpsc::{TryRecvError, TrySendError};

/// A channel for the suite [`channel`](super::channel()): how to make one, and what its ends do.
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

    /// The capacities to test, the first of them most: by default 1, 2 and 3. Bounded by 0 is a
    /// rendezvous: a send waits for its receiver.
    fn capacities(&self) -> Vec<Capacity> {
        (1..=3).map(Capacity::Bounded).collect()
    }

    /// For a channel that is not exact: from how many items on a send may wait, and how
    /// many items there are at most. By default it is `bound` for both.
    fn room(&self, bound: usize, ends: Ends) -> RangeInclusive<usize> {
        let _ = ends;
        bound..=bound
    }

    /// Which item a receive takes. By default the one that was put in first.
    fn order(&self) -> Order {
        Order::Fifo
    }

    /// Whether the channel ends when no sender is left, and accepts nothing when no receiver is.
    /// By default it does; one that lives by itself, and whose ends just refer to it, does not.
    fn has_ends(&self) -> bool {
        true
    }

    /// Whether a send is refused if there is no receiver. By default it is, in a channel that has
    /// ends; else what is sent then stays in the channel, as long as there is room.
    fn needs_receivers(&self) -> bool {
        true
    }

    /// Whether what is in the channel is dropped with the last receiver. By default that is not
    /// demanded: it may stay until the senders are gone, too.
    fn drops_with_receivers(&self) -> bool {
        false
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

    /// How many wakes a future takes along that is forgotten, in a test with the fault
    /// [`ForgottenFuture`](crate::Kind::ForgottenFuture), or one of several ends that has begun to
    /// wait through [`feed`](Self::feed) or [`next`](Self::next) and is not polled again: by
    /// default 1, that of the item, or the room, that it was told of. None if a channel wakes
    /// everybody each time.
    fn wakes_of_the_forgotten(&self) -> usize {
        1
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

    /// Waits for room and keeps it for one item; none if nothing is accepted any more. What
    /// was promised is kept when the channel is closed: who receives waits for it.
    ///
    /// See [`Permit`] for an example.
    fn reserve<'a>(
        &self,
        sender: &'a mut Self::Sender,
    ) -> Option<impl Future<Output = Option<Permit<'a>>>> {
        let _ = sender;
        None::<Ready<Option<Permit<'a>>>>
    }

    /// Sends an item in another way than [`send`](Self::send), for instance through the sender
    /// as a sink, so that what waits is the sender and not a future:
    ///
    /// ```
    /// # use futures::{SinkExt, channel::mpsc::Sender};
    /// # use reveille::laws::Item;
    /// # struct Futures;
    /// # impl Futures {
    /// fn feed(
    ///     &self,
    ///     sender: &mut Sender<Item>,
    ///     item: Item,
    /// ) -> Option<impl Future<Output = bool>> {
    ///     Some(async { SinkExt::send(sender, item).await.is_ok() })
    /// }
    /// # }
    /// ```
    fn feed(&self, sender: &mut Self::Sender, item: Item) -> Option<impl Future<Output = bool>> {
        let _ = (sender, item);
        None::<Ready<bool>>
    }

    /// Receives an item in another way than [`recv`](Self::recv), for instance from the receiver
    /// as a stream, so that what waits is the receiver and not a future:
    ///
    /// ```
    /// # use futures::{StreamExt, channel::mpsc::Receiver};
    /// # use reveille::laws::Item;
    /// # struct Futures;
    /// # impl Futures {
    /// fn next(&self, receiver: &mut Receiver<Item>) -> Option<impl Future<Output = Option<Item>>> {
    ///     Some(receiver.next())
    /// }
    /// # }
    /// ```
    fn next(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = Option<Item>>> {
        let _ = receiver;
        None::<Ready<Option<Item>>>
    }

    /// Waits for an item and receives all there are, up to `limit`, at the end of `items`, which
    /// it gives back; none more if the channel is empty and none can come.
    ///
    /// ```
    /// # use reveille::laws::Item;
    /// # use tokio::sync::mpsc::Receiver;
    /// # struct Tokio;
    /// # impl Tokio {
    /// fn recv_many(
    ///     &self,
    ///     receiver: &mut Receiver<Item>,
    ///     mut items: Vec<Item>,
    ///     limit: usize,
    /// ) -> Option<impl Future<Output = Vec<Item>>> {
    ///     Some(async move {
    ///         receiver.recv_many(&mut items, limit).await;
    ///         items
    ///     })
    /// }
    /// # }
    /// ```
    fn recv_many(
        &self,
        receiver: &mut Self::Receiver,
        items: Vec<Item>,
        limit: usize,
    ) -> Option<impl Future<Output = Vec<Item>>> {
        let _ = (receiver, items, limit);
        None::<Ready<Vec<Item>>>
    }

    /// Receives an item that keeps its place in the channel until what is given is dropped; or
    /// none as with [`recv`](Self::recv).
    ///
    /// See [`Held`] for an example.
    fn hold<'a>(
        &self,
        receiver: &'a mut Self::Receiver,
    ) -> Option<impl Future<Output = Option<Held<'a>>>> {
        let _ = receiver;
        None::<Ready<Option<Held<'a>>>>
    }

    /// Waits until nothing is accepted any more.
    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        let _ = sender;
        None::<Ready<()>>
    }

    /// Receives all items there are, without waiting.
    fn drain(&self, receiver: &mut Self::Receiver) -> Option<Vec<Item>> {
        let _ = receiver;
        None
    }

    /// Discards all items. Some if it can be done.
    fn clear(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// Discards those items that are `doomed`. Some if it can be done.
    fn remove_if(
        &self,
        receiver: &mut Self::Receiver,
        doomed: impl Fn(&Item) -> bool,
    ) -> Option<()> {
        let _ = (receiver, doomed);
        None
    }

    /// What a sender says of the channel.
    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        let _ = sender;
        Status::default()
    }

    /// What a receiver says of the channel.
    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        let _ = receiver;
        Status::default()
    }

    /// A handle that keeps the channel neither open nor able to send.
    fn downgrade_sender(&self, sender: &Self::Sender) -> Option<Weak<Self::Sender>> {
        let _ = sender;
        None
    }

    /// A handle that does not count as a receiver.
    fn downgrade_receiver(&self, receiver: &Self::Receiver) -> Option<Weak<Self::Receiver>> {
        let _ = receiver;
        None
    }
}
