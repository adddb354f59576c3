//! A channel of our own, right unless it is told to make a mistake.

mod futures;
mod line;
mod mistake;
mod state;

pub(crate) use mistake::Mistake;

use Mistake::*;
use futures::{Closed, Recv, Send, poll_recv};
use reveille::laws::{Capacity, Channel, Held, Item, Order, Permit, Status, Weak};
use state::{Receiver, Sender, Shared, State, close, wake};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
pub(crate) struct Reference {
    mistake: Mistake,
    /// The order that it keeps, and the one that it says it does.
    keeps: Order,
    says: Order,
    needs_receivers: bool,
}

impl Reference {
    pub(crate) fn of(mistake: Mistake) -> Reference {
        Reference::ordered(mistake, Order::Fifo, Order::Fifo)
    }

    pub(crate) fn ordered(mistake: Mistake, keeps: Order, says: Order) -> Reference {
        Reference { mistake, keeps, says, needs_receivers: true }
    }

    /// What is sent when nobody receives stays in it.
    pub(crate) fn without_need(mistake: Mistake) -> Reference {
        Reference { needs_receivers: false, ..Reference::of(mistake) }
    }
}

/// Room that is kept.
struct Kept<'a>(&'a Shared);

impl Kept<'_> {
    fn send(self, item: Item) -> bool {
        let mut state = self.0.borrow_mut();
        let is_void = state.is_closed && state.mistake == PermitIsVoidAfterClose;
        if state.receivers == 0 || is_void {
            drop(state);
            return false;
        }
        if state.mistake == PermitTakesNoRoom {
            state.reserved += 1;
        }
        let waker = state.push(item, false);
        let wakers = state.permit_is_back(true);
        drop(state);
        wake(waker.into_iter().chain(wakers));
        std::mem::forget(self);
        true
    }
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        if state.mistake == PermitTakesNoRoom {
            return;
        }
        let wakers = state.permit_is_back(false);
        drop(state);
        wake(wakers);
    }
}

/// An item that keeps its place.
struct Place<'a> {
    item: Item,
    shared: &'a Shared,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Ok(mut state) = self.shared.try_borrow_mut() else { return };
        state.held -= 1;
        let waker = match state.mistake {
            LettingGoWakesNobody => None,
            _ => state.sending.first(),
        };
        drop(state);
        wake(waker);
    }
}

/// Takes out what is to go, and wakes as many as there is room for.
fn discard(shared: &Shared, is_doomed: impl Fn(&Item) -> bool, wakes: bool) {
    let mut state = shared.borrow_mut();
    let (gone, kept): (VecDeque<Item>, _) = state.items.drain(..).partition(is_doomed);
    state.items = kept;
    let wakers = state.sending.some(if wakes { gone.len() } else { 0 });
    drop(state);
    drop(gone);
    wake(wakers);
}

fn status(shared: &Shared, is_sender: bool) -> Status {
    let state = shared.borrow();
    let (len, mistake) = (state.items.len(), state.mistake);
    let counted = if mistake == LenCountsPermits { len + state.reserved } else { len };
    let early = mistake == IsFullTooEarly && state.bound == Some(len + 1);
    let at_a_block =
        mistake == IsNotEmptyAtABlock && state.sent > 0 && state.sent.is_multiple_of(16);
    let is_over = if is_sender { !state.accepts() } else { state.is_closed || state.senders == 0 };
    let bound = state.bound.unwrap_or(usize::MAX);
    Status {
        len: Some(counted),
        is_empty: Some(len == 0 && !at_a_block),
        is_full: Some(!state.has_room() || early),
        room: Some(bound.saturating_sub(len + state.reserved)),
        is_closed: Some(is_over && mistake != SaysOpenWhenClosed),
        senders: Some(state.senders),
        receivers: Some(state.receivers),
    }
}

impl Channel for Reference {
    type Sender = Sender;
    type Receiver = Receiver;

    fn open(&self, capacity: Capacity) -> (Sender, Receiver) {
        let shared = Rc::new(RefCell::new(State {
            mistake: self.mistake,
            needs_receivers: self.needs_receivers,
            order: self.keeps,
            items: VecDeque::new(),
            bound: capacity.bound(),
            is_closed: false,
            senders: 1,
            receivers: 1,
            weak: 0,
            reserved: 0,
            held: 0,
            sent: 0,
            sending: line::Line::default(),
            receiving: line::Line::default(),
            closing: line::Line::default(),
            kept: None,
        }));
        (Sender(shared.clone()), Receiver { shared, number: None })
    }

    async fn send(&self, sender: &mut Sender, item: Item) -> bool {
        Send { shared: &sender.0, item: Some(item), reserves: false, number: None }.await
    }

    async fn recv(&self, receiver: &mut Receiver) -> Option<Item> {
        receiver.leave_the_line();
        Recv { shared: &receiver.shared, limit: 1, number: None }.await.pop()
    }

    fn capacities(&self) -> Vec<Capacity> {
        (1..=3).map(Capacity::Bounded).chain([Capacity::Unbounded]).collect()
    }

    fn order(&self) -> Order {
        self.says
    }

    fn needs_receivers(&self) -> bool {
        self.needs_receivers
    }

    fn drops_with_receivers(&self) -> bool {
        self.needs_receivers && self.mistake != LeaksWhatIsLeft
    }

