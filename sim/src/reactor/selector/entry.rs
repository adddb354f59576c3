//! One source in one selector.

use super::batch::Queue;
use super::notifier::WakerPlace;
use super::{Event, Observed, Token};
use crate::reactor::interest::{Interest, Ready};
use crate::reactor::readiness::MOST_SPURIOUS;
use crate::reactor::source::Trigger;
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Entry {
    source: Rc<dyn Observed>,
    /// Its place among all of its selector.
    pub(super) index: Cell<usize>,
    token: Cell<Token>,
    interest: Cell<Interest>,
    trigger: Cell<Trigger>,
    state: Cell<State>,
    /// What has become ready and was not told.
    edges: Cell<Ready>,
    /// Whether it stands in the queue.
    pub(super) queued: Cell<bool>,
    spurious: Cell<u8>,
    myself: Weak<Entry>,
    queue: Weak<Queue>,
    pub(super) place: Arc<WakerPlace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Armed,
    /// Seen by one shot, and told.
    Told,
    /// Its source is gone; told of once more.
    Last,
    Gone,
}

impl Entry {
    pub(super) fn new(
        source: Rc<dyn Observed>,
        queue: Weak<Queue>,
        place: Arc<WakerPlace>,
    ) -> Rc<Entry> {
        Rc::new_cyclic(|myself| Entry {
            source,
            index: Cell::new(0),
            token: Cell::new(Token(0)),
            interest: Cell::new(Interest::all()),
            trigger: Cell::default(),
            state: Cell::new(State::Told),
            edges: Cell::default(),
            queued: Cell::new(false),
            spurious: Cell::new(0),
            myself: myself.clone(),
            queue,
            place,
        })
    }

    pub(super) fn source(&self) -> &Rc<dyn Observed> {
        &self.source
    }

    /// From now on it is told of so; what the source is ready for already is an edge.
    pub(super) fn arm(&self, token: Token, interest: Interest, trigger: Trigger) {
        self.token.set(token);
        self.interest.set(interest);
        self.trigger.set(trigger);
        self.state.set(State::Armed);
        let level = self.source.readiness().level();
        self.edges.set(level);
        self.became(level);
    }

    /// The source has become ready.
    pub(crate) fn became(&self, ready: Ready) {
        self.edges.set(self.edges.get() | ready);
        let is_new = !self.queued.get() && self.due().is_some();
        if let Some(queue) = self.queue.upgrade().filter(|_| is_new)
            && let Some(entry) = self.myself.upgrade()
        {
            queue.push(entry);
            self.place.wake();
        }
    }

    /// The source is gone, and is forgotten when that was told.
    pub(crate) fn ends(&self) {
        match self.state.get() {
            State::Armed => self.state.set(State::Last),
            _ => self.close(),
        }
    }

    /// It is told of no more.
    pub(super) fn leave(&self) {
        self.state.set(State::Gone);
        self.source.readiness().forget(self);
    }

    /// The program has closed the source: it is not told of, and is taken out by and by.
    pub(crate) fn close(&self) {
        self.state.set(State::Gone);
        if let Some(queue) = self.queue.upgrade().filter(|_| !self.queued.get())
            && let Some(entry) = self.myself.upgrade()
        {
            queue.push(entry);
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.state.get() == State::Gone
    }

    fn is_armed(&self) -> bool {
        matches!(self.state.get(), State::Armed | State::Last)
    }

    fn wanted(&self) -> Ready {
        let always = Ready::ERROR;
        let hung_up = self.source.readiness().level().contains(Ready::CLOSED);
        let always = if hung_up { always | Ready::CLOSED } else { always };
        self.interest.get().mask() | always
    }

    /// What is to be told of it now: all that it is ready for and was asked for.
    pub(super) fn due(&self) -> Option<Event> {
        let (wanted, level) = (self.wanted(), self.source.readiness().level());
        let seen = match self.trigger.get() {
            Trigger::Edge => !(self.edges.get() & wanted).is_empty(),
            Trigger::Level | Trigger::OneShot => true,
        };
        let ready = level & wanted;
        (self.is_armed() && seen && !ready.is_empty()).then(|| self.event(ready))
    }

    fn event(&self, ready: Ready) -> Event {
        Event { token: self.token.get(), ready }
    }

    /// An event of a source that is not ready, if there were not too many in a row.
    pub(super) fn spurious(&self, core: &Core) -> Option<Event> {
        let times = self.spurious.get();
        if self.queued.get() || !self.is_armed() || times >= MOST_SPURIOUS || self.due().is_some() {
            return None;
        }
        self.spurious.set(times + 1);
        let ready = self.interest.get().mask() - Ready::CLOSED;
        core.record(|| What::SaidReady { source: self.source.readiness().number(), ready });
        Some(self.event(ready))
    }

    /// It was told of; answers whether it goes on being due.
    pub(super) fn told(&self, is_spurious: bool) -> bool {
        if !is_spurious {
            self.spurious.set(0);
            self.edges.set(Ready::empty());
        }
        match (self.state.get(), self.trigger.get()) {
            (State::Armed, Trigger::OneShot) => self.state.set(State::Told),
            (State::Last, _) => self.state.set(State::Gone),
            _ => {}
        }
        self.trigger.get() == Trigger::Level && self.due().is_some()
    }
}
