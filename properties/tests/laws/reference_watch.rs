//! A watch of our own, right unless it is told to make a mistake.

use reveille::laws::{News, Value, Watch};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::mem;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    SendWakesNobody,
    SendWakesOne,
    LastSenderWakesNobody,
    LastSenderWakesOne,
    LastReceiverWakesNobody,
    KeepsItsFirstWaker,
    ClosedKeepsItsFirstWaker,
    ForgetsToRegister,
    ForgetsToRegisterAgain,
    WakesItself,
    SeesBeforeItIsPolledAgain,
    ChangedDoesNotSee,
    TryRecvDoesNotSee,
    GetSees,
    GetAndSeeDoesNotSee,
    HasChangedSees,
    HasChangedAfterASend,
    MarkUnseenDoesNothing,
    MarkSeenForgetsTheValue,
    EndsBeforeTheLastValue,
    NeverEnds,
    SubscriberHasNotSeen,
    CloneHasSeen,
    WaitForWaitsForAChange,
    WaitForTakesTheFirstChange,
    WaitForDoesNotSee,
    SetsWhatIsRefused,
    AcceptsWithoutReceivers,
    ClosedComesThoughOneCame,
    TwoSendsAreNone,
    KeepsWhatIsUnseen,
    HandsOverWhatWokeIt,
    LeaksTheOldValue,
    DropOfWaitWakesNobody,
    APanicPoisons,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

struct State {
    mistake: Mistake,
    value: Option<Value>,
    version: u64,
    /// The version that each has seen.
    receivers: BTreeMap<u64, u64>,
    made: u64,
    senders: usize,
    /// Of receivers, with what they were handed.
    watching: BTreeMap<u64, (Waker, Option<Value>)>,
    closing: BTreeMap<u64, Waker>,
    next: u64,
    is_poisoned: bool,
}

type Shared = Rc<RefCell<State>>;

impl State {
    fn value(&self) -> Value {
        self.value.clone().expect("expected a value")
    }

    fn is_new(&self, receiver: u64) -> bool {
        let seen = self.receivers[&receiver];
        match self.mistake {
            TwoSendsAreNone => seen % 2 != self.version % 2,
            _ => seen != self.version,
        }
    }

    fn see(&mut self, receiver: u64) {
        self.receivers.insert(receiver, self.version);
    }

    fn has_ended(&self) -> bool {
        self.senders == 0 && self.mistake != NeverEnds
    }

    fn add(&mut self, version: u64) -> u64 {
        self.made += 1;
        self.receivers.insert(self.made, version);
        self.made
    }

    /// Those who wait, as often as it may be.
    fn all(&mut self) -> Vec<Waker> {
        let value = self.value.clone();
        let mut wakers = Vec::new();
        for (waker, handed) in self.watching.values_mut() {
            wakers.push(waker.clone());
            if self.mistake == HandsOverWhatWokeIt && handed.is_none() {
                handed.clone_from(&value);
            }
        }
        if self.mistake == ForgetsToRegisterAgain {
            self.watching.clear();
        }
        wakers
    }
}

fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

pub(crate) struct Sender(Shared);

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.senders -= 1;
        let mut wakers = match state.senders {
            0 => state.watching.values().map(|(waker, _)| waker.clone()).collect(),
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
        state.receivers.remove(&self.1);
        let wakers: Vec<_> = match (state.receivers.len(), state.mistake) {
            (0, LastReceiverWakesNobody) | (1.., _) => Vec::new(),
            _ => state.closing.values().cloned().collect(),
        };
        drop(state);
        wake(wakers);
    }
}

/// Who waits for something new, until it is dropped.
struct Waiting<'a> {
    receiver: &'a mut Receiver,
    number: Option<u64>,
    was_polled: bool,
}

