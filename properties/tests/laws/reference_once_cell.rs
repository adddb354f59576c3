//! A cell of our own that is initialized once, right unless it is told to make a mistake.

use reveille::laws::{Failed, Item, OnceCell};
use std::cell::{self, RefCell};
use std::collections::VecDeque;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread::panicking;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    MadeWakesNobody,
    MadeWakesOne,
    MadeWakesNobodyWhoMerelyWaits,
    SetWakesNobody,
    FailureWakesNobody,
    DropWakesNobody,
    DropGoesOnForEver,
    PanicGoesOnForEver,
    WakesWhoCameLastOnly,
    GoneWithItsWake,
    StaysInLine,
    TwoAtOnce,
    InitializesThoughThereIsAValue,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    SetsWhileOneIsMade,
    SetSaysDoneInVain,
    LeaksTheValue,
    LeaksWhatIsRefused,
    FailsOthers,
    TakeLeavesItInTheMaking,
    TakeGivesNothing,
    TakePanicsTheNext,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

pub(crate) struct Cell {
    mistake: Mistake,
    value: cell::OnceCell<Item>,
    state: RefCell<State>,
    is_spent: bool,
}

#[derive(Default)]
struct State {
    is_making: bool,
    has_failed: bool,
    next: u64,
    line: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    /// Whether it would make a value itself.
    makes: bool,
    waker: Waker,
    is_woken: bool,
}

impl Cell {
    fn wake(&self, most: usize, makers_only: bool) {
        let mut wakers = Vec::new();
        let mut state = self.state.borrow_mut();
        let line = state.line.iter_mut().filter(|one| !one.is_woken);
        for waiting in line.filter(|one| one.makes || !makers_only).take(most) {
            waiting.is_woken = true;
            wakers.push(waiting.waker.clone());
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn put(&self, item: Item) {
        let _ = self.value.set(item);
        match self.mistake {
            MadeWakesNobody => {}
            MadeWakesOne => self.wake(1, false),
            MadeWakesNobodyWhoMerelyWaits => self.wake(usize::MAX, true),
            _ => self.wake(usize::MAX, false),
        }
    }

    /// Whoever is first may try.
    fn pass_on(&self) {
        if self.mistake == WakesWhoCameLastOnly {
            let mut state = self.state.borrow_mut();
            if let Some(last) = state.line.back_mut() {
                last.is_woken = true;
                let waker = last.waker.clone();
                drop(state);
                waker.wake();
            }
            return;
        }
        self.wake(1, true);
    }

    async fn get_or_try_init(
        &self,
        init: impl Future<Output = Result<Item, Failed>>,
    ) -> Result<&Item, Failed> {
        assert!(!self.is_spent, "it is initialized, and there is no value");
        let mut queued = Queued { cell: self, makes: true, number: None };
        loop {
            if self.mistake != InitializesThoughThereIsAValue || self.state.borrow().is_making {
                if let Some(item) = self.value.get() {
                    return Ok(item);
                }
                if self.mistake == FailsOthers && self.state.borrow().has_failed {
                    return Err(Failed);
                }
            }
            if !self.state.borrow().is_making || self.mistake == TwoAtOnce {
                self.state.borrow_mut().is_making = true;
                break;
            }
            (&mut queued).await;
        }
        queued.leave();
        let making = MakingOne(self);
        let made = pin!(init).await;
        mem::forget(making);
        self.state.borrow_mut().is_making = false;
        match made {
            Ok(item) => {
                self.put(item);
                Ok(self.value.get().expect("it was put in"))
            }
            Err(Failed) => {
                self.state.borrow_mut().has_failed = true;
                if self.mistake != FailureWakesNobody {
                    self.pass_on();
                }
                Err(Failed)
            }
        }
    }
}

/// Whoever makes the value; if it is dropped, somebody else may.
struct MakingOne<'a>(&'a Cell);

impl Drop for MakingOne<'_> {
    fn drop(&mut self) {
        match self.0.mistake {
            PanicGoesOnForEver if panicking() => return,
            DropGoesOnForEver => return,
            _ => self.0.state.borrow_mut().is_making = false,
        }
        if self.0.mistake != DropWakesNobody {
            self.0.pass_on();
        }
    }
}

