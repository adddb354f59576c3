//! An event of our own, right unless it is told to make a mistake.
//!
//! Notifications of one are kept for the next listener if nobody listens; those of all are for
//! those who wait.

use reveille::laws::Notify;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    /// No mistake, but no order either.
    NewestFirst,
    OneWakesNobody,
    AllWakeNobody,
    AllWakeOne,
    AllLeaveOutTheLast,
    OneWakesTheNewest,
    OneWakesWhoWasNotified,
    OneNotifiesTwo,
    ForgetsTheNotificationWhenNobodyListens,
    StoresTwice,
    StoresForAll,
    StoresThoughSomebodyListens,
    KeepsWhatWasStored,
    ListensBeforeItLooks,
    DropSwallowsTheNotification,
    DropPassesOnWhatWasForAll,
    DropPassesOnWhatItHasNot,
    DropOfAllClearsTheStore,
    DropStoresInsteadOfPassingOn,
    DropCutsOffTheOthers,
    StaysAfterItsDrop,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    RegistersOnlyWhenPolledAgain,
    TakesTheStoreButWaits,
    IsReadyAtItsSecondPoll,
    NotifiesByWakerOnly,
    UpToCountsNobody,
    UpToCountsThoseWhoAreGone,
    AdditionalCountsTheNotified,
    EnableDoesNotJoin,
    EnableTakesNothing,
    WakesInTheLock,
    ClonesInTheLock,
    DropsInTheLock,
    AllNotifyWhoComesMeanwhile,
    WakesItself,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Notified {
    No,
    Once,
    /// As one of so many.
    Counted,
    All,
}

struct Waiting {
    number: u64,
    waker: Option<Waker>,
    notified: Notified,
}

struct State {
    mistake: Mistake,
    next: u64,
    stored: u32,
    waiting: VecDeque<Waiting>,
    /// Whom nobody will find any more.
    cut_off: Vec<Waiting>,
    /// Notified since it was made, whether or not they are gone.
    ever_notified: usize,
}

#[derive(Clone)]
pub(crate) struct Event(Rc<RefCell<State>>);

/// Wakers are called when the state is let go of.
type Wakers = Vec<Waker>;

fn wake(wakers: Wakers) {
    wakers.into_iter().for_each(Waker::wake);
}

impl State {
    fn get(&mut self, number: u64) -> Option<&mut Waiting> {
        let mut all = self.waiting.iter_mut().chain(&mut self.cut_off);
        all.find(|waiting| waiting.number == number)
    }

    fn is_counted(&self) -> usize {
        self.waiting.iter().filter(|waiting| waiting.notified != Notified::No).count()
    }

    /// Notifies the first who is not, if there is one.
    fn notify(&mut self, notified: Notified) -> Option<Wakers> {
        let mistake = self.mistake;
        let is_one = |waiting: &&mut Waiting| {
            waiting.notified == Notified::No
                || (mistake == OneWakesWhoWasNotified && notified == Notified::Once)
        };
        let mut waiting = self.waiting.iter_mut();
        let first = match mistake {
            NewestFirst => waiting.rev().find(is_one),
            OneWakesTheNewest if notified == Notified::Once => waiting.rev().find(is_one),
            _ => waiting.find(is_one),
        }?;
        if mistake != NotifiesByWakerOnly || notified == Notified::All {
            first.notified = notified;
        }
        let is_silent = mistake == OneWakesNobody && notified == Notified::Once
            || mistake == AllWakeNobody && notified == Notified::All;
        let waker = if is_silent { None } else { first.waker.take() };
        self.ever_notified += 1;
        Some(waker.into_iter().collect())
    }

    fn notify_one(&mut self) -> Wakers {
        let mut wakers = self.notify(Notified::Once);
        if self.mistake == OneNotifiesTwo
            && let Some(wakers) = &mut wakers
        {
            wakers.extend(self.notify(Notified::Once).into_iter().flatten());
        }
        if wakers.is_none() && self.mistake != ForgetsTheNotificationWhenNobodyListens {
            self.stored = if self.mistake == StoresTwice { self.stored + 1 } else { 1 };
        }
        if self.mistake == StoresThoughSomebodyListens {
            self.stored = 1;
        }
        wakers.unwrap_or_default()
    }

