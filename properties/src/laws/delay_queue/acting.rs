//! What a task does with the queue, step by step.

use super::DelayQueue;
use super::model::{Answer, Moment, Op, Queue};
use super::plan::{Change, Next};
use crate::breach::{Breach, broken};
use crate::laws::given::item::{Drops, Item};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, LET_GO, Part, offer};
use crate::laws::play::held::Held;
use reveille_sim::time::{Duration, Instant, sleep, sleep_until, timeout};
use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

/// What the tasks of a run share.
pub(super) struct Shared<D: DelayQueue> {
    pub(super) adapter: D,
    pub(super) drops: Drops,
    pub(super) began: Instant,
    pub(super) queue: Held<D::Queue>,
    /// The items in the queue.
    pub(super) keys: RefCell<Vec<(usize, D::Key)>>,
}

impl<D: DelayQueue> Shared<D> {
    fn moment(&self, at: Instant) -> Moment {
        at.duration_since(self.began)
    }

    fn now(&self) -> Moment {
        self.moment(Instant::now())
    }

    /// The key of the item at this place, counted on from the beginning as often as it takes.
    fn pick(&self, place: u8) -> Option<usize> {
        let count = self.keys.borrow().len();
        (count > 0).then(|| usize::from(place) % count)
    }

    fn forget(&self, item: usize) {
        self.keys.borrow_mut().retain(|(known, _)| *known != item);
    }
}

/// Has an item come after such a time, as if the queue had been in use for long.
pub(super) async fn grow_older<D: DelayQueue>(
    adapter: &D,
    queue: &Held<D::Queue>,
    item: Item,
    span: Duration,
) -> Result<(), Breach> {
    let due = Instant::now() + span;
    queue.with(|queue| adapter.insert(queue, item, due));
    let next = poll_fn(|cx| queue.poll(cx, |queue, cx| adapter.poll_expired(queue, cx)));
    let came = timeout(span + adapter.granularity(), next).await;
    let how = match came {
        Ok(Some(_)) if Instant::now() < due => "came before",
        Ok(Some(_)) => return Ok(()),
        Ok(None) => "never came: the queue ended",
        Err(_) => "did not come then",
    };
    broken(format!("delay_queue: the only item, which is due {span:?} after it was put in, {how}"))
}

/// A task that changes what is in the queue.
pub(super) struct Hand<D: DelayQueue> {
    pub(super) shared: Rc<Shared<D>>,
    pub(super) part: Part<Queue>,
}

impl<D: DelayQueue> Actor for Hand<D> {
    type Act = Change;

    async fn is_free(&self) {
        self.shared.queue.free().await;
    }

    async fn act(&mut self, change: Change) {
        match change {
            Change::Insert(delay) => self.insert(delay.due()),
            Change::Remove(place) => self.remove(place),
            Change::Reset(place, delay) => self.reset(place, delay.due()),
            Change::Clear => self.clear(),
            Change::RemoveAll => self.remove_all().await,
            Change::NextDue => self.next_due(),
            Change::Count => {
                let Shared { adapter, queue, .. } = &*self.shared;
                let op = Op::Count { at: self.shared.now() };
                let count = || Some((Answer::Counted(queue.with(|queue| adapter.len(queue))?), ()));
                let _ = self.part.offered(offer!("len"), op, count);
            }
        }
    }
}

impl<D: DelayQueue> Hand<D> {
    fn insert(&self, due: Instant) {
        let Shared { adapter, drops, queue, keys, .. } = &*self.shared;
        let item = drops.item();
        let number = item.number();
        let (at, moment) = (self.shared.now(), self.shared.moment(due));
        let op = Op::Insert { item: number, due: moment, at };
        let key = self
            .part
            .at_once(op, || (Answer::Done, queue.with(|queue| adapter.insert(queue, item, due))));
        keys.borrow_mut().push((number, key));
    }

