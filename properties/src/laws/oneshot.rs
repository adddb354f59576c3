//! The laws of oneshots.

mod acting;
mod model;
mod plan;

use super::given::item::Drops;
use super::play::cast::Cast;
use super::play::script::Script;
use super::{Item, Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use acting::{Receiving, Sending, Shared};
use reveille_sim::Kind;
use std::future::Ready;
use std::rc::Rc;
use std::sync::mpsc::TryRecvError;

/// A channel for one item, for the suite [`oneshot`]: how to make one, and what its ends do.
///
/// What a oneshot does not have is left as it is, and is not tested; what the runs came by
/// is told when the suite has passed.
///
/// ```
/// use futures::channel::oneshot;
/// use reveille::laws::{self, Item, Oneshot};
///
/// #[derive(Clone)]
/// struct Futures;
///
/// impl Oneshot for Futures {
///     type Sender = oneshot::Sender<Item>;
///     type Receiver = oneshot::Receiver<Item>;
///
///     fn open(&self) -> (Self::Sender, Self::Receiver) {
///         oneshot::channel()
///     }
///
///     fn send(&self, sender: Self::Sender, item: Item) -> bool {
///         sender.send(item).is_ok()
///     }
///
///     async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
///         receiver.await.ok()
///     }
///
///     fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
///         Some(sender.cancellation())
///     }
/// }
///
/// laws::oneshot(Futures).runs(100).check();
/// ```
pub trait Oneshot: Clone + 'static {
    /// The end where the item goes in.
    type Sender: 'static;
    /// The end where it comes out.
    type Receiver: 'static;

    /// Makes a oneshot.
    fn open(&self) -> (Self::Sender, Self::Receiver);

    /// Sends the item, with which the sender is gone; whether it was accepted. It is not if
    /// the oneshot is closed or the receiver is gone.
    fn send(&self, sender: Self::Sender, item: Item) -> bool;

    /// Receives the item, or none if none can come.
    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>>;

    /// Receives the item if it is there.
    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let _ = receiver;
        None
    }

    /// Closes it by the receiver: nothing is accepted any more, what was accepted can be
    /// received. Some if it can be done.
    fn close(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// Waits until nothing is accepted any more, since the receiver is gone or has closed it.
    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        let _ = sender;
        None::<Ready<()>>
    }

    /// Whether nothing is accepted any more.
    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        let _ = sender;
        None
    }

    /// Whether a receiver that has given an item, or none, may be asked again, and then gives
    /// none. By default it is not asked.
    fn is_fused(&self) -> bool {
        false
    }

    /// Whether it may be asked again by [`try_recv`](Self::try_recv), and then says that none
    /// will come. By default it may be if [`is_fused`](Self::is_fused).
    fn may_try_again(&self) -> bool {
        self.is_fused()
    }

    /// Whether a receive that is dropped may take the item along. By default it may not.
    fn loses_on_cancel(&self) -> bool {
        false
    }
}

/// The laws of a oneshot: what two tasks do with its ends is explained by a place for one
/// item, in some order of the operations (linearizability); the item is not lost, nor comes
/// twice; whoever waits when all is at rest has a reason to; that the other end is gone or
/// has closed it is seen; and the item is dropped once.
///
/// See [`Oneshot`] for what to tell of one, with an example.
pub fn oneshot<O: Oneshot>(oneshot: O) -> Suite<impl Laws> {
    Suite::new(OneshotLaws(oneshot))
}

struct OneshotLaws<O>(O);

impl<O> sealed::Sealed for OneshotLaws<O> {}

impl<O: Oneshot> Laws for OneshotLaws<O> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let arguments =
            argument("sender", plan::sender(steps)).and("receiver", plan::receiver(steps));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(sender, receiver)| {
            run(self.0.clone(), sender, receiver, forgets)
        })
    }
}

/// With `forgets`, futures may be forgotten with what they hold.
async fn run<O: Oneshot>(
    oneshot: O,
    sends: Script<plan::Sending>,
    receives: Script<plan::Receiving>,
    forgets: bool,
) -> Result<(), Breach> {
    let shared = Rc::new(Shared { oneshot, drops: Drops::default() });
    let (sender, receiver) = shared.oneshot.open();
    let mut cast = Cast::of("oneshot");
    cast.spawn("sender".to_owned(), sends, |part| Sending {
        shared: shared.clone(),
        part,
        sender: Some(sender),
    });
    cast.spawn("receiver".to_owned(), receives, |part| Receiving {
        shared: shared.clone(),
        part,
        receiver: Some(receiver),
        is_over: false,
    });
    cast.play(|_| model::Oneshot::new()).await?;
    // Who waits for each other waits for ever, and rightly so.
    cast.end().await;
    if forgets { Ok(()) } else { shared.drops.judge("oneshot") }
}