    fn notify_times(&mut self, count: usize, notified: Notified) -> Wakers {
        (0..count).map_while(|_| self.notify(notified)).flatten().collect()
    }

    /// Joins, or goes on to wait.
    fn join(&mut self, number: &mut Option<u64>) -> u64 {
        *number.get_or_insert_with(|| {
            self.next += 1;
            let number = self.next;
            self.waiting.push_back(Waiting { number, waker: None, notified: Notified::No });
            number
        })
    }

    /// Takes a notification.
    fn take(&mut self, number: &mut Option<u64>) -> bool {
        if let Some(joined) = *number
            && let Some(at) = self.waiting.iter().position(|waiting| waiting.number == joined)
        {
            if self.waiting[at].notified == Notified::No {
                return false;
            }
            self.waiting.remove(at);
            *number = None;
            return true;
        }
        if self.stored == 0 {
            return false;
        }
        self.stored -= u32::from(self.mistake != KeepsWhatWasStored);
        true
    }
}

pub(crate) struct Listener<'a> {
    event: &'a Event,
    number: Option<u64>,
    is_ready: bool,
    was_polled: bool,
}

impl Future for Listener<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let shared = &this.event.0;
        let mistake = shared.borrow().mistake;
        if this.is_ready {
            return Poll::Ready(());
        }
        let was_polled = std::mem::replace(&mut this.was_polled, true);
        if mistake == IsReadyAtItsSecondPoll && was_polled {
            shared.borrow_mut().waiting.retain(|waiting| Some(waiting.number) != this.number);
            this.number = None;
            this.is_ready = true;
            return Poll::Ready(());
        }
        if mistake == ListensBeforeItLooks {
            shared.borrow_mut().join(&mut this.number);
        }
        if shared.borrow_mut().take(&mut this.number) {
            if mistake == TakesTheStoreButWaits && !was_polled {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            this.is_ready = true;
            return Poll::Ready(());
        }
        if mistake == WakesItself {
            cx.waker().wake_by_ref();
        }
        let waker = match mistake {
            ClonesInTheLock => None,
            _ => Some(cx.waker().clone()),
        };
        let mut state = shared.borrow_mut();
        // The clone may have run somebody who notified.
        let is_new = this.number.is_none();
        if !is_new || state.stored > 0 {
            drop(state);
            if shared.borrow_mut().take(&mut this.number) {
                this.is_ready = true;
                return Poll::Ready(());
            }
            state = shared.borrow_mut();
        }
        let number = state.join(&mut this.number);
        let Some(waiting) = state.get(number) else { return Poll::Pending };
        let old = match mistake {
            ForgetsToRegister => None,
            RegistersOnlyWhenPolledAgain if !was_polled => None,
            KeepsItsFirstWaker if waiting.waker.is_some() => None,
            ClonesInTheLock => waiting.waker.replace(cx.waker().clone()),
            DropsInTheLock => {
                waiting.waker = waker;
                None
            }
            _ => std::mem::replace(&mut waiting.waker, waker),
        };
        drop(state);
        drop(old);
        Poll::Pending
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        if std::thread::panicking() && self.event.0.try_borrow_mut().is_err() {
            // Whoever panics has the lock; another panic would end the process.
            return;
        }
        let mut state = self.event.0.borrow_mut();
        let mistake = state.mistake;
        let Some(at) = state.waiting.iter().position(|waiting| waiting.number == number) else {
            return;
        };
        if mistake == StaysAfterItsDrop {
            return;
        }
        let Some(gone) = state.waiting.remove(at) else { return };
        let mut wakers = Vec::new();
        if mistake == DropCutsOffTheOthers {
            let behind = state.waiting.split_off(at);
            state.cut_off.extend(behind);
        }
        match (gone.notified, mistake) {
            (Notified::Once | Notified::Counted, DropSwallowsTheNotification) => {}
            (Notified::Once, DropStoresInsteadOfPassingOn) => state.stored = 1,
            (Notified::Once, _) => wakers = state.notify_one(),
            (Notified::Counted, _) if state.is_counted() > 0 => {}
            (Notified::Counted, _) => {
                wakers = state.notify(Notified::Counted).unwrap_or_default();
            }
            (Notified::All, DropPassesOnWhatWasForAll) => wakers = state.notify_one(),
            (Notified::All, DropOfAllClearsTheStore) => state.stored = 0,
            (Notified::No, DropPassesOnWhatItHasNot) => wakers = state.notify_one(),
            (Notified::No | Notified::All, _) => {}
        }
        drop(state);
        drop(gone);
        wake(wakers);
    }
}

