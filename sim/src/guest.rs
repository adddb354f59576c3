//! Another executor as a guest in the world: its tasks get turns, its clock is ours.
//!
//! Code that reaches for its own runtime (`tokio::spawn`, `tokio::time::sleep`) finds it
//! here. The guest stands behind one daemon of ours: a turn of that daemon is a turn of
//! one of the guest's tasks, so our sampler decides when the guest goes on. Which of its
//! tasks goes next is the guest's own choice. When nothing is runnable, the daemon gets a
//! turn in which time may pass, up to our next deadline; if the guest has nothing to do
//! before, our clock moves on, and the guest's follows.

#[cfg(feature = "tokio")]
pub(crate) mod tokio;

use crate::spawn::spawn_stepper;
use crate::trace::What;
use crate::world::{self, Core};
use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// What a guest's clock may tell apart, in nanoseconds.
const MOMENT: u64 = 1_000_000;

/// An executor that lives in the world of a run.
pub(crate) trait Guest {
    /// What reports call it.
    fn name(&self) -> &'static str;

    /// Whether one of its tasks was woken from outside of it.
    fn has_work(&self) -> bool;

    /// Gives one of its tasks a turn; answers whether another one may be due.
    fn turn(&self) -> bool;

    /// Passes time until one of its tasks had a turn or `is_woken`, but not beyond `until`;
    /// answers the new time. None if nothing is to happen before. `show` is called with the
    /// time that it is before a task has a turn.
    fn pass_time(
        &self,
        now: u64,
        until: Option<u64>,
        is_woken: &dyn Fn() -> bool,
        show: &dyn Fn(u64),
    ) -> Option<u64>;

    /// What its clock shows, in our time.
    fn now(&self) -> u64;

    /// Its clock shows `now`, because ours does. Panics if the program has it go on by
    /// itself.
    fn follow(&self, now: u64);
}

/// The guest of a run, and what wakes the daemon before it.
#[derive(Clone)]
pub(crate) struct Lodging {
    guest: Rc<dyn Guest>,
    daemon: Rc<Daemon>,
}

/// The daemon that the guest stands behind; it is spawned when there is work.
#[derive(Default)]
struct Daemon {
    spawned: Cell<bool>,
    waker: Cell<Option<Waker>>,
    /// Whether time may pass in its next turn.
    may_pass_time: Cell<bool>,
    /// The step in which it found that nothing is to happen before our next deadline.
    idle_in: Cell<u64>,
}

impl fmt::Debug for Lodging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lodging").field(&self.guest.name()).finish()
    }
}

impl Lodging {
    /// A turn of the daemon; answers whether there may be more to do.
    fn turn(&self) -> bool {
        let may_pass_time = self.daemon.may_pass_time.take();
        let Some(core) = world::current().filter(|_| may_pass_time) else {
            return self.guest.turn();
        };
        let timer = core.clock.with(|clock| clock.next_deadline());
        // A deadline is judged when time passes it, before anything happens later.
        let judged = core.next_property_deadline().map(|at| at.saturating_add(MOMENT));
        let until = timer.into_iter().chain(judged).min();
        let is_woken =
            || core.ready.with(|ready| ready.len() > 0) || core.late.with(|late| !late.is_empty());
        let before = core.now.get();
        let show = |now| {
            core.pass_deadlines(now);
            core.now.set(now);
        };
        let passed = core.without_reentry(|| self.guest.pass_time(before, until, &is_woken, &show));
        let Some(now) = passed else {
            // Time was passed on trial, and nobody has seen it.
            core.now.set(before);
            self.daemon.idle_in.set(core.steps.get());
            return false;
        };
        if now > before {
            show(now);
            core.progress.set(core.steps.get());
            core.record(|| What::ClockMoved { to: now });
        }
        true
    }
}

impl Core {
    /// Takes `guest` in for this run.
    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "there is no guest then"))]
    pub(crate) fn lodge(&self, guest: Rc<dyn Guest>) {
        let lodging = Lodging { guest, daemon: Rc::default() };
        self.lodging.with(|place| *place = Some(lodging));
        self.alarm.set(true);
    }

    /// Takes a tokio runtime in for this run.
    ///
    /// # Panics
    ///
    /// If the machine does not give what a runtime needs, as tokio's own macros do.
    #[cfg(feature = "tokio")]
    pub(crate) fn lodge_tokio(&self) -> ::tokio::runtime::Handle {
        let tokio = tokio::Tokio::new(self.now.get()).expect("a tokio runtime can be built");
        let handle = tokio.handle();
        self.lodge(Rc::new(tokio));
        handle
    }

    /// Has the guest leave, with all that it holds.
    pub(crate) fn see_off(&self) {
        if let Some(lodging) = self.lodging.with(Option::take) {
            drop(lodging.daemon.waker.take());
            self.call_out(|| drop(lodging));
        }
    }

    /// Looks, after a step, whether the guest has something to do.
    pub(crate) fn look_at_guest(&self) {
        let Some(lodging) = self.lodging.with(|place| place.clone()) else { return };
        // After the next step, too.
        self.alarm.set(true);
        if lodging.guest.has_work() {
            self.wake_guest(&lodging);
        }
    }

    fn wake_guest(&self, lodging: &Lodging) {
        if let Some(waker) = lodging.daemon.waker.take() {
            waker.wake_by_ref();
            lodging.daemon.waker.set(Some(waker));
        }
        if !lodging.daemon.spawned.replace(true) {
            let own = lodging.clone();
            let steps = poll_fn(move |cx| {
                if own.turn() {
                    cx.waker().wake_by_ref();
                }
                drop(own.daemon.waker.replace(Some(cx.waker().clone())));
                Poll::<()>::Pending
            });
            spawn_stepper(self, lodging.guest.name(), steps);
        }
    }

    /// Has the guest do what it was woken for, or else pass time, unless it has just found
    /// nothing to do; answers whether.
    pub(crate) fn ask_guest(&self) -> bool {
        let Some(lodging) = self.lodging.with(|place| place.clone()) else { return false };
        if !lodging.guest.has_work() {
            if lodging.daemon.idle_in.get() == self.steps.get() {
                return false;
            }
            lodging.daemon.may_pass_time.set(true);
        }
        self.wake_guest(&lodging);
        true
    }

    /// A deadline of ours was the next thing to happen, and is over: the guest may have
    /// something to do before the next one.
    pub(crate) fn ask_guest_again(&self) {
        if let Some(lodging) = self.lodging.with(|place| place.clone()) {
            lodging.daemon.idle_in.set(u64::MAX);
        }
    }

    /// Our clock has moved on: the guest's follows.
    pub(crate) fn take_guest_along(&self) {
        if let Some(lodging) = self.lodging.with(|place| place.clone()) {
            self.call_out(|| lodging.guest.follow(self.now.get()));
        }
    }

    /// Our clock was moved on by hand: the guest's follows, and who sleeps by it is due.
    pub(crate) fn hurry_guest(&self) {
        self.take_guest_along();
        if let Some(lodging) = self.lodging.with(|place| place.clone()) {
            self.wake_guest(&lodging);
        }
    }

    /// If the guest's clock was moved on by hand, ours is to go as far.
    pub(crate) fn follow_guest(&self) {
        let Some(lodging) = self.lodging.with(|place| place.clone()) else { return };
        let now = lodging.guest.now();
        if now > self.now.get() {
            self.call_out(|| lodging.guest.follow(now));
            self.advance_to.set(now.max(self.advance_to.get()));
        }
    }
}
