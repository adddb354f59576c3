//! A channel of our own, right unless it is told to make a mistake.

use reveille::laws::{Capacity, Channel, Item};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    SendForgetsToWake,
    RecvForgetsToWake,
    TrySendForgetsToWake,
    TryRecvForgetsToWake,
    WakesOnlyIfItWasEmpty,
    WakesOnlyIfItWasFull,
    WakesUnlessSomebodyWas,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    ForgetsToRegisterAgain,
    CloseWakesOne,
    CloseWakesNobody,
    LastSenderWakesNobody,
    LastReceiverWakesNobody,
    ReceiverSwallowsItsWake,
    SenderSwallowsItsWake,
    HandsOverToWhoMayBeGone,
    HoldsOneMore,
    HoldsOneLess,
    TakesTheNewest,
    LeaksWhatIsLeft,
    LeaksWhatIsRefused,
    CloseDiscards,
    AcceptsAfterClose,
    AcceptsWithoutReceivers,
    EndsWithTheFirstSender,
    DoesNotCountClones,
    RefusesWhenFull,
    SaysEmptyWhenClosed,
    DropsTheItemWhenFull,
    SendsThoughDropped,
    PassesWakesOnForEver,
    WakesItself,
    KeepsWakersOfTheDropped,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

struct State {
    mistake: Mistake,
    items: VecDeque<Item>,
    bound: Option<usize>,
    is_closed: bool,
    senders: usize,
    receivers: usize,
    sending: Line,
    receiving: Line,
}

/// Those who wait at one end.
#[derive(Default)]
struct Line {
    next: u64,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    waker: Waker,
    is_woken: bool,
    /// What was handed over.
    item: Option<Item>,
}

impl Line {
    /// The waker of the first who was not woken yet.
    fn first(&mut self) -> Option<Waker> {
        let first = self.waiting.iter_mut().find(|waiting| !waiting.is_woken)?;
        first.is_woken = true;
        Some(first.waker.clone())
    }

    fn all(&mut self) -> Vec<Waker> {
        std::iter::from_fn(|| self.first()).collect()
    }

    fn get(&mut self, number: u64) -> Option<&mut Waiting> {
        self.waiting.iter_mut().find(|waiting| waiting.number == number)
    }

    fn remove(&mut self, number: u64) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.number == number)?;
        self.waiting.remove(at)
    }

    /// Begins to wait, or goes on to.
    fn wait(&mut self, number: &mut Option<u64>, waker: &Waker, mistake: Mistake) {
        if mistake == ForgetsToRegister {
            return;
        }
        if mistake == WakesItself {
            return waker.wake_by_ref();
        }
        match number.and_then(|number| self.get(number)) {
            Some(waiting) => {
                if mistake != KeepsItsFirstWaker {
                    waiting.waker.clone_from(waker);
                }
                if mistake != ForgetsToRegisterAgain {
                    waiting.is_woken = false;
                }
            }
            None => {
                *number = Some(self.next);
                let waker = waker.clone();
                self.waiting.push_back(Waiting {
                    number: self.next,
                    waker,
                    is_woken: false,
                    item: None,
                });
                self.next += 1;
            }
        }
    }
}

impl State {
    fn has_room(&self) -> bool {
        let items = self.items.len();
        self.bound.is_none_or(|bound| match self.mistake {
            HoldsOneMore => items < bound + 1,
            HoldsOneLess => items + 1 < bound.max(2),
            _ => items < bound,
        })
    }

    fn accepts(&self) -> bool {
        (!self.is_closed || self.mistake == AcceptsAfterClose)
            && (self.receivers > 0 || self.mistake == AcceptsWithoutReceivers)
    }

    fn has_ended(&self) -> bool {
        self.is_closed || self.senders == 0
    }

