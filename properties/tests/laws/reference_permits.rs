//! Locks and a semaphore of our own, first come first served, right unless they are told to
//! make a mistake.

mod adapters;

use reveille::laws::{
    Fairness, Item, Mutex, Precedence, RwLock, Semaphore, TryAcquireError, TryUpgrade,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread::panicking;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    GivesAndWakesNobody,
    GivesToNobody,
    GivesToOne,
    GivesToTheLast,
    GivesThemTwice,
    GivesThoughSomebodyHasThem,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    GoneWithWhatWasGiven,
    GoneFromTheHeadOfTheLine,
    GoneAndStillInLine,
    Barges,
    BargesByTry,
    TryRefusesWhatIsFree,
    UnwindingKeepsThem,
    MapLeaks,
    MapKeepsThem,
    CloseWakesOne,
    CloseWakesNobody,
    AcceptsAfterClose,
    AddWakesNobody,
    AddWakesOne,
    ForgetGivesBack,
    ForgetsNoneThatIsFree,
    ForgetReopens,
    SplitGivesOneTwice,
    MergeLosesOne,
    TakesOneForMany,
    UpgradesBesideReaders,
    LeavesForgetWhoUpgrades,
    GivingUpTheUpgradeKeepsIt,
    TwoMayUpgrade,
    DowngradeWakesNobody,
    DowngradeLetsAWriterIn,
    TryUpgradesBesideReaders,
    ReadersPassAWriterWhoWaits,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

/// What all permits are for a readers-writer lock.
const ALL: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Share {
    count: usize,
    may_upgrade: bool,
}

impl Share {
    const UPGRADABLE: Share = Share { count: 1, may_upgrade: true };

    fn of(count: usize) -> Share {
        Share { count, may_upgrade: false }
    }
}

pub(crate) struct State {
    mistake: Mistake,
    free: usize,
    is_upgradable_taken: bool,
    is_closed: bool,
    next: u64,
    line: VecDeque<Waiting>,
    upgrading: Option<Waiting>,
    _content: Option<Item>,
}

struct Waiting {
    number: u64,
    share: Share,
    waker: Waker,
    is_given: bool,
}

impl State {
    fn fits(&self, share: Share) -> bool {
        let is_right_taken = self.is_upgradable_taken && self.mistake != TwoMayUpgrade;
        let count = if self.mistake == TakesOneForMany { share.count.min(1) } else { share.count };
        let fits = self.free >= count || self.mistake == GivesThoughSomebodyHasThem;
        fits && !(share.may_upgrade && is_right_taken)
    }

    fn take(&mut self, share: Share) {
        let count = if self.mistake == TakesOneForMany { share.count.min(1) } else { share.count };
        self.free = self.free.saturating_sub(count);
        self.is_upgradable_taken |= share.may_upgrade;
    }

    fn put(&mut self, share: Share) {
        self.free += share.count;
        self.is_upgradable_taken &= !share.may_upgrade;
    }

    /// But for those who have what they waited for.
    fn nobody_waits(&self) -> bool {
        self.line.iter().chain(&self.upgrading).all(|waiting| waiting.is_given)
    }

    fn can_upgrade(&self) -> bool {
        self.free == ALL - 1
    }

    /// Gives what is free to those who wait; whom to wake.
    fn give(&mut self, most: usize) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let can_upgrade = self.can_upgrade() && self.mistake != LeavesForgetWhoUpgrades;
        if let Some(upgrading) = self.upgrading.as_mut().filter(|one| !one.is_given && can_upgrade)
        {
            upgrading.is_given = true;
            wakers.push(upgrading.waker.clone());
            self.free = 0;
            self.is_upgradable_taken = false;
        }
        if self.mistake == GivesToTheLast {
            self.line.make_contiguous().reverse();
        }
        while wakers.len() < most {
            let Some(at) = self.line.iter().position(|waiting| !waiting.is_given) else { break };
            let share = self.line[at].share;
            if !self.fits(share) || self.upgrading.as_ref().is_some_and(|one| !one.is_given) {
                break;
            }
            self.take(share);
            self.line[at].is_given = true;
            wakers.push(self.line[at].waker.clone());
        }
        if self.mistake == GivesToTheLast {
            self.line.make_contiguous().reverse();
        }
        wakers
    }

    /// Somebody gives a share back; whom to wake.
    fn leave(&mut self, share: Share) -> Vec<Waker> {
        self.put(share);
        match self.mistake {
            GivesToNobody => Vec::new(),
            GivesAndWakesNobody => {
                self.give(usize::MAX);
                Vec::new()
            }
            GivesToOne => self.give(1),
            GivesThemTwice if share.count == 2 => {
                self.put(Share::of(1));
                self.give(usize::MAX)
            }
            _ => self.give(usize::MAX),
        }
    }
}

pub(crate) type Shared = Rc<RefCell<State>>;

fn make(mistake: Mistake, free: usize, content: Option<Item>) -> Shared {
    Rc::new(RefCell::new(State {
        mistake,
        free,
        is_upgradable_taken: false,
        is_closed: false,
        next: 0,
        line: VecDeque::new(),
        upgrading: None,
        _content: content,
    }))
}