/// Waits to be woken once.
struct Queued<'a> {
    cell: &'a Cell,
    makes: bool,
    number: Option<u64>,
}

impl Future for &mut Queued<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let mistake = this.cell.mistake;
        let mut state = this.cell.state.borrow_mut();
        let Some(number) = this.number else {
            let (number, makes) = (state.next, this.makes);
            state.next += 1;
            this.number = Some(number);
            if mistake != ForgetsToRegister {
                let waker = cx.waker().clone();
                state.line.push_back(Waiting { number, makes, waker, is_woken: false });
            }
            return Poll::Pending;
        };
        let Some(at) = state.line.iter().position(|one| one.number == number) else {
            return Poll::Pending;
        };
        if state.line[at].is_woken {
            state.line.remove(at);
            this.number = None;
            return Poll::Ready(());
        }
        if mistake != KeepsItsFirstWaker {
            state.line[at].waker.clone_from(cx.waker());
        }
        Poll::Pending
    }
}

impl Queued<'_> {
    fn leave(&mut self) -> Option<Waiting> {
        let number = self.number.take()?;
        let mut state = self.cell.state.borrow_mut();
        let at = state.line.iter().position(|one| one.number == number)?;
        state.line.remove(at)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let mistake = self.cell.mistake;
        if mistake == StaysInLine {
            return;
        }
        let gone = self.leave();
        let was_woken = gone.is_some_and(|gone| gone.is_woken);
        if was_woken && self.cell.value.get().is_none() && mistake != GoneWithItsWake {
            self.cell.pass_on();
        }
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        if self.mistake == LeaksTheValue {
            mem::forget(self.value.take());
        }
    }
}

impl OnceCell for Reference {
    type Cell = Cell;

    fn make(&self) -> Cell {
        let (value, state) = (cell::OnceCell::new(), RefCell::default());
        Cell { mistake: self.0, value, state, is_spent: false }
    }

    async fn get_or_init<'a>(
        &self,
        cell: &'a Cell,
        init: impl Future<Output = Item> + 'a,
    ) -> &'a Item {
        match cell.get_or_try_init(async { Ok(init.await) }).await {
            Ok(item) => item,
            Err(Failed) => panic!("it did not fail"),
        }
    }

    fn get_or_try_init<'a>(
        &self,
        cell: &'a Cell,
        init: impl Future<Output = Result<Item, Failed>> + 'a,
    ) -> Option<impl Future<Output = Result<&'a Item, Failed>>> {
        Some(cell.get_or_try_init(init))
    }

    fn get<'a>(&self, cell: &'a Cell) -> Option<Option<&'a Item>> {
        Some(cell.value.get())
    }

    fn set(&self, cell: &Cell, item: Item) -> Option<impl Future<Output = bool>> {
        Some(async move {
            let is_making = cell.state.borrow().is_making && self.0 != SetsWhileOneIsMade;
            let is_free = cell.value.get().is_none() && !is_making;
            if is_free && self.0 == SetWakesNobody {
                return cell.value.set(item).is_ok();
            }
            match is_free {
                true => cell.put(item),
                false if self.0 == LeaksWhatIsRefused => mem::forget(item),
                false => drop(item),
            }
            is_free || self.0 == SetSaysDoneInVain
        })
    }

    fn take(&self, cell: &mut Cell) -> Option<Option<Item>> {
        let item = cell.value.take();
        cell.state.get_mut().is_making = self.0 == TakeLeavesItInTheMaking;
        cell.is_spent = self.0 == TakePanicsTheNext;
        Some(item.filter(|_| self.0 != TakeGivesNothing))
    }

    fn wait<'a>(&self, cell: &'a Cell) -> Option<impl Future<Output = &'a Item>> {
        Some(async move {
            let mut queued = Queued { cell, makes: false, number: None };
            loop {
                if let Some(item) = cell.value.get() {
                    return item;
                }
                (&mut queued).await;
            }
        })
    }
}
