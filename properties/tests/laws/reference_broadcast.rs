//! A broadcast of our own, right unless it is told to make a mistake.

mod adapter;

use reveille::laws::{Broadcast, Heard, Overflow, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::mpsc::TrySendError;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    SendWakesNobody,
    SendWakesOne,
    TrySendWakesNobody,
    ForceSendWakesNobody,
    RecvWakesNobody,
    TryRecvWakesNobody,
    DropOfReceiverWakesNobody,
    DropOfReceiverLeavesItsValues,
    LastReceiverWakesNobody,
    LastReceiverWakesOne,
    LastSenderWakesNobody,
    LastSenderWakesOne,
    CloseWakesNobody,
    CloseWakesReceiversOnly,
    SetCapacityWakesNobody,
    SetOverflowWakesNobody,
    ActivateWakesNobody,
    DeactivateWakesNobody,
    SubscriberReadsWhatWas,
    CloneStartsAtTheEnd,
    LagCountsOneLess,
    LagIsNotTold,
    LagSkipsTheOldest,
    ShrinkMovesTheNext,
    LateSubscriberMissesTheEnd,
    EndsBeforeAllIsRead,
    InactiveHoldsUp,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    ForgetsToRegisterAgain,
    SenderSwallowsItsWake,
    SenderDoesNotPassOn,
    HoldsOneMore,
    HoldsOneLess,
    FirstToReadTakesIt,
    DropOfRecvSkipsOne,
    SendsThoughDropped,
    LeaksWhatIsLost,
    AcceptsAfterClose,
    AcceptsWithoutReceivers,
    RefusesWhenFull,
    SaysEmptyAtTheEnd,
    ReceivesTwiceAfterALag,
    IsOpenBeforeTheFirst,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake, pub(crate) Overflow);

struct State {
    mistake: Mistake,
    values: VecDeque<Value>,
    first: u64,
    capacity: usize,
    overflow: Overflow,
    is_closed: bool,
    senders: usize,
    made: u64,
    /// Whether there ever was a receiver.
    had_receivers: bool,
    /// Where each stands; none if it is inactive.
    receivers: BTreeMap<u64, Option<u64>>,
    /// Subscribed behind the end.
    late: Vec<u64>,
    sending: Line,
    receiving: Line,
    closing: Line,
}

/// Those who wait.
#[derive(Default)]
struct Line {
    next: u64,
    waiting: BTreeMap<u64, (Waker, bool)>,
}

impl Line {
    /// The first who was not woken yet.
    fn first(&mut self) -> Option<Waker> {
        let (waker, is_woken) = self.waiting.values_mut().find(|(_, is_woken)| !is_woken)?;
        *is_woken = true;
        Some(waker.clone())
    }

    fn all(&mut self) -> Vec<Waker> {
        std::iter::from_fn(|| self.first()).collect()
    }

    /// Begins to wait, or goes on to.
    fn wait(&mut self, number: &mut Option<u64>, waker: &Waker, mistake: Mistake) {
        if mistake == ForgetsToRegister {
            return;
        }
        match number.and_then(|number| self.waiting.get_mut(&number)) {
            Some((kept, is_woken)) => {
                if mistake != KeepsItsFirstWaker {
                    kept.clone_from(waker);
                }
                if mistake != ForgetsToRegisterAgain {
                    *is_woken = false;
                }
            }
            None => {
                self.waiting.insert(self.next, (waker.clone(), false));
                *number = Some(self.next);
                self.next += 1;
            }
        }
    }
}

/// What stands in the way of a send.
enum Obstacle {
    Closed,
    Full,
}

impl State {
    fn end(&self) -> u64 {
        self.first + self.values.len() as u64
    }

    fn bound(&self) -> usize {
        match self.mistake {
            HoldsOneMore => self.capacity + 1,
            HoldsOneLess => self.capacity.max(2) - 1,
            _ => self.capacity,
        }
    }

    fn has_active(&self) -> bool {
        self.receivers.range(..GHOSTS).any(|(_, place)| place.is_some())
    }

    fn obstacle(&self, is_forced: bool) -> Option<Obstacle> {
        let is_full = self.values.len() >= self.bound();
        let has_active = self.has_active();
        if self.is_closed && self.mistake != AcceptsAfterClose
            || self.receivers.is_empty() && self.mistake != AcceptsWithoutReceivers
        {
            Some(Obstacle::Closed)
        } else if !has_active && !self.receivers.is_empty()
            || is_full && self.overflow == Overflow::Waits && !is_forced
        {
            Some(Obstacle::Full)
        } else {
            None
        }
    }

