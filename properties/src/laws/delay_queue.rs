//! The laws of queues whose items come when their time has come.

mod acting;
mod model;
mod plan;
mod run;

use super::{Item, Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Kind;
use reveille_sim::time::Instant;
use std::task::{Context, Poll};
use std::time::Duration;

/// A delay queue for the suite [`delay_queue`]: how to make one, and what can be done with it.
///
/// What a queue does not have is left as it is, and is not tested; what the runs came by
/// is told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, DelayQueue, Item};
/// use reveille::time::{Instant, Sleep, sleep_until};
/// use std::collections::BTreeMap;
/// use std::pin::Pin;
/// use std::task::{Context, Poll, Waker, ready};
///
/// #[derive(Default)]
/// struct Queue {
///     items: BTreeMap<(Instant, usize), Item>,
///     inserted: usize,
///     sleep: Option<Pin<Box<Sleep>>>,
///     waiting: Option<Waker>,
/// }
///
/// impl Queue {
///     fn insert(&mut self, item: Item, due: Instant) -> (Instant, usize) {
///         let key = (due, self.inserted);
///         self.inserted += 1;
///         self.items.insert(key, item);
///         self.sleep = None;
///         self.waiting.take().into_iter().for_each(Waker::wake);
///         key
///     }
///
///     fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
///         let Some((&key, _)) = self.items.first_key_value() else { return Poll::Ready(None) };
///         self.waiting = Some(cx.waker().clone());
///         let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(key.0)));
///         ready!(sleep.as_mut().poll(cx));
///         self.sleep = None;
///         Poll::Ready(self.items.remove(&key))
///     }
/// }
///
/// #[derive(Clone)]
/// struct Mine;
///
/// impl DelayQueue for Mine {
///     type Queue = Queue;
///     type Key = (Instant, usize);
///
///     fn open(&self) -> Queue {
///         Queue::default()
///     }
///
///     fn insert(&self, queue: &mut Queue, item: Item, due: Instant) -> (Instant, usize) {
///         queue.insert(item, due)
///     }
///
///     fn poll_expired(&self, queue: &mut Queue, cx: &mut Context<'_>) -> Poll<Option<Item>> {
///         queue.poll_expired(cx)
///     }
/// }
///
/// laws::delay_queue(Mine).runs(100).check();
/// ```
pub trait DelayQueue: Clone + 'static {
    /// What holds the items.
    type Queue: 'static;
    /// What names an item while it is in the queue.
    type Key: 'static;

    /// Makes a queue without items.
    fn open(&self) -> Self::Queue;

    /// Puts an item in that comes at `due`, which may have passed.
    fn insert(&self, queue: &mut Self::Queue, item: Item, due: Instant) -> Self::Key;

    /// Takes out an item whose time has come, or none if there are no items.
    ///
    /// The suite has one task wait while others change the queue, so the queue must wake it
    /// by what they do.
    fn poll_expired(&self, queue: &mut Self::Queue, cx: &mut Context<'_>) -> Poll<Option<Item>>;

    /// How much later than its time an item may come. By default no later: time is virtual.
    fn granularity(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether [`poll_expired`](Self::poll_expired) gives none when there are no items. By
    /// default it does; otherwise it waits for the next.
    fn ends_when_empty(&self) -> bool {
        true
    }

    /// Whether who waits comes to know at once that the last item went, because somebody took
    /// it out. By default it does; otherwise it may learn of that when it polls anew.
    fn wakes_at_the_end(&self) -> bool {
        true
    }

    /// Whether the item whose time is the earliest comes first. By default it is not demanded
    /// among those whose time has come.
    fn is_in_order(&self) -> bool {
        false
    }

    /// Whether it may be in use for years. By default some queues are, before the tasks begin.
    fn may_grow_old(&self) -> bool {
        true
    }

    /// Takes out an item that has not come yet. Some if it can be done: the item, or none if
    /// the queue does not know the key.
    fn remove(&self, queue: &mut Self::Queue, key: &Self::Key) -> Option<Option<Item>> {
        let _ = (queue, key);
        None
    }

    /// Has an item that has not come yet come at `due`, which may be earlier or later than
    /// before, or have passed. Some if it can be done.
    fn reset(&self, queue: &mut Self::Queue, key: &Self::Key, due: Instant) -> Option<()> {
        let _ = (queue, key, due);
        None
    }

    /// Drops all items. Some if it can be done.
    fn clear(&self, queue: &mut Self::Queue) -> Option<()> {
        let _ = queue;
        None
    }

    /// When the item comes that is the first to come, by the time that it was given; none if there
    /// are no items. Some if it can be told.
    fn next_due(&self, queue: &Self::Queue) -> Option<Option<Instant>> {
        let _ = queue;
        None
    }

    /// How many items there are.
    fn len(&self, queue: &Self::Queue) -> Option<usize> {
        let _ = queue;
        None
    }
}

/// The laws of a delay queue: every item comes at its time, once, none early, none after it was
/// taken out; who waits is woken when an earlier item is put in, when one is reset and when the
/// last one goes; and every item is dropped once.
///
/// Time is virtual and exact: the faults `late-timer` and `delayed-wake` are left out. A queue
/// on tokio's clock takes a checker with `Checker::tokio`.
///
/// See [`DelayQueue`] for what to tell of a queue, with an example.
pub fn delay_queue<D: DelayQueue>(queue: D) -> Suite<impl Laws> {
    Suite::new(DelayQueueLaws(queue))
}

struct DelayQueueLaws<D>(D);

impl<D> sealed::Sealed for DelayQueueLaws<D> {}

impl<D: DelayQueue> Laws for DelayQueueLaws<D> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let arguments = argument("age", plan::age(self.0.may_grow_old()))
            .and("hands", plan::hands(steps))
            .and("consumer", plan::consumer(sizes.operations));
        let checker = checker.clone().without(Kind::LateTimer).without(Kind::DelayedWake);
        checker.try_check_with(arguments, |(age, hands, consumer)| {
            run::run(self.0.clone(), age, hands, consumer)
        })
    }
}
