//! Properties of a run, looked at after every step.
//!
//! A property is a closure over state that the test shares with it. It is asked
//! between steps, when no poll is going on, so it meets no borrow that a task holds
//! within a poll. It is an observer: it sets no timer and makes no choice, so a run
//! with it has the tape that it has without, but for a task that awaits it.
//!
//! ```text
//! always       after every step                 false: broken there
//! eventually   after every step until it holds  the clock is about to pass the deadline,
//!                                               or the run is at rest: broken
//! leads_to     the first condition opens a      the same for an obligation that is open
//!              deadline, the second closes it
//! ```
//!
//! What is still open when the root returns is not decided, and no breach. Arguments come
//! in one order: within which time, if there is a limit; what; the conditions.
//!
//! A condition may do what a destructor may: spawn, declare another property, drop the
//! guard of its own. While it is asked its rule is out of the table, so that nothing is
//! entered twice.

mod rule;
mod trial;

use crate::finding::{Asked, Detail, Property, PropertyKind};
use crate::law::Law;
use crate::trace::{Owner, TaskId, What};
use crate::world::{self, Core, Phase};
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rule::{Answer, Occasion, Open, Rule};
pub use trial::Trial;

/// Demands that `condition` holds after every step, until the guard is dropped.
///
/// A breach is the law `property`, decided at the step that broke it.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// use std::{cell::Cell, rc::Rc};
///
/// let readers = Rc::new(Cell::new(0));
/// let seen = readers.clone();
/// let _bounded = reveille::always("at most two readers", move || seen.get() <= 2);
/// readers.set(2);
/// reveille::yield_now().await;
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn always(
    what: impl Into<Cow<'static, str>>,
    condition: impl FnMut() -> bool + 'static,
) -> Always {
    let core = world::expect_current("always");
    Always(core.declare(what.into(), Location::caller(), Rule::Always(Box::new(condition))))
}

/// Demands that `condition` comes to hold `within` so much virtual time.
///
/// Await it, or keep it while the test does something else; dropping it withdraws the
/// demand. A breach is the law `property`, decided when time passes the deadline, or
/// when the run comes to rest and nothing can change any more. A condition that holds
/// exactly at the deadline is in time. Time that the faults `late-timer` and `delayed-wake`
/// take counts for no deadline; what follows from a late wake or timer, such as a longer
/// queue, does.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let done = Rc::new(Cell::new(false));
/// let seen = done.clone();
/// let _task = reveille::spawn_local(async move {
///     reveille::time::sleep(Duration::from_millis(20)).await;
///     done.set(true);
/// });
/// reveille::eventually(Duration::from_secs(1), "it is done", move || seen.get()).await;
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn eventually(
    within: Duration,
    what: impl Into<Cow<'static, str>>,
    condition: impl FnMut() -> bool + 'static,
) -> Eventually {
    let core = world::expect_current("eventually");
    let open = Open::from_now(core, within);
    let rule = Rule::Eventually { condition: Box::new(condition), open };
    Eventually(core.declare(what.into(), Location::caller(), rule))
}

/// Demands that whenever `cause` holds, `effect` holds in the same step or `within` so
/// much virtual time after it, until the guard is dropped.
///
/// Both are looked at after every step; what holds only within a step is not seen.
/// A breach is the law `property`, decided as for [`eventually`].
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let (asked, answered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
/// let (a, b, c) = (asked.clone(), answered.clone(), answered.clone());
/// let _live = reveille::leads_to(
///     Duration::from_millis(50),
///     "every question is answered",
///     move || a.get() > b.get(),
///     move || c.get() > 0,
/// );
/// asked.set(1);
/// reveille::time::sleep(Duration::from_millis(10)).await;
/// answered.set(1);
/// reveille::time::sleep(Duration::from_millis(90)).await;
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn leads_to(
    within: Duration,
    what: impl Into<Cow<'static, str>>,
    cause: impl FnMut() -> bool + 'static,
    effect: impl FnMut() -> bool + 'static,
) -> LeadsTo {
    let core = world::expect_current("leads_to");
    let (cause, effect) = (Box::new(cause), Box::new(effect));
    let rule = Rule::LeadsTo { cause, effect, within, open: None };
    LeadsTo(core.declare(what.into(), Location::caller(), rule))
}

/// The guard of [`always`].
#[must_use = "a property is looked at until its guard is dropped"]
pub struct Always(Rc<Monitor>);

/// The guard, and the future, of [`eventually`].
#[must_use = "a property is looked at until its guard is dropped; await it or keep it"]
pub struct Eventually(Rc<Monitor>);

/// The guard of [`leads_to`].
#[must_use = "a property is looked at until its guard is dropped"]
pub struct LeadsTo(Rc<Monitor>);

impl Future for Eventually {
    type Output = ();

    /// Ready once the condition held, and also when it did not if the level of the law
    /// lets the run go on.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0.closed.get() {
            return Poll::Ready(());
        }
        let before = self.0.waiter.replace(Some(cx.waker().clone()));
        drop(before);
        Poll::Pending
    }
}