    /// Puts an item in; who is to be woken.
    fn push(&mut self, item: Item, is_try: bool) -> Option<Waker> {
        let was_empty = self.items.is_empty();
        let somebody_was = self.receiving.waiting.iter().any(|waiting| waiting.is_woken);
        if self.mistake == HandsOverToWhoMayBeGone
            && let Some(first) = self.receiving.waiting.iter_mut().find(|w| !w.is_woken)
        {
            first.is_woken = true;
            first.item = Some(item);
            return Some(first.waker.clone());
        }
        self.items.push_back(item);
        match self.mistake {
            SendForgetsToWake if !is_try => None,
            TrySendForgetsToWake if is_try => None,
            WakesOnlyIfItWasEmpty if !was_empty => None,
            WakesUnlessSomebodyWas if somebody_was => None,
            _ => self.receiving.first(),
        }
    }

    /// Takes an item out, and who is to be woken.
    fn pop(&mut self, is_try: bool) -> Option<(Item, Option<Waker>)> {
        let was_full = !self.has_room();
        let item = match self.mistake {
            TakesTheNewest => self.items.pop_back()?,
            _ => self.items.pop_front()?,
        };
        let waker = match self.mistake {
            RecvForgetsToWake if !is_try => None,
            TryRecvForgetsToWake if is_try => None,
            WakesOnlyIfItWasFull if !was_full => None,
            _ => self.sending.first(),
        };
        Some((item, waker))
    }
}

type Shared = Rc<RefCell<State>>;

fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

fn close(shared: &Shared) {
    let mut state = shared.borrow_mut();
    state.is_closed = true;
    let mut wakers = [state.receiving.all(), state.sending.all()].concat();
    match state.mistake {
        CloseWakesOne => wakers.truncate(1),
        CloseWakesNobody => wakers.clear(),
        _ => {}
    }
    let discarded = match state.mistake {
        CloseDiscards => mem::take(&mut state.items),
        _ => VecDeque::new(),
    };
    drop(state);
    drop(discarded);
    wake(wakers);
}

pub(crate) struct Sender(Shared);

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.senders = state.senders.saturating_sub(1);
        if state.mistake == EndsWithTheFirstSender {
            state.senders = 0;
        }
        let wakers = match (state.senders, state.mistake) {
            (0, LastSenderWakesNobody) | (1.., _) => Vec::new(),
            _ => state.receiving.all(),
        };
        drop(state);
        wake(wakers);
    }
}

pub(crate) struct Receiver(Shared);

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.receivers -= 1;
        let wakers = match (state.receivers, state.mistake) {
            (0, LastReceiverWakesNobody) | (1.., _) => Vec::new(),
            _ => state.sending.all(),
        };
        drop(state);
        wake(wakers);
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.mistake == LeaksWhatIsLeft {
            self.items.drain(..).for_each(mem::forget);
        }
    }
}

struct Send<'a> {
    shared: &'a Shared,
    item: Option<Item>,
    number: Option<u64>,
}

impl Future for Send<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let this = self.get_mut();
        let mut state = this.shared.borrow_mut();
        if !state.accepts() {
            if state.mistake == LeaksWhatIsRefused {
                mem::forget(this.item.take());
            }
            return Poll::Ready(false);
        }
        if state.has_room() || state.mistake == DropsTheItemWhenFull {
            let mistaken = !state.has_room();
            let Some(item) = this.item.take().filter(|_| !mistaken) else {
                return Poll::Ready(true);
            };
            let waker = state.push(item, false);
            if let Some(number) = this.number.take() {
                state.sending.remove(number);
            }
            drop(state);
            wake(waker);
            return Poll::Ready(true);
        }
        if state.mistake == RefusesWhenFull {
            return Poll::Ready(false);
        }
        let mistake = state.mistake;
        state.sending.wait(&mut this.number, cx.waker(), mistake);
        Poll::Pending
    }
}

