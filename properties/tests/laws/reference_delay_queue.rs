//! A delay queue of our own, right unless it is told to make a mistake.

use reveille::laws::{DelayQueue, Item};
use reveille::time::{Instant, Sleep, sleep_until};
use std::collections::BTreeMap;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    InsertForgetsToWake,
    InsertWakesOnlyIfItWasEmpty,
    InsertReplacesTheTimer,
    RemoveForgetsToWake,
    RemoveKeepsTheTimer,
    RemoveDoesNotFindWhatIsDue,
    RemoveTakesTheNext,
    ResetForgetsToWake,
    ResetToThePastForgetsToWake,
    ResetToLaterIsForgotten,
    ResetDropsTheTimer,
    ClearForgetsToWake,
    ClearKeepsTheTimer,
    ClearLeaks,
    RoundsDown,
    RoundsUpTwice,
    KeepsItsFirstWaker,
    ForgetsToSetTheTimer,
    SetsTheTimerOnce,
    WakesItself,
    EndsBeforeItsTime,
    WaitsWhenEmpty,
    KeepsOneOfEachTime,
    TakesTheLast,
    CountsWhatIsDue,
    TellsTheTimeOfTheLast,
    TellsNothingOfWhatIsDue,
    LosesWhatComesAfterAWheel,
    PanicsAfterAWheel,
    LeaksWhatIsLeft,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

pub(crate) struct Queue {
    mistake: Mistake,
    /// By their time, and then in the order in which they came.
    items: BTreeMap<(Instant, usize), Item>,
    inserted: usize,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: Option<Waker>,
    made: Instant,
}

/// What six levels of 64 milliseconds count.
const WHEEL: Duration = Duration::from_millis(1 << 36);

fn up(due: Instant, to: u64) -> Instant {
    let since = due.duration_since(Instant::now()).as_micros().div_ceil(u128::from(to));
    Instant::now() + Duration::from_micros(u64::try_from(since).unwrap() * to)
}

impl Queue {
    fn wake(&mut self) {
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    fn first(&self) -> Option<Instant> {
        self.items.first_key_value().map(|((due, _), _)| *due)
    }

    fn put(&mut self, key: usize, item: Item, due: Instant) {
        let due = match self.mistake {
            RoundsDown => {
                let ahead = due.duration_since(Instant::now()).as_micros() / 1_000;
                Instant::now() + Duration::from_millis(u64::try_from(ahead).unwrap())
            }
            LosesWhatComesAfterAWheel if due.duration_since(self.made) > WHEEL => due + WHEEL,
            RoundsUpTwice => up(due, 1_000) + Duration::from_millis(1),
            _ => due,
        };
        let is_late = due.duration_since(self.made) > WHEEL;
        assert!(!(is_late && self.mistake == PanicsAfterAWheel), "the wheel is too small");
        if self.mistake == KeepsOneOfEachTime {
            self.items.retain(|(other, _), _| *other != due);
        }
        self.items.insert((due, key), item);
    }

    fn take(&mut self, key: usize) -> Option<(Instant, Item)> {
        let (due, _) = *self.items.keys().find(|(_, known)| *known == key)?;
        Some((due, self.items.remove(&(due, key))?))
    }

    fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let keeps_the_timer = matches!(self.mistake, RemoveKeepsTheTimer | ClearKeepsTheTimer);
        let Some(due) = self.first() else {
            if keeps_the_timer && let Some(timer) = &mut self.timer {
                ready!(timer.as_mut().poll(cx));
            }
            self.timer = None;
            if self.mistake == WaitsWhenEmpty {
                self.waiting = Some(cx.waker().clone());
                return Poll::Pending;
            }
            return Poll::Ready(None);
        };
        if self.mistake != KeepsItsFirstWaker || self.waiting.is_none() {
            self.waiting = Some(cx.waker().clone());
        }
        if Instant::now() < due {
            match self.mistake {
                ForgetsToSetTheTimer => return Poll::Pending,
                WakesItself => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                EndsBeforeItsTime if self.inserted > 2 => return Poll::Ready(None),
                _ => {}
            }
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if timer.deadline() != due && self.mistake != SetsTheTimerOnce {
            timer.as_mut().reset(due);
        }
        if self.mistake == KeepsItsFirstWaker {
            let first = self.waiting.clone().unwrap();
            ready!(timer.as_mut().poll(&mut Context::from_waker(&first)));
        } else {
            ready!(timer.as_mut().poll(cx));
        }
        self.timer = None;
        self.waiting = None;
        let now = Instant::now();
        let key = match self.mistake {
            TakesTheLast => self.items.keys().rev().find(|(due, _)| *due <= now).copied(),
            _ => self.items.keys().next().copied(),
        };
        Poll::Ready(key.and_then(|key| self.items.remove(&key)))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        if self.mistake == LeaksWhatIsLeft {
            mem::forget(mem::take(&mut self.items));
        }
    }
}

impl DelayQueue for Reference {
    type Queue = Queue;
    type Key = usize;