macro_rules! guards {
    ($($guard:ident)*) => {$(
        impl Drop for $guard {
            fn drop(&mut self) {
                self.0.close();
            }
        }

        impl fmt::Debug for $guard {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.describe(f.debug_struct(stringify!($guard)))
            }
        }
    )*};
}
guards!(Always Eventually LeadsTo);

/// A property that was declared.
pub(crate) struct Monitor {
    what: Cow<'static, str>,
    at: &'static Location<'static>,
    kind: PropertyKind,
    declared_by: TaskId,
    /// Whether it was counted as judged.
    judged: Cell<bool>,
    /// None while the rule is asked, and when the monitor is closed.
    rule: Cell<Option<Box<Rule>>>,
    /// Decided, or dropped.
    closed: Cell<bool>,
    /// Who awaits it.
    waiter: Cell<Option<Waker>>,
}

impl Monitor {
    /// Nobody looks at it any more.
    fn close(&self) {
        self.closed.set(true);
        drop((self.rule.take(), self.waiter.take()));
    }

    fn describe(&self, mut text: fmt::DebugStruct<'_, '_>) -> fmt::Result {
        text.field("what", &self.what).field("at", &self.at);
        text.field("open", &!self.closed.get()).finish()
    }

    /// What is open, unless the rule is being asked.
    fn open(&self) -> Option<Open> {
        let rule = self.rule.take()?;
        let open = rule.open();
        self.rule.set(Some(rule));
        open
    }

    fn deadline(&self) -> Option<u64> {
        self.open().map(|open| open.deadline)
    }

    fn postpone(&self, by: u64) {
        if let Some(mut rule) = self.rule.take() {
            if let Some(open) = rule.open_mut() {
                open.deadline = open.deadline.saturating_add(by);
            }
            self.rule.set(Some(rule));
        }
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f.debug_struct("Monitor"))
    }
}

impl Core {
    fn declare(
        &self,
        what: Cow<'static, str>,
        at: &'static Location<'static>,
        rule: Rule,
    ) -> Rc<Monitor> {
        let monitor = Rc::new(Monitor {
            what,
            at,
            kind: rule.kind(),
            judged: Cell::new(false),
            declared_by: self.running.get().map_or(TaskId::ROOT, |task| task.id()),
            rule: Cell::new(Some(Box::new(rule))),
            closed: Cell::new(false),
            waiter: Cell::new(None),
        });
        if self.phase.get() == Phase::Teardown {
            monitor.close();
        } else {
            self.count_declared(&monitor);
            self.monitors.with(|monitors| monitors.push(monitor.clone()));
            // The flag that the loop looks at anyway, so that a run without properties
            // pays nothing for them.
            self.alarm.set(true);
        }
        monitor
    }

    /// A step was made: does every property hold?
    pub(crate) fn look_at_properties(&self) {
        if self.monitors.with(|monitors| monitors.is_empty()) {
            return;
        }
        self.look_at_all(Occasion::Step);
        let any = self.monitors.with(|monitors| {
            monitors.retain(|monitor| !monitor.closed.get());
            !monitors.is_empty()
        });
        if any {
            self.alarm.set(true);
        }
    }

    /// A fault takes so much time, which counts for no deadline.
    pub(crate) fn postpone_deadlines(&self, by: u64) {
        self.monitors.with(|monitors| monitors.iter().for_each(|monitor| monitor.postpone(by)));
    }

    /// The deadline that time passes next.
    pub(crate) fn next_property_deadline(&self) -> Option<u64> {
        let deadlines =
            |monitors: &mut Vec<Rc<Monitor>>| monitors.iter().filter_map(|m| m.deadline()).min();
        self.monitors.with(deadlines)
    }