    /// Who is to be woken.
    fn push(&mut self, value: Value) -> Vec<Waker> {
        self.values.push_back(value);
        self.shrink();
        self.receiving.all()
    }

    fn shrink(&mut self) -> bool {
        let before = self.first;
        while self.values.len() > self.bound() {
            let lost = self.values.pop_front();
            if self.mistake == LeaksWhatIsLost {
                mem::forget(lost);
            }
            self.first += 1;
        }
        self.first > before
    }

    /// Lets go of what everybody has read; who is to be woken.
    fn trim(&mut self) -> Option<Waker> {
        let places = self.receivers.values().flatten();
        let read = match self.mistake {
            FirstToReadTakesIt => places.max(),
            _ => places.min(),
        };
        let read = read.copied().unwrap_or(self.end());
        let before = self.first;
        while self.first < read && self.values.pop_front().is_some() {
            self.first += 1;
        }
        if self.first > before { self.sending.first() } else { None }
    }

    fn hear(&mut self, receiver: u64) -> (Heard, Option<Waker>) {
        let Some(Some(place)) = self.receivers.get(&receiver).copied() else {
            return (Heard::Empty, None);
        };
        let has_ended = self.is_closed || self.senders == 0;
        if place < self.first {
            let lost = self.first - place;
            let (told, next) = match self.mistake {
                LagCountsOneLess if lost > 1 => (lost - 1, self.first),
                LagSkipsTheOldest if self.first < self.end() => (lost, self.first + 1),
                ReceivesTwiceAfterALag => (lost, place + lost - 1),
                _ => (lost, self.first),
            };
            self.receivers.insert(receiver, Some(next));
            if self.mistake != LagIsNotTold {
                let waker = self.trim();
                return (Heard::Lagged(told), waker);
            }
            return self.hear(receiver);
        }
        let at = usize::try_from(place - self.first).unwrap();
        let ends_early = self.mistake == EndsBeforeAllIsRead && has_ended;
        if let Some(value) = self.values.get(at).filter(|_| !ends_early).cloned() {
            self.receivers.insert(receiver, Some(place + 1));
            let waker = self.trim();
            return (Heard::Value(value), waker);
        }
        let misses = self.mistake == LateSubscriberMissesTheEnd && self.late.contains(&receiver);
        match has_ended && !misses {
            true => (Heard::Ended, None),
            false => (Heard::Empty, None),
        }
    }

    fn add(&mut self, place: u64) -> u64 {
        self.made += 1;
        self.had_receivers = true;
        if self.is_closed || self.senders == 0 {
            self.late.push(self.made);
        }
        self.receivers.insert(self.made, Some(place));
        self.made
    }
}

type Shared = Rc<RefCell<State>>;

fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

fn close(shared: &Shared) {
    let mut state = shared.borrow_mut();
    state.is_closed = true;
    let mut wakers = [state.receiving.all(), state.closing.all()].concat();
    match state.mistake {
        CloseWakesNobody => wakers.clear(),
        CloseWakesReceiversOnly => {}
        _ => wakers.extend(state.sending.all()),
    }
    drop(state);
    wake(wakers);
}

/// The number of what an inactive receiver leaves behind by mistake.
fn ghost(receiver: u64) -> u64 {
    GHOSTS + receiver
}

/// Numbers of real ones are below.
const GHOSTS: u64 = 1 << 32;

pub(crate) struct Sender(Shared);

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.senders -= 1;
        let mut wakers = match state.senders {
            0 => state.receiving.all(),
            _ => Vec::new(),
        };
        match state.mistake {
            LastSenderWakesNobody => wakers.clear(),
            LastSenderWakesOne => wakers.truncate(1),
            _ => {}
        }
        drop(state);
        wake(wakers);
    }
}

