//! The suite of condition variables: it passes one of our own, and finds each of its mistakes.

use crate::{checker, is_told};
use reveille::laws::{self, Condvar};
use reveille::{CheckError, Kind, Law};
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    OneWakesNobody,
    OneWakesAll,
    AllWakeOne,
    OneWakesTheNewest,
    KeepsANotification,
    UnlocksBeforeItJoins,
    ForgetsToUnlock,
    ReturnsWithoutTheMutex,
    DropSwallowsTheNotification,
    DropSwallowsItBehindTheMutex,
    DropPassesOnWhatItHasNot,
    StaysAfterItsDrop,
    KeepsItsFirstWaker,
    UnlockWakesNobody,
    ReturnsAtEveryWake,
    NotifiesTheNotified,
    WakesInTheLock,
}
use Mistake::*;

/// Those who wait for the mutex are all woken when it is free.
#[derive(Clone)]
struct Reference(Mistake);

struct State {
    mistake: Mistake,
    is_locked: bool,
    locking: Vec<Waker>,
    waiting: Vec<Waiting>,
    next: u64,
    has_kept: bool,
}

struct Waiting {
    number: u64,
    waker: Option<Waker>,
    notified: Notified,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Notified {
    No,
    Alone,
    WithAll,
}

struct Guard<'a>(&'a RefCell<State>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let Ok(mut state) = self.0.try_borrow_mut() else { return };
        state.is_locked = false;
        let wakers = std::mem::take(&mut state.locking);
        let is_silent = state.mistake == UnlockWakesNobody;
        drop(state);
        wake(wakers.into_iter().filter(|_| !is_silent).collect());
    }
}

fn wake(wakers: Vec<Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

/// Locks as soon as it can; some if it has.
fn poll_lock<'a>(pair: &'a RefCell<State>, waker: &Waker) -> Option<Guard<'a>> {
    let waker = waker.clone();
    let mut state = pair.borrow_mut();
    if state.is_locked {
        state.locking.push(waker);
        return None;
    }
    state.is_locked = true;
    drop(state);
    Some(Guard(pair))
}

impl State {
    fn notify(&mut self, notified: Notified) -> Vec<Waker> {
        let mistake = self.mistake;
        let is_one = |waiting: &&mut Waiting| {
            waiting.notified == Notified::No || mistake == NotifiesTheNotified
        };
        let first = match mistake {
            OneWakesTheNewest => self.waiting.iter_mut().rev().find(is_one),
            _ => self.waiting.iter_mut().find(is_one),
        };
        let Some(first) = first else {
            self.has_kept |= mistake == KeepsANotification;
            return Vec::new();
        };
        first.notified = notified;
        first.waker.take().into_iter().collect()
    }

    fn notify_all(&mut self) -> Vec<Waker> {
        (0..self.waiting.len()).flat_map(|_| self.notify(Notified::WithAll)).collect()
    }
}

/// One who waits; whoever drops it leaves the line.
struct Place<'a> {
    pair: &'a RefCell<State>,
    number: u64,
    waits_for_mutex: bool,
    is_over: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Ok(mut state) = self.pair.try_borrow_mut() else { return };
        let mistake = state.mistake;
        let at = state.waiting.iter().position(|waiting| waiting.number == self.number);
        let Some(at) = at.filter(|_| self.is_over || mistake != StaysAfterItsDrop) else { return };
        let gone = state.waiting.remove(at);
        let passes_on = match (gone.notified, mistake) {
            _ if self.is_over => false,
            (Notified::Alone, DropSwallowsTheNotification) => false,
            (Notified::Alone, DropSwallowsItBehindTheMutex) => !self.waits_for_mutex,
            (Notified::No, DropPassesOnWhatItHasNot) | (Notified::Alone, _) => true,
            _ => false,
        };
        let wakers = if passes_on { state.notify(Notified::Alone) } else { Vec::new() };
        drop(state);
        drop(gone);
        wake(wakers);
    }
}

impl Condvar for Reference {
    type Pair = RefCell<State>;
    type Guard<'a> = Option<Guard<'a>>;

    fn pair(&self) -> RefCell<State> {
        let (locking, waiting) = (Vec::new(), Vec::new());
        let mistake = self.0;
        RefCell::new(State {
            mistake,
            is_locked: false,
            locking,
            waiting,
            next: 0,
            has_kept: false,
        })
    }

