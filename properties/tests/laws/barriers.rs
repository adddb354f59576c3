//! The suite of barriers: it passes published ones and one of our own, and finds each mistake of
//! the latter.

use crate::{checker, told_by};
use reveille::laws::{self, Barrier};
use reveille::{Kind, Law};
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Clone)]
struct AsyncLock;

impl Barrier for AsyncLock {
    type Barrier = async_lock::Barrier;

    fn barrier(&self, size: usize) -> Self::Barrier {
        async_lock::Barrier::new(size)
    }

    async fn wait(&self, barrier: &Self::Barrier) -> bool {
        barrier.wait().await.is_leader()
    }
}

#[test]
fn async_lock_passes() {
    laws::barrier(AsyncLock).checker(checker().runs(2_000)).check();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    WakesOne,
    WakesNobody,
    WakesAllButTheFirst,
    OpensEarly,
    OpensLate,
    OpensOnce,
    StaysOpen,
    AllLead,
    NobodyLeads,
    TwoLead,
    KeepsItsFirstWaker,
    CountsPolls,
    LooksAtTheCount,
    WakesInTheLock,
}
use Mistake::*;

/// The last to come opens it and leads.
#[derive(Clone)]
struct Reference(Mistake);

struct State {
    mistake: Mistake,
    size: usize,
    come: usize,
    round: u64,
    wakers: Vec<(u64, Waker)>,
    next: u64,
}

impl State {
    fn needed(&self) -> usize {
        match self.mistake {
            OpensEarly => self.size.max(2) - 1,
            OpensLate => self.size + 1,
            _ => self.size,
        }
    }

    /// Opens for those who have come; whom to wake.
    fn open(&mut self) -> Vec<Waker> {
        if self.mistake != StaysOpen {
            self.come = 0;
        }
        self.round += u64::from(self.mistake != OpensOnce || self.round == 0);
        let mut wakers: Vec<Waker> = self.wakers.drain(..).map(|(_, waker)| waker).collect();
        match self.mistake {
            WakesOne => wakers.truncate(1),
            WakesNobody => wakers.clear(),
            WakesAllButTheFirst => drop(wakers.drain(..wakers.len().min(1))),
            _ => {}
        }
        wakers
    }
}

impl Barrier for Reference {
    type Barrier = RefCell<State>;

    fn barrier(&self, size: usize) -> RefCell<State> {
        let (mistake, wakers) = (self.0, Vec::new());
        RefCell::new(State { mistake, size, come: 0, round: 0, wakers, next: 0 })
    }

    async fn wait(&self, barrier: &RefCell<State>) -> bool {
        // The round and the number of one who has come.
        let mut come: Option<(u64, u64)> = None;
        poll_fn(move |cx| {
            let waker = cx.waker().clone();
            let mut state = barrier.borrow_mut();
            let mistake = state.mistake;
            let (round, number) = match come {
                Some(come) if mistake == LooksAtTheCount && state.come > 0 => come,
                Some((round, _)) if state.round > round => {
                    return Poll::Ready(matches!(mistake, AllLead));
                }
                Some(come) => come,
                None => {
                    state.next += 1;
                    (state.round, state.next)
                }
            };
            if come.is_none() || mistake == CountsPolls {
                state.come += 1;
                if state.come >= state.needed() {
                    let wakers = state.open();
                    if mistake == WakesInTheLock {
                        wakers.into_iter().for_each(Waker::wake);
                        return Poll::Ready(true);
                    }
                    drop(state);
                    wakers.into_iter().for_each(Waker::wake);
                    return Poll::Ready(mistake != NobodyLeads);
                }
            }
            if mistake == TwoLead && come.is_some() && state.size == 3 {
                return Poll::Ready(true);
            }
            come = Some((round, number));
            match state.wakers.iter_mut().find(|(other, _)| *other == number) {
                Some(_) if mistake == KeepsItsFirstWaker => {}
                Some((_, old)) => {
                    let old = std::mem::replace(old, waker);
                    drop(state);
                    drop(old);
                }
                None => state.wakers.push((number, waker)),
            }
            Poll::Pending
        })
        .await
    }
}

#[test]
fn the_reference_passes() {
    laws::barrier(Reference(Right)).checker(checker().runs(4_000)).check();
}

#[test]
fn the_reference_passes_with_wakers_that_misbehave() {
    let checker = checker().runs(4_000).with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    laws::barrier(Reference(Right)).checker(checker).check();
}

macro_rules! told {
    ($($test:ident: $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = match $mistake {
                WakesInTheLock => checker().with(Kind::ReentrantWaker),
                _ => checker(),
            };
            told_by(laws::barrier(Reference($mistake)), checker, Law::$law, $words, "waiters = ");
        }
    )*};
}

told! {
    one_that_wakes_one: WakesOne breaks WakerDropped, "waker";
    one_that_wakes_nobody: WakesNobody breaks WakerDropped, "waker";
    one_that_leaves_out_the_first: WakesAllButTheFirst breaks WakerDropped, "waker";
    one_that_opens_early: OpensEarly breaks Panic, "which no order of the operations explains";
    one_that_opens_late: OpensLate breaks Panic, "which no order of the operations explains";
    one_that_opens_once: OpensOnce breaks Stuck, "waits for ever, and could go on";
    one_that_stays_open: StaysOpen breaks Panic, "which no order of the operations explains";
    many_leaders: AllLead breaks Panic, "gave `leads`";
    no_leader: NobodyLeads breaks Panic, "gave `follows`";
    one_that_leads_too_early: TwoLead breaks Panic, "gave `leads`";
    one_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    one_that_counts_polls: CountsPolls breaks Panic, "which no order of the operations explains";
    one_that_looks_at_the_count: LooksAtTheCount breaks Stuck, "waits for ever, and could go on";
    one_that_wakes_in_the_lock: WakesInTheLock breaks WakeInLock, "already";
}