impl Waiting<'_> {
    /// Waits for `until` to come, or for the end.
    async fn wait<T>(
        receiver: &mut Receiver,
        until: impl Fn(&mut State, u64, bool, Option<Value>) -> Option<T>,
    ) -> Option<T> {
        let mut waiting = Waiting { receiver, number: None, was_polled: false };
        poll_fn(move |cx| waiting.poll(cx, &until)).await
    }

    fn poll<T>(
        &mut self,
        cx: &Context<'_>,
        until: impl Fn(&mut State, u64, bool, Option<Value>) -> Option<T>,
    ) -> Poll<Option<T>> {
        let (shared, receiver) = (&self.receiver.0, self.receiver.1);
        let mut state = shared.borrow_mut();
        let was_polled = mem::replace(&mut self.was_polled, true);
        let handed = self.number.and_then(|number| state.watching.get_mut(&number)?.1.take());
        let ends_early = state.mistake == EndsBeforeTheLastValue && state.has_ended();
        if !ends_early && let Some(output) = until(&mut state, receiver, was_polled, handed) {
            return Poll::Ready(Some(output));
        }
        if state.has_ended() {
            return Poll::Ready(None);
        }
        match state.mistake {
            ForgetsToRegister => return Poll::Pending,
            WakesItself => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            ForgetsToRegisterAgain if was_polled => return Poll::Pending,
            _ => {}
        }
        let next = state.next;
        let number = *self.number.get_or_insert(next);
        state.next += u64::from(number == next);
        let keeps = state.mistake == KeepsItsFirstWaker && state.watching.contains_key(&number);
        if !keeps {
            state.watching.insert(number, (cx.waker().clone(), None));
        }
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = self.receiver.0.borrow_mut();
        let waiting = state.watching.remove(&number);
        if state.mistake == DropOfWaitWakesNobody {
            // It takes those behind it along.
            state.watching.split_off(&number);
        }
        drop(state);
        drop(waiting);
    }
}

/// The last value, if it is new.
fn news(
    state: &mut State,
    receiver: u64,
    was_polled: bool,
    handed: Option<Value>,
) -> Option<Value> {
    if !state.is_new(receiver) {
        return None;
    }
    state.see(receiver);
    if state.mistake == SeesBeforeItIsPolledAgain && was_polled {
        return None;
    }
    handed.or_else(|| state.value.clone())
}

impl Watch for Reference {
    type Sender = Sender;
    type Receiver = Receiver;

    fn open(&self, first: Value) -> (Sender, Receiver) {
        let shared = Rc::new(RefCell::new(State {
            mistake: self.0,
            value: Some(first),
            version: 0,
            receivers: BTreeMap::from([(0, 0)]),
            made: 0,
            senders: 1,
            watching: BTreeMap::new(),
            closing: BTreeMap::new(),
            next: 0,
            is_poisoned: false,
        }));
        (Sender(shared.clone()), Receiver(shared, 0))
    }

    fn send(&self, sender: &mut Sender, value: Value) -> bool {
        let mut state = sender.0.borrow_mut();
        assert!(!state.is_poisoned, "the lock is poisoned");
        let has_receivers = !state.receivers.is_empty();
        if !has_receivers && state.mistake != AcceptsWithoutReceivers {
            let old = match state.mistake {
                SetsWhatIsRefused => state.value.replace(value),
                _ => Some(value),
            };
            drop(state);
            drop(old);
            return false;
        }
        let version = state.version;
        let is_unseen = has_receivers && state.receivers.values().all(|seen| *seen != version);
        if is_unseen && state.mistake == KeepsWhatIsUnseen {
            return true;
        }
        let old = state.value.replace(value);
        state.version += 1;
        let mut wakers = state.all();
        match state.mistake {
            SendWakesNobody => wakers.clear(),
            SendWakesOne => wakers.truncate(1),
            _ => {}
        }
        let leaks = state.mistake == LeaksTheOldValue && state.version == 2;
        drop(state);
        if leaks {
            mem::forget(old);
        }
        wake(wakers);
        true
    }

    fn recv(&self, receiver: &mut Receiver) -> impl Future<Output = Option<Value>> {
        Waiting::wait(receiver, news)
    }

    fn changed(&self, receiver: &mut Receiver) -> Option<impl Future<Output = bool>> {
        Some(async {
            let changed = Waiting::wait(receiver, |state, receiver, _, _| {
                let is_new = state.is_new(receiver);
                if is_new && state.mistake != ChangedDoesNotSee {
                    state.see(receiver);
                }
                is_new.then_some(())
            });
            changed.await.is_some()
        })
    }