    async fn lock<'a>(&self, pair: &'a RefCell<State>) -> Option<Guard<'a>> {
        Some(poll_fn(|cx| poll_lock(pair, cx.waker()).map_or(Poll::Pending, Poll::Ready)).await)
    }

    async fn wait<'a>(
        &self,
        pair: &'a RefCell<State>,
        guard: Option<Guard<'a>>,
    ) -> Option<Guard<'a>> {
        let mistake = self.0;
        let mut guard = guard;
        if mistake == UnlocksBeforeItJoins {
            drop(guard.take());
            reveille::yield_now().await;
        }
        let mut place = {
            let mut state = pair.borrow_mut();
            state.next += 1;
            let number = state.next;
            let kept = std::mem::take(&mut state.has_kept);
            let notified = if kept { Notified::Alone } else { Notified::No };
            state.waiting.push(Waiting { number, waker: None, notified });
            Place { pair, number, waits_for_mutex: false, is_over: false }
        };
        match mistake {
            ForgetsToUnlock => std::mem::forget(guard.take()),
            _ => drop(guard.take()),
        }
        let mut was_polled = false;
        let locked = poll_fn(|cx| {
            let waker = cx.waker().clone();
            let mut state = pair.borrow_mut();
            let number = place.number;
            let waiting = state.waiting.iter_mut().find(|waiting| waiting.number == number);
            let Some(waiting) = waiting else { return Poll::Ready(None) };
            let is_notified =
                waiting.notified != Notified::No || mistake == ReturnsAtEveryWake && was_polled;
            if !is_notified {
                was_polled = true;
                let old = match mistake {
                    KeepsItsFirstWaker if waiting.waker.is_some() => None,
                    _ => waiting.waker.replace(waker),
                };
                drop(state);
                drop(old);
                return Poll::Pending;
            }
            drop(state);
            if mistake == ReturnsWithoutTheMutex {
                return Poll::Ready(None);
            }
            place.waits_for_mutex = true;
            poll_lock(pair, cx.waker()).map_or(Poll::Pending, |guard| Poll::Ready(Some(guard)))
        })
        .await;
        place.is_over = true;
        locked
    }

    fn is_fair(&self) -> bool {
        true
    }

    fn notify_one(&self, pair: &RefCell<State>) -> Option<()> {
        let mut state = pair.borrow_mut();
        let mut wakers = match state.mistake {
            OneWakesAll => state.notify_all(),
            _ => state.notify(Notified::Alone),
        };
        if state.mistake == OneWakesNobody {
            wakers.clear();
        }
        if state.mistake == WakesInTheLock {
            wake(wakers);
            return Some(());
        }
        drop(state);
        wake(wakers);
        Some(())
    }

    fn notify_all(&self, pair: &RefCell<State>) -> Option<()> {
        let mut state = pair.borrow_mut();
        let wakers = match state.mistake {
            AllWakeOne => state.notify(Notified::WithAll),
            _ => state.notify_all(),
        };
        drop(state);
        wake(wakers);
        Some(())
    }
}

#[test]
fn the_reference_passes() {
    laws::condvar(Reference(Right)).checker(checker().runs(4_000)).check();
}

#[test]
fn the_reference_passes_with_wakers_that_misbehave() {
    let checker = checker().runs(4_000).with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    laws::condvar(Reference(Right)).checker(checker).check();
}

macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|*, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = match $mistake {
                WakesInTheLock => checker().with(Kind::ReentrantWaker),
                _ => checker(),
            };
            match laws::condvar(Reference($mistake)).checker(checker).try_check() {
                Err(CheckError::Broken(failure)) => {
                    assert!([$(Law::$law),*].contains(&failure.law), "{failure}");
                    is_told(&failure, failure.law, $words, "waiters = ");
                }
                Err(error) => panic!("got: {error}"),
                Ok(passed) => panic!("got: {passed}"),
            }
        }
    )*};
}

told! {
    a_notification_that_wakes_nobody: OneWakesNobody breaks WakerDropped | Stuck, "waker";
    one_that_wakes_all: OneWakesAll breaks Stuck | Panic, "`wait";
    all_that_wake_one: AllWakeOne breaks Stuck, "waits for ever, and could go on";
    the_newest_first: OneWakesTheNewest breaks Panic, "`wait";
    a_notification_that_is_kept: KeepsANotification breaks Panic, "`wait";
    one_that_unlocks_before_it_joins: UnlocksBeforeItJoins breaks Stuck, "waits for ever, and could go on";
    a_mutex_that_stays_locked: ForgetsToUnlock breaks Stuck, "waits for ever, and could go on";
    one_that_returns_without_the_mutex: ReturnsWithoutTheMutex breaks Panic, "which no order";
    a_drop_that_takes_the_notification_along: DropSwallowsTheNotification breaks Stuck, "dropped";
    a_drop_behind_the_mutex: DropSwallowsItBehindTheMutex breaks Stuck, ": dropped";
    a_drop_that_passes_on_what_it_has_not: DropPassesOnWhatItHasNot breaks Panic, ": dropped";
    one_that_stays_after_its_drop: StaysAfterItsDrop breaks Stuck, "dropped";
    one_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    an_unlock_that_wakes_nobody: UnlockWakesNobody breaks Stuck | WakerDropped, "waker";
    one_that_returns_at_every_wake: ReturnsAtEveryWake breaks Panic, "`wait";
    one_that_notifies_the_notified: NotifiesTheNotified breaks Stuck, "waits for ever, and could go on";
    one_that_wakes_in_the_lock: WakesInTheLock breaks WakeInLock, "already";
}