fn wake(wakers: Vec<Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

pub(crate) struct Guard {
    shared: Shared,
    share: Share,
    is_kept: bool,
}

impl Guard {
    fn new(shared: &Shared, share: Share) -> Guard {
        Guard { shared: shared.clone(), share, is_kept: false }
    }

    /// The same with another share, which is taken already.
    fn with(mut self, share: Share) -> Guard {
        self.share = share;
        self
    }

    fn map(mut self) -> Guard {
        let mistake = self.shared.borrow().mistake;
        if mistake == MapLeaks {
            mem::forget(self.shared.clone());
        }
        self.is_kept = mistake == MapKeepsThem;
        self
    }

    fn into_share(mut self) -> Share {
        self.is_kept = true;
        self.share
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut state = self.shared.borrow_mut();
        if self.is_kept || (state.mistake == UnwindingKeepsThem && panicking()) {
            return;
        }
        let wakers = state.leave(self.share);
        drop(state);
        wake(wakers);
    }
}

struct Enter<'a> {
    shared: &'a Shared,
    share: Share,
    number: Option<u64>,
}

impl Future for Enter<'_> {
    type Output = Option<Guard>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Guard>> {
        let this = self.get_mut();
        let mut state = this.shared.borrow_mut();
        let mistake = state.mistake;
        if state.is_closed && mistake != AcceptsAfterClose {
            return Poll::Ready(None);
        }
        let number = *this.number.get_or_insert(state.next);
        let Some(at) = state.line.iter().position(|waiting| waiting.number == number) else {
            state.next = number + 1;
            let is_read = this.share.count == 1;
            let is_free = state.nobody_waits()
                || mistake == Barges
                || mistake == ReadersPassAWriterWhoWaits && is_read;
            if is_free && state.fits(this.share) {
                state.take(this.share);
                this.number = None;
                return Poll::Ready(Some(Guard::new(this.shared, this.share)));
            }
            if mistake != ForgetsToRegister {
                let (share, waker) = (this.share, cx.waker().clone());
                state.line.push_back(Waiting { number, share, waker, is_given: false });
            }
            return Poll::Pending;
        };
        if !state.line[at].is_given {
            if mistake != KeepsItsFirstWaker {
                state.line[at].waker.clone_from(cx.waker());
            }
            return Poll::Pending;
        }
        state.line.remove(at);
        this.number = None;
        Poll::Ready(Some(Guard::new(this.shared, this.share)))
    }
}

impl Drop for Enter<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = self.shared.borrow_mut();
        let mistake = state.mistake;
        let Some(at) = state.line.iter().position(|waiting| waiting.number == number) else {
            return;
        };
        if mistake == GoneAndStillInLine {
            return;
        }
        let gone = state.line.remove(at);
        let wakers = match gone.as_ref().is_some_and(|gone| gone.is_given) {
            true if mistake == GoneWithWhatWasGiven => Vec::new(),
            true => state.leave(self.share),
            false if mistake == GoneFromTheHeadOfTheLine => Vec::new(),
            false => state.give(usize::MAX),
        };
        drop(state);
        drop(gone);
        wake(wakers);
    }
}

fn enter(shared: &Shared, share: Share) -> Enter<'_> {
    Enter { shared, share, number: None }
}

fn try_enter(shared: &Shared, share: Share) -> Result<Guard, TryAcquireError> {
    let mut state = shared.borrow_mut();
    if state.is_closed && state.mistake != AcceptsAfterClose {
        return Err(TryAcquireError::Closed);
    }
    let is_free = state.nobody_waits();
    let refuses = state.mistake == TryRefusesWhatIsFree && state.free > 1;
    let fits = state.fits(share) || state.mistake == BargesByTry;
    if !is_free || !fits || refuses {
        return Err(TryAcquireError::NoPermits);
    }
    state.take(share);
    Ok(Guard::new(shared, share))
}

struct Upgrade {
    guard: Option<Guard>,
    is_waiting: bool,
}

impl Future for Upgrade {
    type Output = Guard;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Guard> {
        let this = self.get_mut();
        let shared = this.guard.as_ref().expect("not polled after it was ready").shared.clone();
        let mut state = shared.borrow_mut();
        let may = match &state.upgrading {
            Some(waiting) if this.is_waiting => waiting.is_given,
            _ => {
                let may = state.can_upgrade() || state.mistake == UpgradesBesideReaders;
                if may {
                    state.free = 0;
                    state.is_upgradable_taken = false;
                }
                may
            }
        };
        if may {
            if this.is_waiting {
                state.upgrading = None;
            }
            this.is_waiting = false;
            let guard = this.guard.take().map(|guard| guard.with(Share::of(ALL)));
            return Poll::Ready(guard.expect("it is there"));
        }
        this.is_waiting = true;
        let waker = cx.waker().clone();
        state.upgrading =
            Some(Waiting { number: 0, share: Share::UPGRADABLE, waker, is_given: false });
        Poll::Pending
    }
}

impl Drop for Upgrade {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        let mut state = guard.shared.borrow_mut();
        let keeps = state.mistake == GivingUpTheUpgradeKeepsIt && self.is_waiting;
        let waiting = if self.is_waiting { state.upgrading.take() } else { None };
        drop(state);
        if waiting.is_some_and(|waiting| waiting.is_given) {
            guard.share = Share::of(ALL);
        }
        guard.is_kept = keeps;
    }
}

// A lifetime that only an associated type has must stand where the trait has it.
type OfMutex<'a> = <Reference as Mutex>::Guard<'a>;
type OfRwLock<'a> = <Reference as RwLock>::Guard<'a>;
type OfSemaphore<'a> = <Reference as Semaphore>::Guard<'a>;