    fn wait_for(
        &self,
        receiver: &mut Receiver,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Option<impl Future<Output = Option<Value>>> {
        Some(Waiting::wait(receiver, move |state, receiver, was_polled, _| {
            let is_new = state.is_new(receiver);
            if state.mistake != WaitForDoesNotSee {
                state.see(receiver);
            }
            let value = state.value();
            state.is_poisoned = state.mistake == APanicPoisons;
            let is_found = match state.mistake {
                WaitForWaitsForAChange => is_new && is_wanted(&value),
                WaitForTakesTheFirstChange => is_wanted(&value) || was_polled && is_new,
                _ => is_wanted(&value),
            };
            state.is_poisoned = false;
            is_found.then_some(value)
        }))
    }

    fn try_recv(&self, receiver: &mut Receiver) -> Option<Option<Value>> {
        let mut state = receiver.0.borrow_mut();
        if !state.is_new(receiver.1) {
            return Some(None);
        }
        if state.mistake != TryRecvDoesNotSee {
            state.see(receiver.1);
        }
        Some(state.value.clone())
    }

    fn get(&self, receiver: &mut Receiver) -> Option<Value> {
        let mut state = receiver.0.borrow_mut();
        if state.mistake == GetSees {
            state.see(receiver.1);
        }
        state.value.clone()
    }

    fn get_and_see(&self, receiver: &mut Receiver) -> Option<Value> {
        let mut state = receiver.0.borrow_mut();
        if state.mistake != GetAndSeeDoesNotSee {
            state.see(receiver.1);
        }
        state.value.clone()
    }

    fn has_changed(&self, receiver: &mut Receiver) -> Option<News> {
        let mut state = receiver.0.borrow_mut();
        let is_new = match state.mistake {
            HasChangedAfterASend => state.version > 0,
            _ => state.is_new(receiver.1),
        };
        if state.mistake == HasChangedSees {
            state.see(receiver.1);
        }
        Some(if is_new { News::Changed } else { News::Unchanged })
    }

    fn mark_unseen(&self, receiver: &mut Receiver) -> Option<()> {
        let mut state = receiver.0.borrow_mut();
        let version = state.version;
        if state.mistake != MarkUnseenDoesNothing {
            state.receivers.insert(receiver.1, version.wrapping_sub(1));
        }
        Some(())
    }

    fn mark_seen(&self, receiver: &mut Receiver) -> Option<()> {
        let mut state = receiver.0.borrow_mut();
        let version = state.version;
        let seen = match state.mistake {
            // It was so when the receiver saw one last.
            MarkSeenForgetsTheValue => state.receivers[&receiver.1],
            _ => version,
        };
        state.receivers.insert(receiver.1, seen);
        Some(())
    }

    fn look(&self, sender: &mut Sender) -> Option<Value> {
        Some(sender.0.borrow().value())
    }

    fn clone_sender(&self, sender: &Sender) -> Option<Sender> {
        sender.0.borrow_mut().senders += 1;
        Some(Sender(sender.0.clone()))
    }

    fn clone_receiver(&self, receiver: &Receiver) -> Option<Receiver> {
        let mut state = receiver.0.borrow_mut();
        let seen = match state.mistake {
            CloneHasSeen => state.version,
            _ => state.receivers[&receiver.1],
        };
        let number = state.add(seen);
        Some(Receiver(receiver.0.clone(), number))
    }

    fn subscribe(&self, sender: &Sender) -> Option<Receiver> {
        let mut state = sender.0.borrow_mut();
        let seen = match state.mistake {
            SubscriberHasNotSeen if state.version > 0 => 0,
            _ => state.version,
        };
        let number = state.add(seen);
        Some(Receiver(sender.0.clone(), number))
    }

    fn closed(&self, sender: &mut Sender) -> Option<impl Future<Output = ()>> {
        let shared = &sender.0;
        let mut number = None;
        Some(poll_fn(move |cx| {
            let mut state = shared.borrow_mut();
            let next = state.next;
            let was_woken = state.mistake == ClosedComesThoughOneCame && number.is_some();
            if state.receivers.is_empty() || was_woken {
                return Poll::Ready(());
            }
            let number = *number.get_or_insert(next);
            state.next += u64::from(number == next);
            let keeps = state.mistake == ClosedKeepsItsFirstWaker;
            if !keeps || !state.closing.contains_key(&number) {
                state.closing.insert(number, cx.waker().clone());
            }
            Poll::Pending
        }))
    }
}
