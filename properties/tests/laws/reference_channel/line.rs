//! Those who wait, in the order in which they began to.

use super::Mistake::{self, *};
use reveille::laws::Item;
use std::collections::VecDeque;
use std::task::Waker;

#[derive(Default)]
pub(crate) struct Line {
    next: u64,
    waiting: VecDeque<Waiting>,
    /// Somebody is being registered.
    is_busy: bool,
}

pub(crate) struct Waiting {
    number: u64,
    /// None once it was woken.
    waker: Option<Waker>,
    /// What was handed over.
    pub(crate) item: Option<Item>,
}

impl Waiting {
    pub(crate) fn is_woken(&self) -> bool {
        self.waker.is_none()
    }
}

impl Line {
    /// The waker of the first who was not woken yet.
    pub(crate) fn first(&mut self) -> Option<Waker> {
        self.waiting.iter_mut().find_map(|waiting| waiting.waker.take())
    }

    /// Those of so many.
    pub(crate) fn some(&mut self, count: usize) -> Vec<Waker> {
        (0..count).map_while(|_| self.first()).collect()
    }

    pub(crate) fn all(&mut self) -> Vec<Waker> {
        self.some(usize::MAX)
    }

    pub(crate) fn has_woken(&self) -> bool {
        self.waiting.iter().any(Waiting::is_woken)
    }

    /// Wakes the first with an item of its own; the item is given back if nobody waits.
    pub(crate) fn hand_over(&mut self, item: Item) -> Result<Waker, Item> {
        let Some(first) = self.waiting.iter_mut().find(|waiting| !waiting.is_woken()) else {
            return Err(item);
        };
        first.item = Some(item);
        first.waker.take().ok_or_else(|| unreachable!("it was not woken"))
    }

    pub(crate) fn others(&self, number: Option<u64>) -> Vec<Waker> {
        let others = self.waiting.iter().filter(|waiting| Some(waiting.number) != number);
        others.filter_map(|waiting| waiting.waker.clone()).collect()
    }

    pub(crate) fn get(&mut self, number: u64) -> Option<&mut Waiting> {
        self.waiting.iter_mut().find(|waiting| waiting.number == number)
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.number == number)?;
        self.waiting.remove(at)
    }

    /// Begins to wait, or goes on to; the waker that was there before, to be dropped outside.
    pub(crate) fn wait(
        &mut self,
        number: &mut Option<u64>,
        waker: &Waker,
        fresh: Waker,
        mistake: Mistake,
    ) -> Option<Waker> {
        match mistake {
            ForgetsToRegister => return Some(fresh),
            WakesItself => {
                waker.wake_by_ref();
                return Some(fresh);
            }
            StaysBusyAfterAPanic => {
                if self.is_busy {
                    return Some(fresh);
                }
                self.is_busy = true;
                drop(waker.clone());
                self.is_busy = false;
            }
            _ => {}
        }
        match number.and_then(|number| self.get(number)) {
            Some(waiting) if waiting.is_woken() && mistake == ForgetsToRegisterAgain => Some(fresh),
            Some(waiting) if waiting.waker.is_some() && mistake == KeepsItsFirstWaker => {
                Some(fresh)
            }
            Some(waiting) => waiting.waker.replace(fresh),
            None => {
                *number = Some(self.next);
                let waiting = Waiting { number: self.next, waker: Some(fresh), item: None };
                self.waiting.push_back(waiting);
                self.next += 1;
                None
            }
        }
    }
}