impl Event {
    /// Changes the state and wakes whom that concerns.
    fn with(&self, change: impl FnOnce(&mut State) -> Wakers) -> Option<()> {
        let mut state = self.0.borrow_mut();
        let wakers = change(&mut state);
        if state.mistake == WakesInTheLock {
            wake(wakers);
            return Some(());
        }
        drop(state);
        wake(wakers);
        Some(())
    }

    /// One after the other, with the lock let go of in between.
    fn notify_all_as_they_come(&self) {
        loop {
            let wakers = self.0.borrow_mut().notify(Notified::All);
            let Some(wakers) = wakers else { return };
            wake(wakers);
        }
    }
}

impl Notify for Reference {
    type Event = Event;
    type Listener<'a> = Listener<'a>;

    fn event(&self) -> Event {
        let waiting = VecDeque::new();
        let mistake = self.0;
        let (cut_off, ever_notified) = (Vec::new(), 0);
        let state = State { mistake, next: 0, stored: 0, waiting, cut_off, ever_notified };
        Event(Rc::new(RefCell::new(state)))
    }

    fn listen<'a>(&self, event: &'a Event) -> Listener<'a> {
        Listener { event, number: None, is_ready: false, was_polled: false }
    }

    fn stores_one(&self) -> bool {
        true
    }

    fn is_fair(&self) -> bool {
        self.0 != NewestFirst
    }

    fn notify_one(&self, event: &Event) -> Option<()> {
        event.with(State::notify_one)
    }

    fn notify_all(&self, event: &Event) -> Option<()> {
        if self.0 == AllNotifyWhoComesMeanwhile {
            event.notify_all_as_they_come();
            return Some(());
        }
        event.with(|state| {
            let count = match state.mistake {
                AllWakeOne => 1,
                AllLeaveOutTheLast => (state.waiting.len().max(1) - state.is_counted()).max(1) - 1,
                _ => state.waiting.len(),
            };
            if state.mistake == StoresForAll && state.waiting.is_empty() {
                state.stored = 1;
            }
            state.notify_times(count, Notified::All)
        })
    }

    fn notify_up_to(&self, event: &Event, count: usize) -> Option<()> {
        event.with(|state| {
            let before = match state.mistake {
                UpToCountsNobody => 0,
                UpToCountsThoseWhoAreGone => state.ever_notified,
                _ => state.is_counted(),
            };
            state.notify_times(count.saturating_sub(before), Notified::Counted)
        })
    }

    fn notify_additional(&self, event: &Event, count: usize) -> Option<()> {
        event.with(|state| {
            let before = match state.mistake {
                AdditionalCountsTheNotified => state.is_counted(),
                _ => 0,
            };
            state.notify_times(count.saturating_sub(before), Notified::Once)
        })
    }

    fn enable(&self, mut listener: Pin<&mut Listener<'_>>) -> Option<bool> {
        let this = &mut *listener;
        let mut state = this.event.0.borrow_mut();
        this.is_ready = match state.mistake {
            EnableTakesNothing => false,
            _ => state.take(&mut this.number),
        };
        if !this.is_ready && state.mistake != EnableDoesNotJoin {
            state.join(&mut this.number);
        }
        Some(this.is_ready)
    }
}
