//! The sources of a selector, and the batches of events that it tells.

use super::entry::Entry;
use super::notifier::{Notifier, WakerPlace};
use super::{Event, Observed, Token};
use crate::choice::Kind;
use crate::private::Private;
use crate::reactor::interest::{Interest, Ready};
use crate::reactor::source::Trigger;
use crate::sync::{AtomicBool, Ordering};
use crate::world::Core;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Events in a batch at most: the room that a reactor gives to `epoll_wait`, in mio.
const MOST_EVENTS: usize = 1024;

/// Entries that have become ready, in that order.
#[derive(Debug, Default)]
pub(super) struct Queue(Private<Vec<Rc<Entry>>>);

impl Queue {
    pub(super) fn push(&self, entry: Rc<Entry>) {
        entry.queued.set(true);
        self.0.with(|queue| queue.push(entry));
    }

    fn take(&self) -> Vec<Rc<Entry>> {
        let taken = self.0.with(std::mem::take);
        taken.iter().for_each(|entry| entry.queued.set(false));
        taken
    }
}

/// The sources of a selector.
#[derive(Debug)]
pub(super) struct Set {
    entries: Private<Vec<Rc<Entry>>>,
    queue: Rc<Queue>,
    notifiers: Private<Vec<Notifier>>,
    place: Arc<WakerPlace>,
    /// The step of the last batch.
    told_in: Cell<Option<u64>>,
}

/// One event of a batch, and whose it is.
struct Told {
    event: Event,
    entry: Option<Rc<Entry>>,
    is_spurious: bool,
}

impl Set {
    pub(super) fn new() -> Set {
        Set {
            entries: Private::default(),
            queue: Rc::default(),
            notifiers: Private::default(),
            place: Arc::new(WakerPlace::new()),
            told_in: Cell::new(None),
        }
    }

    /// The entry of a source, if it is in here.
    pub(super) fn find(&self, source: &Rc<dyn Observed>) -> Option<Rc<Entry>> {
        source.readiness().find_entry(|entry| Arc::ptr_eq(&entry.place, &self.place))
    }

    pub(super) fn add(
        &self,
        source: Rc<dyn Observed>,
        token: Token,
        interest: Interest,
        trigger: Trigger,
    ) {
        let entry = Entry::new(source, Rc::downgrade(&self.queue), self.place.clone());
        entry.source().readiness().observe(Rc::downgrade(&entry));
        let kept = entry.clone();
        self.entries.with(|entries| {
            kept.index.set(entries.len());
            entries.push(kept);
        });
        entry.arm(token, interest, trigger);
    }

    pub(super) fn remove(&self, entry: &Rc<Entry>) {
        entry.leave();
        let index = entry.index.get();
        let removed = self.entries.with(|entries| {
            let is_it = entries.get(index).is_some_and(|other| Rc::ptr_eq(other, entry));
            let removed = is_it.then(|| entries.swap_remove(index));
            if let Some(moved) = entries.get(index).filter(|_| is_it) {
                moved.index.set(index);
            }
            removed
        });
        drop(removed);
    }

    pub(super) fn notifier(&self, token: Token) -> Notifier {
        let notified = Arc::new(AtomicBool::new(false));
        let notifier = Notifier { token, notified, place: self.place.clone() };
        let kept = notifier.clone();
        self.notifiers.with(|notifiers| notifiers.push(kept));
        notifier
    }

    pub(super) fn poll(
        &self,
        core: &Core,
        cx: &mut Context<'_>,
        events: &mut Vec<Event>,
    ) -> Poll<()> {
        // Without a turn for others, one who is told by level would be told for ever.
        if self.told_in.get() == Some(core.steps.get()) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut batch = self.due();
        batch.extend(self.spurious(core));
        if batch.is_empty() {
            self.place.keep(cx.waker());
            // A waker that is cloned may run anything.
            batch = self.due();
            if batch.is_empty() {
                return Poll::Pending;
            }
        }
        self.told_in.set(Some(core.steps.get()));
        self.tell(core, batch, events);
        Poll::Ready(())
    }

    /// All that could be told now.
    fn due(&self) -> Vec<Told> {
        let mut batch = Vec::new();
        for entry in self.queue.take() {
            match entry.due() {
                Some(event) => {
                    batch.push(Told { event, entry: Some(entry), is_spurious: false });
                }
                None if entry.is_gone() => self.remove(&entry),
                None => {}
            }
        }
        let called = self.notifiers.with(|notifiers| {
            // Ours is the last one if nobody can call it any more.
            notifiers.retain(|one| {
                Arc::strong_count(&one.notified) > 1 || one.notified.load(Ordering::Acquire)
            });
            let called = notifiers.iter().filter(|one| one.notified.swap(false, Ordering::AcqRel));
            called.map(|one| one.token).collect::<Vec<_>>()
        });
        batch.extend(called.into_iter().map(|token| {
            let event = Event { token, ready: Ready::READABLE };
            Told { event, entry: None, is_spurious: false }
        }));
        batch
    }

    /// An event of a source that is not ready, if the sampler wants one.
    fn spurious(&self, core: &Core) -> Option<Told> {
        let count = self.entries.with(|entries| entries.len());
        if count == 0 {
            return None;
        }
        let which = core.strength(Kind::SpuriousReadiness, count as u32 + 1).checked_sub(1)?;
        let entry = self.entries.with(|entries| entries.get(which as usize).cloned())?;
        let event = entry.spurious(core)?;
        Some(Told { event, entry: Some(entry), is_spurious: true })
    }

    /// Tells some of what could be told, in some order.
    fn tell(&self, core: &Core, mut batch: Vec<Told>, events: &mut Vec<Event>) {
        let (all, most) = (batch.len(), batch.len().min(MOST_EVENTS));
        for place in 0..most.min(all.saturating_sub(1)) {
            let next = core.choose(Kind::Timer, (all - place) as u32) as usize;
            batch.swap(place, place + next);
        }
        let later = if most > 1 { core.strength(Kind::LateEvent, most as u32) as usize } else { 0 };
        for told in batch.split_off(most - later) {
            match told.entry {
                Some(entry) if !told.is_spurious => self.queue.push(entry),
                Some(_) => {}
                None => self.notify_again(told.event.token),
            }
        }
        for told in batch {
            events.push(told.event);
            let Some(entry) = told.entry else { continue };
            if entry.told(told.is_spurious) {
                self.queue.push(entry);
            } else if entry.is_gone() {
                self.remove(&entry);
            }
        }
    }

    fn notify_again(&self, token: Token) {
        self.notifiers.with(|notifiers| {
            let called = notifiers.iter().filter(|one| one.token == token);
            called.for_each(|one| one.notified.store(true, Ordering::Release));
        });
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        // A notifier that is kept keeps nobody's waker.
        self.place.clear();
    }
}
