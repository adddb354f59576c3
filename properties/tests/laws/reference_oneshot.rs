//! A oneshot of our own, right unless it is told to make a mistake.

use reveille::laws::{Item, Oneshot};
use std::cell::RefCell;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::mpsc::TryRecvError;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    SendForgetsToWake,
    SenderGoneWakesNobody,
    CloseWakesNobody,
    ReceiverGoneWakesNobody,
    RecvKeepsItsFirstWaker,
    ClosedKeepsItsFirstWaker,
    RecvForgetsToRegister,
    ClosedForgetsToRegister,
    RegistersBeforeItLooksOnce,
    SharesOnePlaceForWakers,
    SendWakesTheSender,
    TakesTheItemBeforeItIsPolledAgain,
    CloseDiscards,
    AcceptsAfterClose,
    AcceptsWithoutReceiver,
    RefusesWhileNobodyWaits,
    IsNeverClosed,
    ClosedComesWithTheFirstWake,
    SaysEmptyWhenSenderIsGone,
    SaysEndWhenItIsEmpty,
    TryRecvSkipsTheItemOfOneWhoIsGone,
    DropOfRecvCloses,
    DropOfClosedForgetsTheReceiver,
    LeaksWhatIsLeft,
    LeaksWhatIsRefused,
    WakesItself,
    TryRecvPanicsWhenOver,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

struct State {
    mistake: Mistake,
    item: Option<Item>,
    is_closed: bool,
    has_sender: bool,
    has_receiver: bool,
    /// Whether it gave the item by `try_recv`.
    is_over: bool,
    /// Whether a receive was pending at some time.
    was_awaited: bool,
    receiving: Option<Waker>,
    sending: Option<Waker>,
}

type Shared = Rc<RefCell<State>>;

impl State {
    fn accepts(&self) -> bool {
        (!self.is_closed || self.mistake == AcceptsAfterClose)
            && (self.has_receiver || self.mistake == AcceptsWithoutReceiver)
            && (self.was_awaited || self.mistake != RefusesWhileNobodyWaits)
    }

    fn has_ended(&self) -> bool {
        self.is_closed || !self.has_sender
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.mistake == LeaksWhatIsLeft {
            mem::forget(self.item.take());
        }
    }
}

fn wake(waker: Option<Waker>) {
    waker.into_iter().for_each(Waker::wake);
}

/// Leaves the waker of `cx` in `place`.
fn register(place: &mut Option<Waker>, cx: &Context<'_>, keeps_the_first: bool) {
    match place {
        Some(_) if keeps_the_first => {}
        Some(waker) => waker.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}

pub(crate) struct Sender(Shared);

impl Sender {
    fn send(self, item: Item) -> bool {
        let mut state = self.0.borrow_mut();
        if !state.accepts() {
            if state.mistake == LeaksWhatIsRefused {
                mem::forget(item);
            }
            return false;
        }
        state.item = Some(item);
        state.has_sender = false;
        let waker = match state.mistake {
            SendForgetsToWake => None,
            SendWakesTheSender => state.sending.take(),
            _ => state.receiving.take(),
        };
        drop(state);
        wake(waker);
        true
    }

    fn poll_closed(&self, cx: &Context<'_>, was_polled: &mut bool) -> Poll<()> {
        let mut state = self.0.borrow_mut();
        let is_early = state.mistake == ClosedComesWithTheFirstWake && *was_polled;
        *was_polled = true;
        if !state.has_receiver || state.is_closed || is_early {
            return Poll::Ready(());
        }
        match state.mistake {
            ClosedForgetsToRegister => {}
            SharesOnePlaceForWakers => register(&mut state.receiving, cx, false),
            mistake => register(&mut state.sending, cx, mistake == ClosedKeepsItsFirstWaker),
        }
        Poll::Pending
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.has_sender = false;
        let waker = match state.mistake {
            SenderGoneWakesNobody | SendForgetsToWake | SendWakesTheSender => None,
            _ => state.receiving.take(),
        };
        drop(state);
        wake(waker);
    }
}

pub(crate) struct Receiver(Shared);

impl Receiver {
    fn close(&self) {
        let mut state = self.0.borrow_mut();
        state.is_closed = true;
        let discarded = match state.mistake {
            CloseDiscards => state.item.take(),
            _ => None,
        };
        let waker = match state.mistake {
            CloseWakesNobody => None,
            SharesOnePlaceForWakers => state.receiving.take(),
            _ => state.sending.take(),
        };
        drop(state);
        drop(discarded);
        wake(waker);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.has_receiver = false;
        let waker = match state.mistake {
            ReceiverGoneWakesNobody => None,
            SharesOnePlaceForWakers => state.receiving.take(),
            _ => state.sending.take(),
        };
        let item = match state.mistake {
            LeaksWhatIsLeft => None,
            _ => state.item.take(),
        };
        drop(state);
        drop(item);
        wake(waker);
    }
}

struct Recv<'a> {
    shared: &'a Shared,
    taken: Option<Item>,
    is_over: bool,
    was_polled: bool,
}