    fn try_send(&self, sender: &mut Sender, item: Item) -> Option<Result<(), TrySendError<()>>> {
        let mut state = sender.0.borrow_mut();
        if !state.accepts() {
            return Some(Err(TrySendError::Disconnected(())));
        }
        if !state.has_room() {
            return Some(Err(TrySendError::Full(())));
        }
        let waker = state.push(item, true);
        drop(state);
        wake(waker);
        Some(Ok(()))
    }

    fn try_recv(&self, receiver: &mut Receiver) -> Option<Result<Item, TryRecvError>> {
        let mut state = receiver.shared.borrow_mut();
        let Some((item, wakers)) = state.pop(true) else {
            let says_end = state.has_ended() && state.mistake != SaysEmptyWhenClosed;
            return Some(Err(if says_end {
                TryRecvError::Disconnected
            } else {
                TryRecvError::Empty
            }));
        };
        drop(state);
        wake(wakers);
        Some(Ok(item))
    }

    fn clone_sender(&self, sender: &Sender) -> Option<Sender> {
        Some(Sender::another(&sender.0, self.mistake != DoesNotCountClones))
    }

    fn clone_receiver(&self, receiver: &Receiver) -> Option<Receiver> {
        Some(Receiver::another(&receiver.shared))
    }

    fn close_by_sender(&self, sender: &mut Sender) -> Option<()> {
        close(&sender.0);
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Receiver) -> Option<()> {
        close(&receiver.shared);
        Some(())
    }

    fn reserve<'a>(
        &self,
        sender: &'a mut Sender,
    ) -> Option<impl Future<Output = Option<Permit<'a>>>> {
        let shared = &sender.0;
        let reserve = Send { shared, item: None, reserves: true, number: None };
        Some(async move { reserve.await.then(|| Permit::new(Kept(shared), Kept::send, drop)) })
    }

    fn next(&self, receiver: &mut Receiver) -> Option<impl Future<Output = Option<Item>>> {
        let Receiver { shared, number } = receiver;
        let keeps = self.mistake == StreamKeepsItsFirstWaker;
        Some(poll_fn(move |cx| {
            if keeps
                && number.is_some_and(|n| {
                    shared.borrow_mut().receiving.get(n).is_some_and(|waiting| !waiting.is_woken())
                })
            {
                return std::task::Poll::Pending;
            }
            poll_recv(shared, number, 1, cx.waker()).map(|mut items| items.pop())
        }))
    }

    fn recv_many(
        &self,
        receiver: &mut Receiver,
        mut items: Vec<Item>,
        limit: usize,
    ) -> Option<impl Future<Output = Vec<Item>>> {
        receiver.leave_the_line();
        let recv = Recv { shared: &receiver.shared, limit, number: None };
        let forgets = self.mistake == ManyForgetsWhatWasThere;
        Some(async move {
            let more = recv.await;
            if forgets && more.is_empty() {
                items.clear();
            }
            items.extend(more);
            items
        })
    }

    fn hold<'a>(
        &self,
        receiver: &'a mut Receiver,
    ) -> Option<impl Future<Output = Option<Held<'a>>>> {
        receiver.leave_the_line();
        let shared = &receiver.shared;
        let recv = Recv { shared, limit: 1, number: None };
        Some(async move {
            let item = recv.await.pop()?;
            shared.borrow_mut().held += 1;
            Some(Held::new(Place { item, shared }, |place| &place.item))
        })
    }

    fn closed(&self, sender: &mut Sender) -> Option<impl Future<Output = ()>> {
        Some(Closed { shared: &sender.0, number: None })
    }

    fn drain(&self, receiver: &mut Receiver) -> Option<Vec<Item>> {
        let mut state = receiver.shared.borrow_mut();
        let left = usize::from(self.mistake == DrainLeavesOne).min(state.items.len());
        let count = state.items.len() - left;
        let items: Vec<_> = state.items.drain(..count).collect();
        let wakers = state.sending.some(if self.mistake == DrainWakesNobody { 0 } else { count });
        drop(state);
        wake(wakers);
        Some(items)
    }

    fn clear(&self, receiver: &mut Receiver) -> Option<()> {
        discard(&receiver.shared, |_| true, self.mistake != ClearWakesNobody);
        Some(())
    }

    fn remove_if(&self, receiver: &mut Receiver, doomed: impl Fn(&Item) -> bool) -> Option<()> {
        let others = self.mistake == RemovesTheOthers;
        discard(&receiver.shared, |item| doomed(item) != others, self.mistake != RemoveWakesNobody);
        Some(())
    }

    fn status_by_sender(&self, sender: &Sender) -> Status {
        status(&sender.0, true)
    }

    fn status_by_receiver(&self, receiver: &Receiver) -> Status {
        status(&receiver.shared, false)
    }

    fn downgrade_sender(&self, sender: &Sender) -> Option<Weak<Sender>> {
        let (shared, mistake) = (sender.0.clone(), self.mistake);
        shared.borrow_mut().weak += usize::from(mistake == WeakKeepsOpen);
        Some(Weak::new(move || {
            let is_there = shared.borrow().senders > 0 || mistake == WeakComesBack;
            is_there.then(|| Sender::another(&shared, mistake != UpgradeIsNotCounted))
        }))
    }

    fn downgrade_receiver(&self, receiver: &Receiver) -> Option<Weak<Receiver>> {
        let shared = receiver.shared.clone();
        Some(Weak::new(move || {
            let is_there = shared.borrow().receivers > 0;
            is_there.then(|| Receiver::another(&shared))
        }))
    }
}