impl Drop for Send<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.borrow_mut();
        let mistake = state.mistake;
        let item = self.item.take();
        let mut wakers = Vec::new();
        if let Some(number) = self.number
            && mistake != KeepsWakersOfTheDropped
            && let Some(waiting) = state.sending.remove(number)
            && waiting.is_woken
            && mistake != SenderSwallowsItsWake
        {
            wakers.extend(state.sending.first());
        }
        if mistake == SendsThoughDropped
            && self.number.is_some()
            && let Some(item) = item
        {
            wakers.extend(state.push(item, false));
        }
        drop(state);
        wake(wakers);
    }
}

struct Recv<'a> {
    shared: &'a Shared,
    number: Option<u64>,
}

impl Future for Recv<'_> {
    type Output = Option<Item>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = self.get_mut();
        let mut state = this.shared.borrow_mut();
        let handed = this.number.and_then(|number| state.receiving.get(number)?.item.take());
        let popped = handed.map(|item| (item, None)).or_else(|| state.pop(false));
        if popped.is_some() || state.has_ended() {
            if let Some(number) = this.number.take() {
                state.receiving.remove(number);
            }
            drop(state);
            let (item, waker) = popped.unzip();
            wake(waker.flatten());
            return Poll::Ready(item);
        }
        let mistake = state.mistake;
        let was_waiting = this.number.is_some();
        state.receiving.wait(&mut this.number, cx.waker(), mistake);
        if mistake == PassesWakesOnForEver && was_waiting {
            let number = this.number;
            let others = state.receiving.waiting.iter();
            let others = others.filter(|waiting| Some(waiting.number) != number);
            let wakers: Vec<_> = others.map(|waiting| waiting.waker.clone()).collect();
            drop(state);
            wake(wakers);
        }
        Poll::Pending
    }
}

impl Drop for Recv<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = self.shared.borrow_mut();
        if state.mistake == KeepsWakersOfTheDropped {
            return;
        }
        let waiting = state.receiving.remove(number);
        let waker = match &waiting {
            Some(waiting) if waiting.is_woken && state.mistake != ReceiverSwallowsItsWake => {
                state.receiving.first()
            }
            _ => None,
        };
        drop(state);
        drop(waiting);
        wake(waker);
    }
}

impl Channel for Reference {
    type Sender = Sender;
    type Receiver = Receiver;

    fn open(&self, capacity: Capacity) -> (Sender, Receiver) {
        let shared = Rc::new(RefCell::new(State {
            mistake: self.0,
            items: VecDeque::new(),
            bound: capacity.bound(),
            is_closed: false,
            senders: 1,
            receivers: 1,
            sending: Line::default(),
            receiving: Line::default(),
        }));
        (Sender(shared.clone()), Receiver(shared))
    }

    async fn send(&self, sender: &mut Sender, item: Item) -> bool {
        Send { shared: &sender.0, item: Some(item), number: None }.await
    }

    async fn recv(&self, receiver: &mut Receiver) -> Option<Item> {
        Recv { shared: &receiver.0, number: None }.await
    }

    fn capacities(&self) -> Vec<Capacity> {
        (1..=3).map(Capacity::Bounded).chain([Capacity::Unbounded]).collect()
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
        let mut state = receiver.0.borrow_mut();
        let Some((item, waker)) = state.pop(true) else {
            let says_end = state.has_ended() && state.mistake != SaysEmptyWhenClosed;
            return Some(Err(if says_end {
                TryRecvError::Disconnected
            } else {
                TryRecvError::Empty
            }));
        };
        drop(state);
        wake(waker);
        Some(Ok(item))
    }

    fn clone_sender(&self, sender: &Sender) -> Option<Sender> {
        let mut state = sender.0.borrow_mut();
        state.senders += usize::from(state.mistake != DoesNotCountClones);
        Some(Sender(sender.0.clone()))
    }

    fn clone_receiver(&self, receiver: &Receiver) -> Option<Receiver> {
        receiver.0.borrow_mut().receivers += 1;
        Some(Receiver(receiver.0.clone()))
    }

    fn close_by_sender(&self, sender: &mut Sender) -> Option<()> {
        close(&sender.0);
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Receiver) -> Option<()> {
        close(&receiver.0);
        Some(())
    }
}