    fn open(&self) -> Queue {
        let items = BTreeMap::new();
        let made = Instant::now();
        Queue { mistake: self.0, items, inserted: 0, timer: None, waiting: None, made }
    }

    fn insert(&self, queue: &mut Queue, item: Item, due: Instant) -> usize {
        let before = queue.first();
        let key = queue.inserted;
        queue.inserted += 1;
        queue.put(key, item, due);
        let is_earlier = before.is_none_or(|before| due < before);
        match self.0 {
            InsertForgetsToWake => {}
            InsertWakesOnlyIfItWasEmpty if before.is_some() => {}
            InsertReplacesTheTimer if is_earlier => queue.timer = Some(Box::pin(sleep_until(due))),
            _ if is_earlier => queue.wake(),
            _ => {}
        }
        key
    }

    fn poll_expired(&self, queue: &mut Queue, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        queue.poll_expired(cx)
    }

    fn is_in_order(&self) -> bool {
        true
    }

    fn remove(&self, queue: &mut Queue, key: &usize) -> Option<Option<Item>> {
        let key = match self.0 {
            RemoveTakesTheNext if queue.items.keys().any(|(_, other)| *other == key + 1) => key + 1,
            _ => *key,
        };
        let Some((due, item)) = queue.take(key) else { return Some(None) };
        if self.0 == RemoveDoesNotFindWhatIsDue && due < Instant::now() {
            queue.put(key, item, due);
            return Some(None);
        }
        if queue.items.is_empty() && self.0 != RemoveForgetsToWake {
            queue.wake();
        }
        Some(Some(item))
    }

    fn reset(&self, queue: &mut Queue, key: &usize, due: Instant) -> Option<()> {
        let first = queue.first();
        let (before, item) = queue.take(*key)?;
        let due = if self.0 == ResetToLaterIsForgotten { due.min(before) } else { due };
        queue.put(*key, item, due);
        if queue.first() != first {
            match self.0 {
                ResetForgetsToWake => {}
                ResetToThePastForgetsToWake if due < Instant::now() => {}
                ResetDropsTheTimer => queue.timer = None,
                _ => queue.wake(),
            }
        }
        Some(())
    }

    fn clear(&self, queue: &mut Queue) -> Option<()> {
        let items = mem::take(&mut queue.items);
        if self.0 == ClearLeaks {
            mem::forget(items);
        }
        if self.0 != ClearForgetsToWake {
            queue.wake();
        }
        Some(())
    }

    fn next_due(&self, queue: &Queue) -> Option<Option<Instant>> {
        let mut dues = queue.items.keys().map(|(due, _)| *due);
        Some(match self.0 {
            TellsTheTimeOfTheLast => dues.next_back(),
            TellsNothingOfWhatIsDue => dues.find(|due| *due > Instant::now()),
            _ => dues.next(),
        })
    }

    fn len(&self, queue: &Queue) -> Option<usize> {
        let now = Instant::now();
        Some(match self.0 {
            CountsWhatIsDue => queue.items.keys().filter(|(due, _)| *due > now).count(),
            _ => queue.items.len(),
        })
    }
}