    /// Time is about to move to `to`: which deadlines does it pass? A deadline that
    /// ends the run is where time stops.
    pub(crate) fn pass_deadlines(&self, to: u64) {
        let next = || self.next_property_deadline().filter(|deadline| *deadline < to);
        while let Some(deadline) = next().filter(|_| !self.verdict.is_set()) {
            if deadline > self.now.get() {
                self.now.set(deadline);
                self.record(|| What::ClockMoved { to: deadline });
            }
            let due = |monitors: &mut Vec<Rc<Monitor>>| {
                monitors.iter().find(|monitor| monitor.deadline() == Some(deadline)).cloned()
            };
            if let Some(monitor) = self.monitors.with(due) {
                self.look_at(&monitor, Occasion::Deadline);
            }
        }
    }

    /// Nothing can happen any more; answers whether somebody was woken by that.
    pub(crate) fn properties_at_rest(&self) -> bool {
        self.look_at_all(Occasion::Rest);
        !self.verdict.is_set() && self.ready.with(|ready| ready.len()) > 0
    }

    /// The run is over: lets go of what the properties hold.
    pub(crate) fn drop_properties(&self) {
        for monitor in self.monitors.with(std::mem::take) {
            self.call_out(|| monitor.close());
        }
    }

    /// Whether time has still to come to a deadline that was open in `step` or earlier.
    pub(crate) fn any_deadline_open_by(&self, step: u64) -> bool {
        self.monitors.with(|monitors| {
            let mut open = monitors.iter().filter_map(|monitor| monitor.open());
            open.any(|open| open.since_step <= step && open.deadline != u64::MAX)
        })
    }

    /// Looks at the properties in the order in which they were declared. Those declared
    /// meanwhile have their turn after the next step: a condition may declare its like.
    fn look_at_all(&self, occasion: Occasion) {
        for next in 0..self.monitors.with(|monitors| monitors.len()) {
            let monitor = self.monitors.with(|monitors| monitors.get(next).cloned());
            let Some(monitor) = monitor.filter(|_| !self.verdict.is_set()) else { return };
            self.look_at(&monitor, occasion);
        }
    }

    fn look_at(&self, monitor: &Monitor, occasion: Occasion) {
        let Some(mut rule) = monitor.rule.take() else { return };
        let open = rule.open();
        // A condition that panics is asked no more.
        let mut answer = None;
        self.work.set(0);
        self.pulse.beat();
        let asked = || Asked {
            what: monitor.what.clone().into_owned(),
            at: monitor.at,
            kind: monitor.kind,
        };
        let asked = || (Owner::Task(monitor.declared_by), asked());
        self.call_condition(asked, || answer = Some(rule.ask(self, occasion)));
        self.pulse.beat();
        self.count_judged(monitor, !matches!(answer, Some(Answer::Open)));
        match answer {
            Some(Answer::Open) if !monitor.closed.get() => monitor.rule.set(Some(rule)),
            Some(Answer::Broken) if !monitor.closed.get() => {
                self.property_broken(monitor, rule.kind(), rule.open().or(open), occasion);
                self.decide(monitor, rule);
            }
            _ => self.decide(monitor, rule),
        }
    }

    /// Closes a monitor whose rule is out of it, and wakes whoever awaits it, unless
    /// the run is over.
    fn decide(&self, monitor: &Monitor, rule: Box<Rule>) {
        monitor.closed.set(true);
        self.call_out(|| drop(rule));
        if self.verdict.is_set() {
            // The waker goes with everything else.
            return;
        }
        if let Some(waiter) = monitor.waiter.take() {
            self.call_out(|| waiter.wake());
        }
    }

    #[cold]
    fn property_broken(
        &self,
        monitor: &Monitor,
        kind: PropertyKind,
        open: Option<Open>,
        occasion: Occasion,
    ) {
        let owner = match kind {
            PropertyKind::Always => self.stepped.get(),
            _ => monitor.declared_by,
        };
        let property = Property {
            what: monitor.what.clone().into_owned(),
            at: monitor.at,
            kind,
            since_step: open.map_or(0, |open| open.since_step),
            since: open.map_or(0, |open| open.since),
            within: open.map_or(0, |open| open.within),
            at_rest: occasion == Occasion::Rest,
        };
        let detail = Detail::Property(Box::new(property));
        self.find(Law::Property, Owner::Task(owner), Vec::new(), detail);
    }
}
