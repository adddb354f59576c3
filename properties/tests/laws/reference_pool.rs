//! A pool of our own, right unless it is told to make a mistake.

use reveille::laws::{Factory, Object, Pool, PoolError};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    PutWakesNobody,
    TakeWakesNobody,
    TakeMakesNoRoom,
    FailureWakesNobody,
    FailureMakesNoRoom,
    DropMakesNoRoom,
    GoneWithItsWake,
    StaysInLine,
    HoldsOneMore,
    HoldsOneLess,
    ForgetsWhatIsBeingMade,
    GivesOutWhatIsNotFit,
    LosesWhatIsLookedAt,
    LeaksWhatIsPut,
    CloseWakesOne,
    GivesAfterClose,
    KeepsItsFirstWaker,
    ForgetsToRegister,
    GrowsByWhatIsMissing,
    GrowthWakesNobody,
    ShrinksNot,
    BrokenWakesNobody,
    BrokenIsGivenOut,
    BrokenMakesNoRoom,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

pub(crate) struct Objects {
    mistake: Mistake,
    factory: Factory,
    state: RefCell<State>,
}

struct State {
    idle: Vec<Object>,
    /// Those who have an object, or are about to.
    users: usize,
    most: usize,
    is_closed: bool,
    next: u64,
    line: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    waker: Waker,
    is_woken: bool,
}

impl Objects {
    fn wake(&self, most: usize) {
        let mut state = self.state.borrow_mut();
        let mut wakers = Vec::new();
        for waiting in state.line.iter_mut().filter(|waiting| !waiting.is_woken).take(most) {
            waiting.is_woken = true;
            wakers.push(waiting.waker.clone());
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn leave(&self) {
        let mut state = self.state.borrow_mut();
        state.users = state.users.saturating_sub(1);
    }
}

/// Waits for its turn.
struct Turn<'a> {
    pool: &'a Objects,
    number: Option<u64>,
}

impl Future for &mut Turn<'_> {
    type Output = Result<(), PoolError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), PoolError>> {
        let this = self.get_mut();
        let mistake = this.pool.mistake;
        let mut state = this.pool.state.borrow_mut();
        let state = &mut *state;
        if state.is_closed && mistake != GivesAfterClose {
            this.number = None;
            return Poll::Ready(Err(PoolError::Closed));
        }
        let most = match mistake {
            HoldsOneMore => state.most + 1,
            HoldsOneLess => (state.most - 1).max(1),
            _ => state.most,
        };
        if state.users < most {
            state.users += 1;
            if let Some(number) = this.number.take() {
                state.line.retain(|waiting| waiting.number != number);
            }
            return Poll::Ready(Ok(()));
        }
        let number = *this.number.get_or_insert(state.next);
        if number == state.next {
            state.next += 1;
            if mistake != ForgetsToRegister {
                let waker = cx.waker().clone();
                state.line.push_back(Waiting { number, waker, is_woken: false });
            }
        } else if let Some(waiting) = state.line.iter_mut().find(|waiting| waiting.number == number)
        {
            waiting.is_woken = false;
            if mistake != KeepsItsFirstWaker {
                waiting.waker.clone_from(cx.waker());
            }
        }
        Poll::Pending
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        if self.pool.mistake == StaysInLine {
            return;
        }
        let mut state = self.pool.state.borrow_mut();
        let at = state.line.iter().position(|waiting| waiting.number == number);
        let gone = at.and_then(|at| state.line.remove(at));
        drop(state);
        if gone.is_some_and(|gone| gone.is_woken) && self.pool.mistake != GoneWithItsWake {
            self.pool.wake(1);
        }
    }
}

/// A turn, until there is an object for it.
struct Place<'a>(&'a Objects);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.0.mistake == DropMakesNoRoom {
            return;
        }
        self.0.leave();
        self.0.wake(1);
    }
}

