//! What an adapter of a channel is given and gives.

use crate::laws::Item;
use std::fmt;

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

/// Which item a receive takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The one that was put in first.
    #[default]
    Fifo,
    /// The one that was put in last.
    Lifo,
    /// The largest, as [`Item`]s are ordered.
    Max,
    /// The smallest.
    Min,
}

/// What an end of a channel says of it; none of what it cannot say.
///
/// ```
/// # use reveille::laws::{Item, Status};
/// # struct Tokio;
/// # impl Tokio {
/// fn status_by_receiver(&self, receiver: &tokio::sync::mpsc::Receiver<Item>) -> Status {
///     Status {
///         len: Some(receiver.len()),
///         is_closed: Some(receiver.is_closed()),
///         ..Status::default()
///     }
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// How many items there are.
    pub len: Option<usize>,
    /// Whether there is no item.
    pub is_empty: Option<bool>,
    /// Whether there is no room.
    pub is_full: Option<bool>,
    /// For how many items there is room.
    pub room: Option<usize>,
    /// To a sender, whether nothing is accepted any more; to a receiver, whether nothing more
    /// is put in.
    pub is_closed: Option<bool>,
    /// How many senders there are.
    pub senders: Option<usize>,
    /// How many receivers there are.
    pub receivers: Option<usize>,
}

/// Room for one item that a channel keeps.
///
/// ```
/// use reveille::laws::{Item, Permit};
/// # struct Tokio;
/// # impl Tokio {
/// fn reserve<'a>(
///     &self,
///     sender: &'a mut tokio::sync::mpsc::Sender<Item>,
/// ) -> Option<impl Future<Output = Option<Permit<'a>>>> {
///     Some(async {
///         let permit = sender.reserve().await.ok()?;
///         let send = |permit: tokio::sync::mpsc::Permit<'a, Item>, item| {
///             permit.send(item);
///             true
///         };
///         Some(Permit::new(permit, send, drop))
///     })
/// }
/// # }
/// ```
#[must_use = "room that nobody uses is given back"]
pub struct Permit<'a>(Box<dyn Reserved + 'a>);

trait Reserved {
    fn send(self: Box<Self>, item: Item) -> bool;
    fn release(self: Box<Self>);
}

struct With<P, S, R> {
    permit: P,
    send: S,
    release: R,
}

impl<P, S: FnOnce(P, Item) -> bool, R: FnOnce(P)> Reserved for With<P, S, R> {
    fn send(self: Box<Self>, item: Item) -> bool {
        (self.send)(self.permit, item)
    }

    fn release(self: Box<Self>) {
        (self.release)(self.permit);
    }
}

impl<'a> Permit<'a> {
    /// What a channel calls a permit, or a slot: how an item is sent by it, with whether that
    /// was accepted, and how it is given back; by [`drop`], or by something else if there is.
    pub fn new<P: 'a>(
        permit: P,
        send: impl FnOnce(P, Item) -> bool + 'a,
        release: impl FnOnce(P) + 'a,
    ) -> Permit<'a> {
        Permit(Box::new(With { permit, send, release }))
    }

    pub(super) fn send(self, item: Item) -> bool {
        self.0.send(item)
    }

    pub(super) fn release(self) {
        self.0.release();
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

/// An item that was received and keeps its place in the channel.
///
/// ```
/// use reveille::laws::{Held, Item};
/// # struct Receiver(Option<Item>);
/// # struct RecvRef<'a>(&'a Item);
/// # impl Receiver {
/// #     async fn recv_ref(&mut self) -> Option<RecvRef<'_>> {
/// #         self.0.as_ref().map(RecvRef)
/// #     }
/// # }
/// # struct Mine;
/// # impl Mine {
/// fn hold<'a>(
///     &self,
///     receiver: &'a mut Receiver,
/// ) -> Option<impl Future<Output = Option<Held<'a>>>> {
///     Some(async {
///         let place = receiver.recv_ref().await?;
///         Some(Held::new(place, |place| place.0))
///     })
/// }
/// # }
/// ```
#[must_use = "its place is given back"]
pub struct Held<'a> {
    number: usize,
    /// Which is dropped, and nothing else.
    _place: Box<dyn Place + 'a>,
}

trait Place {}

impl<P> Place for P {}

impl<'a> Held<'a> {
    /// What a channel gives instead of an item, and the item in it.
    pub fn new<P: 'a>(place: P, item: impl FnOnce(&P) -> &Item) -> Held<'a> {
        let number = item(&place).number();
        Held { number, _place: Box::new(place) }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }
}

impl fmt::Debug for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("number", &self.number).finish_non_exhaustive()
    }
}

/// A weak handle to an end of a channel.
///
/// ```
/// use reveille::laws::{Item, Weak};
/// # struct Tokio;
/// # impl Tokio {
/// fn downgrade_sender(
///     &self,
///     sender: &tokio::sync::mpsc::Sender<Item>,
/// ) -> Option<Weak<tokio::sync::mpsc::Sender<Item>>> {
///     let weak = sender.downgrade();
///     Some(Weak::new(move || weak.upgrade()))
/// }
/// # }
/// ```
pub struct Weak<H>(Box<dyn Fn() -> Option<H>>);

impl<H> Weak<H> {
    /// A weak handle, by how it is upgraded.
    pub fn new(upgrade: impl Fn() -> Option<H> + 'static) -> Weak<H> {
        Weak(Box::new(upgrade))
    }

    pub(super) fn upgrade(&self) -> Option<H> {
        (self.0)()
    }
}

impl<H> fmt::Debug for Weak<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weak").finish_non_exhaustive()
    }
}