impl Future for Recv<'_> {
    type Output = Option<Item>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = self.get_mut();
        let mut state = this.shared.borrow_mut();
        state.was_awaited = true;
        if let Some(item) = this.taken.take().or_else(|| state.item.take()) {
            if state.mistake == TakesTheItemBeforeItIsPolledAgain && this.was_polled {
                this.was_polled = false;
                this.taken = Some(item);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            this.is_over = true;
            return Poll::Ready(Some(item));
        }
        if state.has_ended() {
            this.is_over = true;
            return Poll::Ready(None);
        }
        match state.mistake {
            RecvForgetsToRegister => {}
            WakesItself => cx.waker().wake_by_ref(),
            RegistersBeforeItLooksOnce if this.was_polled => {}
            mistake => register(&mut state.receiving, cx, mistake == RecvKeepsItsFirstWaker),
        }
        this.was_polled = true;
        Poll::Pending
    }
}

impl Drop for Recv<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.borrow_mut();
        if state.mistake == DropOfRecvCloses && self.was_polled && !self.is_over {
            state.is_closed = true;
            let waker = state.sending.take();
            drop(state);
            wake(waker);
        }
    }
}

/// Forgets who waits, if that is the mistake.
struct Closing<'a>(&'a Shared);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        if state.mistake == DropOfClosedForgetsTheReceiver {
            state.receiving = None;
        }
    }
}

impl Oneshot for Reference {
    type Sender = Sender;
    type Receiver = Receiver;

    fn open(&self) -> (Sender, Receiver) {
        let shared = Rc::new(RefCell::new(State {
            mistake: self.0,
            item: None,
            is_closed: false,
            has_sender: true,
            has_receiver: true,
            is_over: false,
            was_awaited: false,
            receiving: None,
            sending: None,
        }));
        (Sender(shared.clone()), Receiver(shared))
    }

    fn send(&self, sender: Sender, item: Item) -> bool {
        sender.send(item)
    }

    fn recv(&self, receiver: &mut Receiver) -> impl Future<Output = Option<Item>> {
        Recv { shared: &receiver.0, taken: None, is_over: false, was_polled: false }
    }

    fn try_recv(&self, receiver: &mut Receiver) -> Option<Result<Item, TryRecvError>> {
        let mut state = receiver.0.borrow_mut();
        let skips = state.mistake == TryRecvSkipsTheItemOfOneWhoIsGone && !state.has_sender;
        if let Some(item) = state.item.take_if(|_| !skips) {
            state.is_over = true;
            return Some(Ok(item));
        }
        assert!(!state.is_over || state.mistake != TryRecvPanicsWhenOver, "called after the item");
        let says_end = match state.mistake {
            SaysEmptyWhenSenderIsGone => state.is_closed,
            SaysEndWhenItIsEmpty => true,
            _ => state.has_ended(),
        };
        Some(Err(if says_end { TryRecvError::Disconnected } else { TryRecvError::Empty }))
    }

    fn may_try_again(&self) -> bool {
        true
    }

    fn close(&self, receiver: &mut Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn closed(&self, sender: &mut Sender) -> Option<impl Future<Output = ()>> {
        let closing = Closing(&sender.0);
        let sender = &*sender;
        let mut was_polled = false;
        Some(async move {
            let _closing = closing;
            poll_fn(|cx| sender.poll_closed(cx, &mut was_polled)).await;
        })
    }

    fn is_closed(&self, sender: &mut Sender) -> Option<bool> {
        let state = sender.0.borrow();
        Some(state.mistake != IsNeverClosed && (state.is_closed || !state.has_receiver))
    }

    fn is_fused(&self) -> bool {
        true
    }
}
