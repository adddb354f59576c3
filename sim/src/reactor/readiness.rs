//! What a source is ready for, and who waits for it.
//!
//! The device says what is so (the level). A change is an edge, kept until somebody who
//! sees by edge has cleared it. For each direction there is one waker, that of the last
//! poll, and a list of those who wait in [`ReadyFuture`](super::ReadyFuture)s, as in
//! tokio's `ScheduledIo`.

use super::interest::{Interest, Ready};
use super::selector::Entry;
use super::source::Trigger;
use crate::choice::Kind;
use crate::private::Private;
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

/// How often in a row it is said that a source is ready while it is not.
pub(super) const MOST_SPURIOUS: u8 = 2;

/// The way in which bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Read,
    Write,
}

impl Direction {
    fn interest(self) -> Interest {
        match self {
            Direction::Read => Interest::READABLE,
            Direction::Write => Interest::WRITABLE,
        }
    }
}

/// Names one who waits in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

/// The readiness of one source.
///
/// Thousands of sources may lie in no cache, so it is small.
#[derive(Debug)]
pub(crate) struct Readiness {
    /// Its number in the run.
    number: u32,
    level: Cell<Ready>,
    edges: Cell<Ready>,
    trigger: Cell<Trigger>,
    spurious: Cell<u8>,
    /// How often it became ready, again and again from 0.
    events: Cell<u32>,
    reader: Private<Option<Waker>>,
    writer: Private<Option<Waker>>,
    crowd: Private<Option<Box<Crowd>>>,
}

/// Those who see a source beside its reader and its writer; most sources have none.
#[derive(Debug, Default)]
struct Crowd {
    /// In the order in which they came.
    waiting: Vec<(Ticket, Interest, Waker)>,
    tickets: u64,
    /// Selectors that see it, too.
    observers: Vec<Weak<Entry>>,
}