pub(crate) struct Receiver(Shared, u64);

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        let place = state.receivers.remove(&self.1).flatten();
        state.receivers.remove(&ghost(self.1));
        let unread = place.filter(|place| *place < state.end());
        if unread.is_some() && state.mistake == DropOfReceiverLeavesItsValues {
            state.receivers.insert(self.1, unread);
        }
        let mut wakers: Vec<_> = state.trim().into_iter().collect();
        if state.mistake == DropOfReceiverWakesNobody {
            wakers.clear();
        }
        if state.receivers.is_empty() {
            match state.mistake {
                LastReceiverWakesNobody => wakers.clear(),
                LastReceiverWakesOne => wakers.extend(state.sending.first()),
                _ => wakers.extend(state.sending.all()),
            }
            wakers.extend(state.closing.all());
        }
        drop(state);
        wake(wakers);
    }
}

struct Send<'a> {
    shared: &'a Shared,
    value: Option<Value>,
    number: Option<u64>,
}

impl Future for Send<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let this = self.get_mut();
        let mut state = this.shared.borrow_mut();
        match state.obstacle(false) {
            Some(Obstacle::Closed) => {
                // All are woken then.
                if let Some(number) = this.number.take() {
                    state.sending.waiting.remove(&number);
                }
                return Poll::Ready(false);
            }
            Some(Obstacle::Full) if state.mistake == RefusesWhenFull => {
                return Poll::Ready(false);
            }
            Some(Obstacle::Full) => {
                let mistake = state.mistake;
                state.sending.wait(&mut this.number, cx.waker(), mistake);
                return Poll::Pending;
            }
            None => {}
        }
        let Some(value) = this.value.take() else { return Poll::Ready(true) };
        let mut wakers = state.push(value);
        match state.mistake {
            SendWakesNobody => wakers.clear(),
            SendWakesOne => wakers.truncate(1),
            _ => {}
        }
        if let Some(number) = this.number.take() {
            state.sending.waiting.remove(&number);
        }
        // Who comes next may find room as well.
        if state.obstacle(false).is_none() && state.mistake != SenderDoesNotPassOn {
            wakers.extend(state.sending.first());
        }
        drop(state);
        wake(wakers);
        Poll::Ready(true)
    }
}

impl Drop for Send<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.borrow_mut();
        let mut wakers = Vec::new();
        let waiting = self.number.and_then(|number| state.sending.waiting.remove(&number));
        if let Some((_, true)) = &waiting
            && state.mistake != SenderSwallowsItsWake
        {
            wakers.extend(state.sending.first());
        }
        if state.mistake == SendsThoughDropped
            && waiting.is_some()
            && let Some(value) = self.value.take()
        {
            wakers.extend(state.push(value));
        }
        drop(state);
        drop(waiting);
        wake(wakers);
    }
}

struct Recv<'a> {
    shared: &'a Shared,
    receiver: u64,
    number: Option<u64>,
}

impl Future for Recv<'_> {
    type Output = Heard;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Heard> {
        let this = self.get_mut();
        let mut state = this.shared.borrow_mut();
        let (heard, mut waker) = state.hear(this.receiver);
        if let Heard::Empty = heard {
            let mistake = state.mistake;
            state.receiving.wait(&mut this.number, cx.waker(), mistake);
            return Poll::Pending;
        }
        if let Some(number) = this.number.take() {
            state.receiving.waiting.remove(&number);
        }
        if state.mistake == RecvWakesNobody {
            waker = None;
        }
        drop(state);
        wake(waker);
        Poll::Ready(heard)
    }
}

impl Drop for Recv<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = self.shared.borrow_mut();
        let waiting = state.receiving.waiting.remove(&number);
        let mut heard = None;
        if let Some((_, true)) = waiting
            && state.mistake == DropOfRecvSkipsOne
        {
            heard = Some(state.hear(self.receiver));
        }
        drop(state);
        drop(waiting);
        wake(heard.and_then(|(_, waker)| waker));
    }
}

/// Sends at once, if nothing stands in the way.
fn send_now(sender: &Sender, value: Value, is_forced: bool) -> Result<(), TrySendError<()>> {
    let mut state = sender.0.borrow_mut();
    match state.obstacle(is_forced) {
        Some(Obstacle::Closed) => return Err(TrySendError::Disconnected(())),
        Some(Obstacle::Full) => return Err(TrySendError::Full(())),
        None => {}
    }
    let mut wakers = state.push(value);
    match state.mistake {
        TrySendWakesNobody if !is_forced => wakers.clear(),
        ForceSendWakesNobody if is_forced => wakers.clear(),
        _ => {}
    }
    drop(state);
    wake(wakers);
    Ok(())
}