    fn remove(&self, place: u8) {
        let Shared { adapter, queue, keys, .. } = &*self.shared;
        let Some(place) = self.shared.pick(place) else { return };
        let keys = keys.borrow();
        let (number, key) = &keys[place];
        let number = *number;
        let op = Op::Remove { item: number, at: self.shared.now() };
        let removed = self.part.offered(offer!("remove"), op, || {
            let item: Option<Item> = queue.with(|queue| adapter.remove(queue, key))?;
            let answer = match &item {
                Some(item) => Answer::Removed(item.number()),
                None => Answer::Unknown,
            };
            Some((answer, item))
        });
        drop(keys);
        if removed.is_some() {
            self.shared.forget(number);
        }
    }

    async fn remove_all(&self) {
        while self.shared.pick(0).is_some() {
            let before = self.shared.keys.borrow().len();
            self.is_free().await;
            self.remove(0);
            if self.shared.keys.borrow().len() == before {
                return;
            }
        }
    }

    fn reset(&self, place: u8, due: Instant) {
        let Shared { adapter, queue, keys, .. } = &*self.shared;
        let Some(place) = self.shared.pick(place) else { return };
        let keys = keys.borrow();
        let (item, key) = &keys[place];
        let (at, moment) = (self.shared.now(), self.shared.moment(due));
        let op = Op::Reset { item: *item, due: moment, at };
        let reset = || Some((Answer::Done, queue.with(|queue| adapter.reset(queue, key, due))?));
        let _ = self.part.offered(offer!("reset"), op, reset);
    }

    fn next_due(&self) {
        let Shared { adapter, queue, .. } = &*self.shared;
        let op = Op::NextDue { at: self.shared.now() };
        let _ = self.part.offered(offer!("next_due"), op, || {
            let due = queue.with(|queue| adapter.next_due(queue))?;
            Some((Answer::Due(due.map(|due| self.shared.moment(due))), ()))
        });
    }

    fn clear(&self) {
        let Shared { adapter, queue, keys, .. } = &*self.shared;
        let op = Op::Clear { at: self.shared.now() };
        let clear = || Some((Answer::Done, queue.with(|queue| adapter.clear(queue))?));
        if self.part.offered(offer!("clear"), op, clear).is_some() {
            keys.borrow_mut().clear();
        }
    }
}

/// The task that waits for items.
pub(super) struct Consumer<D: DelayQueue> {
    pub(super) shared: Rc<Shared<D>>,
    pub(super) part: Part<Queue>,
}

impl<D: DelayQueue> Actor for Consumer<D> {
    type Act = Next;

    async fn act(&mut self, Next(patience, rest): Next) {
        let shared = &*self.shared;
        let op = Op::Next { at: shared.now() };
        let answer = |came: &Came| match came {
            Came::Item(item) => Answer::Came { item: item.number(), at: shared.now() },
            Came::End => Answer::Ended { at: shared.now() },
            Came::GaveUp => Answer::GaveUp,
        };
        let next = || next(shared);
        let came = self.part.wait(op, Effect::None, patience, next, answer).await;
        drop(came);
        if rest > 0 {
            sleep(Duration::from_millis(u64::from(rest))).await;
        }
    }
}

enum Came {
    Item(Item),
    End,
    /// Nothing more is to come, and the queue has no end.
    GaveUp,
}

async fn next<D: DelayQueue>(shared: &Shared<D>) -> Came {
    let Shared { adapter, queue, began, .. } = shared;
    let mut over = pin!(sleep_until(*began + LET_GO));
    let must_end = adapter.ends_when_empty() && adapter.wakes_at_the_end();
    poll_fn(|cx| {
        let polled = queue.poll(cx, |queue, cx| adapter.poll_expired(queue, cx));
        match polled {
            Poll::Ready(Some(item)) => {
                shared.forget(item.number());
                Poll::Ready(Came::Item(item))
            }
            Poll::Ready(None) => Poll::Ready(Came::End),
            Poll::Pending if must_end => Poll::Pending,
            Poll::Pending => over.as_mut().poll(cx).map(|()| Came::GaveUp),
        }
    })
    .await
}