impl Readiness {
    pub(crate) fn new(core: &Core, name: &str) -> Readiness {
        Readiness {
            number: core.name_source(name),
            level: Cell::default(),
            edges: Cell::default(),
            trigger: Cell::new(Trigger::Level),
            spurious: Cell::new(0),
            events: Cell::new(0),
            reader: Private::default(),
            writer: Private::default(),
            crowd: Private::default(),
        }
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// What the source is ready for.
    pub(crate) fn level(&self) -> Ready {
        self.level.get()
    }

    /// From now on it is seen by `trigger`; what it is ready for already is an edge.
    pub(crate) fn see_by(&self, trigger: Trigger) {
        self.trigger.set(trigger);
        self.edges.set(self.level.get());
    }

    /// The source is ready for this from its beginning.
    pub(crate) fn begin(&self, ready: Ready) {
        self.level.set(ready);
        self.edges.set(ready);
    }

    /// The source is ready for more: whoever waits for it is woken.
    pub(crate) fn add(&self, core: &Core, ready: Ready) {
        let level = self.level.get() | ready;
        self.level.set(level);
        self.edges.set(self.edges.get() | ready);
        self.events.set(self.events.get().wrapping_add(1));
        core.record(|| What::BecameReady { source: self.number, ready: level });
        self.wake(core, ready);
        self.each_observer(|entry| core.call_out(|| entry.became(ready)));
    }

    /// The source is not ready for this any more.
    pub(crate) fn remove(&self, ready: Ready) {
        self.level.set(self.level.get() - ready);
    }

    /// Somebody has seen these edges, and found nothing more to do.
    pub(crate) fn clear(&self, ready: Ready) {
        self.edges.set(self.edges.get() - (ready - Ready::CLOSED));
    }

    /// What is seen of it.
    fn seen(&self) -> Ready {
        match self.trigger.get() {
            Trigger::Level | Trigger::OneShot => self.level.get(),
            Trigger::Edge => self.edges.get(),
        }
    }

    /// A number that differs after an event.
    pub(crate) fn events(&self) -> u32 {
        self.events.get()
    }

    /// Whether it is ready for what is wanted. To be asked again after a waker was kept:
    /// to clone or to drop one may run anything.
    pub(crate) fn seen_for(&self, interest: Interest) -> Option<Ready> {
        let ready = self.seen() & interest.mask();
        (!ready.is_empty()).then_some(ready)
    }

    /// Whether it is ready for what is wanted; it may be said to be though it is not.
    pub(crate) fn ask(&self, core: &Core, interest: Interest) -> Option<Ready> {
        if let Some(ready) = self.seen_for(interest) {
            self.spurious.set(0);
            return Some(ready);
        }
        let times = self.spurious.get();
        if times < MOST_SPURIOUS && core.strikes(Kind::SpuriousReadiness) {
            self.spurious.set(times + 1);
            let ready = interest.mask() - Ready::CLOSED;
            core.record(|| What::SaidReady { source: self.number, ready });
            return Some(ready);
        }
        None
    }

    /// The same, and the waker is kept if it is not; it replaces the one of an earlier
    /// poll in that direction.
    pub(crate) fn poll(
        &self,
        core: &Core,
        direction: Direction,
        cx: &mut Context<'_>,
    ) -> Poll<Ready> {
        if let Some(ready) = self.ask(core, direction.interest()) {
            return Poll::Ready(ready);
        }
        self.keep(direction, cx);
        self.seen_for(direction.interest()).map_or(Poll::Pending, Poll::Ready)
    }

    /// The same for those who try an operation by themselves whenever they are told:
    /// what is so is what they are told, since nobody sees anything else.
    pub(crate) fn poll_level(&self, direction: Direction, cx: &mut Context<'_>) -> Poll<Ready> {
        let mask = direction.interest().mask();
        if !self.level.get().intersects(mask) {
            self.keep(direction, cx);
        }
        let ready = self.level.get() & mask;
        if ready.is_empty() { Poll::Pending } else { Poll::Ready(ready) }
    }

    /// Keeps the waker in place of that of an earlier poll.
    pub(crate) fn keep(&self, direction: Direction, cx: &mut Context<'_>) {
        let place = match direction {
            Direction::Read => &self.reader,
            Direction::Write => &self.writer,
        };
        // Wakers are cloned and dropped while nobody is in the cell: that may be the
        // user's code.
        let kept = place.with(Option::take);
        let waker = match kept {
            Some(kept) if kept.will_wake(cx.waker()) => kept,
            _ => cx.waker().clone(),
        };
        drop(place.with(|place| place.replace(waker)));
    }

    /// Waits in the list, or goes on waiting there with the waker of the latest poll.
    pub(crate) fn wait(&self, ticket: Option<Ticket>, interest: Interest, waker: Waker) -> Ticket {
        let (ticket, old) = self.crowd.with(|crowd| {
            let crowd = crowd.get_or_insert_default();
            let is_its = |(other, ..): &&mut (Ticket, _, _)| Some(*other) == ticket;
            if let Some((ticket, _, kept)) = crowd.waiting.iter_mut().find(is_its) {
                return (*ticket, Some(std::mem::replace(kept, waker)));
            }
            let ticket = Ticket(crowd.tickets);
            crowd.tickets += 1;
            crowd.waiting.push((ticket, interest, waker));
            (ticket, None)
        });
        drop(old);
        ticket
    }

    /// Waits no more.
    pub(crate) fn leave(&self, ticket: Ticket) {
        drop(self.take_waiting(|other, _| other == ticket));
    }

    /// Takes the first who waits and for whom `is_it` holds.
    fn take_waiting(&self, is_it: impl Fn(Ticket, Interest) -> bool) -> Option<Waker> {
        self.crowd.with(|crowd| {
            let waiting = &mut crowd.as_mut()?.waiting;
            let at = waiting.iter().position(|(ticket, interest, _)| is_it(*ticket, *interest))?;
            Some(waiting.remove(at).2)
        })
    }

    /// Drops the wakers of those who wait.
    pub(crate) fn forget_wakers(&self) {
        drop(self.reader.with(Option::take));
        drop(self.writer.with(Option::take));
        let waiting =
            self.crowd.with(|crowd| crowd.as_mut().map(|crowd| std::mem::take(&mut crowd.waiting)));
        drop(waiting);
    }

    /// A selector sees it from now on.
    pub(super) fn observe(&self, entry: Weak<Entry>) {
        self.crowd.with(|crowd| {
            let observers = &mut crowd.get_or_insert_default().observers;
            observers.retain(|other| other.strong_count() > 0);
            observers.push(entry);
        });
    }

    /// A selector sees it no more.
    pub(super) fn forget(&self, entry: &Entry) {
        self.crowd.with(|crowd| {
            if let Some(crowd) = crowd {
                crowd.observers.retain(|other| !std::ptr::eq(other.as_ptr(), entry));
            }
        });
    }

    /// The entry in a selector for which `is_it` holds.
    pub(super) fn find_entry(&self, is_it: impl Fn(&Entry) -> bool) -> Option<Rc<Entry>> {
        (0..).map_while(|at| self.observer(at)).flatten().find(|entry| is_it(entry))
    }

    /// The device is gone: selectors tell so, and then forget it.
    pub(super) fn end_in_selectors(&self) {
        self.each_observer(Entry::ends);
    }

    /// The program has closed it: selectors forget it.
    pub(crate) fn leave_selectors(&self) {
        self.each_observer(Entry::close);
    }

    fn each_observer(&self, f: impl Fn(&Entry)) {
        // One after the other: what is called may change the list.
        (0..).map_while(|at| self.observer(at)).flatten().for_each(|entry| f(&entry));
    }

    /// The observer at this place; none if its selector is gone, or there is no such place.
    fn observer(&self, at: usize) -> Option<Option<Rc<Entry>>> {
        self.crowd.with(|crowd| crowd.as_ref()?.observers.get(at).map(Weak::upgrade))
    }

    fn wake(&self, core: &Core, ready: Ready) {
        let wake = |waker: Option<Waker>| {
            if let Some(waker) = waker {
                core.call_out(|| waker.wake());
            }
        };
        let is_for = |interest: Interest| ready.intersects(interest.mask() | Ready::ERROR);
        if is_for(Interest::READABLE) {
            wake(self.reader.with(Option::take));
        }
        if is_for(Interest::WRITABLE) {
            wake(self.writer.with(Option::take));
        }
        while let Some(waker) = self.take_waiting(|_, interest| is_for(interest)) {
            wake(Some(waker));
        }
    }
}

impl Core {
    /// The number of a new event source, which reports call `name`.
    pub(crate) fn name_source(&self, name: &str) -> u32 {
        let number = self.sources.get();
        self.sources.set(number + 1);
        if self.recording.get() {
            self.with_recorder(|recorder| recorder.name_source(name));
        }
        number
    }

    /// Whether a fault strikes, of those that either do or do not.
    pub(crate) fn strikes(&self, kind: Kind) -> bool {
        self.strength(kind, 2) == 1
    }

    /// How a fault strikes; 0: not at all.
    pub(crate) fn strength(&self, kind: Kind, options: u32) -> u32 {
        if self.faults.get().has(kind) { self.choose(kind, options) } else { 0 }
    }
}