pub(crate) struct Guard<'a> {
    pool: &'a Objects,
    object: Option<Object>,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        let mistake = self.pool.mistake;
        let is_broken = self.pool.factory.is_broken(&object);
        let mut state = self.pool.state.borrow_mut();
        let is_too_many = state.users + state.idle.len() > state.most && mistake != ShrinksNot;
        let is_gone = is_broken && mistake != BrokenIsGivenOut || is_too_many;
        let mut object = Some(object);
        if !is_gone && mistake != LeaksWhatIsPut {
            state.idle.extend(object.take());
        }
        drop(state);
        if mistake == LeaksWhatIsPut {
            mem::forget(object.take());
        }
        drop(object);
        if is_broken && mistake == BrokenMakesNoRoom {
            return;
        }
        self.pool.leave();
        if mistake != PutWakesNobody && !(is_broken && mistake == BrokenWakesNobody) {
            self.pool.wake(1);
        }
    }
}

impl Objects {
    async fn get(&self) -> Result<Guard<'_>, PoolError> {
        let mut turn = Turn { pool: self, number: None };
        (&mut turn).await?;
        drop(turn);
        let place = Place(self);
        loop {
            let idle = self.state.borrow_mut().idle.pop();
            let Some(mut object) = idle else { break };
            let looked = self.factory.recycle(&mut object).await;
            if self.mistake == LosesWhatIsLookedAt {
                mem::forget(object);
                continue;
            }
            if looked.is_ok() || self.mistake == GivesOutWhatIsNotFit {
                mem::forget(place);
                return Ok(Guard { pool: self, object: Some(object) });
            }
        }
        if self.mistake == ForgetsWhatIsBeingMade {
            self.leave();
        }
        let made = self.factory.create().await;
        if self.mistake == ForgetsWhatIsBeingMade {
            self.state.borrow_mut().users += 1;
        }
        match made {
            Ok(object) => {
                mem::forget(place);
                Ok(Guard { pool: self, object: Some(object) })
            }
            Err(_) => {
                if self.mistake == FailureMakesNoRoom {
                    mem::forget(place);
                } else if self.mistake == FailureWakesNobody {
                    mem::forget(place);
                    self.leave();
                }
                Err(PoolError::Failed)
            }
        }
    }
}

impl Pool for Reference {
    type Pool = Objects;
    type Guard<'a> = Guard<'a>;

    fn make(&self, factory: Factory, most: usize) -> Objects {
        let (idle, line) = (Vec::new(), VecDeque::new());
        let state = State { idle, users: 0, most, is_closed: false, next: 0, line };
        Objects { mistake: self.0, factory, state: RefCell::new(state) }
    }

    async fn get<'a>(&self, pool: &'a Objects) -> Result<Guard<'a>, PoolError> {
        pool.get().await
    }

    fn object<'g>(&self, guard: &'g Guard<'_>) -> &'g Object {
        guard.object.as_ref().expect("it is there until the drop")
    }

    fn take<'a>(&self, mut guard: Self::Guard<'a>) -> Result<Object, Self::Guard<'a>> {
        let object = guard.object.take().expect("it is there until the drop");
        if self.0 != TakeMakesNoRoom {
            guard.pool.leave();
            if self.0 != TakeWakesNobody {
                guard.pool.wake(1);
            }
        }
        Ok(object)
    }

    fn resize(&self, pool: &Objects, most: usize) -> Option<()> {
        let mut state = pool.state.borrow_mut();
        let before = mem::replace(&mut state.most, most);
        if self.0 == GrowsByWhatIsMissing && most > before {
            state.most = most + before - before.min(state.users);
        }
        if self.0 == ShrinksNot {
            state.most = before.max(most);
        }
        let left = most.saturating_sub(state.users).min(state.idle.len());
        let dropped = state.idle.split_off(left);
        drop(state);
        drop(dropped);
        if self.0 != GrowthWakesNobody {
            pool.wake(most.saturating_sub(before));
        }
        Some(())
    }

    fn close(&self, pool: &Objects) -> Option<()> {
        pool.state.borrow_mut().is_closed = true;
        pool.wake(if self.0 == CloseWakesOne { 1 } else { usize::MAX });
        Some(())
    }
}
