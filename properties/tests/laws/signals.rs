//! The suite of signals: it passes one of our own, and finds each of its mistakes.

use crate::{checker, told_by};
use reveille::laws::{self, Item, Signal};
use reveille::{Kind, Law};
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    WakesNobody,
    FirstWins,
    ResetForgetsTheWaker,
    ResetKeepsTheValue,
    TryTakeDropsTheWaker,
    TakesWhenItIsMade,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    WakesInTheLock,
}
use Mistake::*;

#[derive(Clone)]
struct Reference(Mistake);

#[derive(Default)]
struct State {
    value: Option<Item>,
    waker: Option<Waker>,
}

impl Signal for Reference {
    type Signal = RefCell<State>;

    fn make(&self) -> RefCell<State> {
        RefCell::default()
    }

    fn signal(&self, signal: &RefCell<State>, item: Item) {
        let mut state = signal.borrow_mut();
        let was_empty = state.value.is_none();
        let old = match self.0 {
            FirstWins if !was_empty => Some(item),
            _ => state.value.replace(item),
        };
        let waker = match self.0 {
            WakesNobody => None,
            _ => state.waker.take(),
        };
        if self.0 == WakesInTheLock {
            waker.into_iter().for_each(Waker::wake);
            return;
        }
        drop(state);
        drop(old);
        waker.into_iter().for_each(Waker::wake);
    }

    fn wait(&self, signal: &RefCell<State>) -> impl Future<Output = Item> {
        let mistake = self.0;
        let mut early = match mistake {
            TakesWhenItIsMade => signal.borrow_mut().value.take(),
            _ => None,
        };
        poll_fn(move |cx| {
            let waker = cx.waker().clone();
            let mut state = signal.borrow_mut();
            if let Some(item) = early.take().or_else(|| state.value.take()) {
                return Poll::Ready(item);
            }
            let old = match mistake {
                KeepsItsFirstWaker if state.waker.is_some() => None,
                ForgetsToRegister => None,
                _ => state.waker.replace(waker),
            };
            drop(state);
            drop(old);
            Poll::Pending
        })
    }

    fn try_take(&self, signal: &RefCell<State>) -> Option<Option<Item>> {
        let mut state = signal.borrow_mut();
        let waker = if self.0 == TryTakeDropsTheWaker { state.waker.take() } else { None };
        let value = state.value.take();
        drop(state);
        drop(waker);
        Some(value)
    }

    fn reset(&self, signal: &RefCell<State>) -> Option<()> {
        let mut state = signal.borrow_mut();
        let value = if self.0 == ResetKeepsTheValue { None } else { state.value.take() };
        let waker = if self.0 == ResetForgetsTheWaker { state.waker.take() } else { None };
        drop(state);
        drop((value, waker));
        Some(())
    }
}

#[test]
fn the_reference_passes() {
    laws::signal(Reference(Right)).checker(checker().runs(4_000)).check();
}

#[test]
fn the_reference_passes_with_wakers_that_misbehave() {
    let checker = checker().runs(4_000).with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    laws::signal(Reference(Right)).checker(checker).check();
}

macro_rules! told {
    ($($test:ident: $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = match $mistake {
                WakesInTheLock => checker().with(Kind::ReentrantWaker),
                _ => checker(),
            };
            told_by(laws::signal(Reference($mistake)), checker, Law::$law, $words, "waiter = ");
        }
    )*};
}

told! {
    a_signal_that_wakes_nobody: WakesNobody breaks Stuck, "waits for ever, and could go on: the signal has item";
    the_first_wins: FirstWins breaks Panic, "which no order of the operations explains";
    a_reset_that_forgets_the_waker: ResetForgetsTheWaker breaks WakerDropped, "waker";
    a_reset_that_keeps_the_value: ResetKeepsTheValue breaks Panic, "which no order of the operations explains";
    a_try_take_that_drops_the_waker: TryTakeDropsTheWaker breaks WakerDropped, "waker";
    one_that_takes_when_it_is_made: TakesWhenItIsMade breaks Stuck, "waits for ever, and could go on";
    one_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    one_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    one_that_wakes_in_the_lock: WakesInTheLock breaks WakeInLock, "already";
}
