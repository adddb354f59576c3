//! The world of one run: its tables, and the one thread-local that leads to it.
//!
//! The tables are kept from run to run, so a short run allocates next to nothing.
//! Free functions such as [`spawn`](crate::spawn) find the world of the calling
//! thread through the thread-local at the bottom of this file; inside, it is
//! passed.

use crate::block::Blocks;
use crate::clock::Clock;
use crate::digest::Views;
use crate::fault::Faults;
use crate::finding::{Detail, Finding};
use crate::guest::Lodging;
use crate::identity::{Identities, IdentityRef, retire};
use crate::late::Late;
use crate::law::Levels;
use crate::ledger::Ledger;
use crate::letters::Letter;
use crate::mailbox::Mailbox;
use crate::once::OnceCellOfRun;
use crate::oracle::Debt;
use crate::outside::Contacts;
use crate::prefetch::Outlook;
use crate::private::{Private, unshaken};
use crate::property::{Monitor, Trial};
use crate::pulse::Pulse;
use crate::ready::Ready;
use crate::reentry::Inner;
use crate::resident::Residents;
use crate::sampler::Sampler;
use crate::settings::{Probe, Settings};
use crate::sighting::Sighting;
use crate::sync::Mutex;
use crate::tape::Tape;
use crate::task::TaskRef;
use crate::trace::{Recorder, TaskId, What};
use crate::watch::WatchRef;
use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;
use std::time::Duration;

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Between runs.
    Idle,
    /// The sampler chooses.
    Free,
    /// The bound of steps is passed; the schedule is fair and free of faults.
    FairTail,
    /// The root returned, or a verdict was given.
    Teardown,
}

/// Executes runs, one after the other.
///
/// A world belongs to one thread. Its memory is used again by the next run.
#[derive(Debug)]
pub struct World {
    pub(crate) core: Box<Core>,
}

/// The tables of a world.
#[derive(Debug)]
pub(crate) struct Core {
    // The first few are touched by every step.
    pub(crate) ready: Private<Ready<TaskRef>>,
    pub(crate) outlook: Private<Outlook>,
    pub(crate) running: Cell<Option<TaskRef>>,
    /// A poll inside a poll.
    pub(crate) nested: Cell<Option<Inner>>,
    pub(crate) late: Private<Late>,
    pub(crate) steps: Cell<u64>,
    pub(crate) now: Cell<u64>,
    pub(crate) faults: Cell<Faults>,
    pub(crate) recording: Cell<bool>,
    /// Whether the oracle has something to look at after this step.
    pub(crate) alarm: Cell<bool>,
    pub(crate) phase: Cell<Phase>,
    /// Whether a future was forgotten in this run.
    pub(crate) forgot: Cell<bool>,
    pub(crate) tape: Private<Tape>,
    /// The strand that a `point` chose to go next.
    pub(crate) next: Cell<Option<TaskRef>>,
    pub(crate) sampler: Cell<Option<NonNull<dyn Sampler>>>,
    pub(crate) identities: Private<Identities>,
    pub(crate) blocks: Private<Blocks>,
    pub(crate) clock: Private<Clock>,
    /// Where the clock is to be moved after this step; 0: nowhere.
    pub(crate) advance_to: Cell<u64>,
    pub(crate) residents: Private<Residents>,
    pub(crate) lodging: Private<Option<Lodging>>,
    /// Event sources that were made.
    pub(crate) sources: Cell<u32>,
    /// Tasks whose block is not freed yet, in no order.
    pub(crate) tasks: Private<Vec<TaskRef>>,
    /// Polls in the fair tail, and how many of them the task asked for itself; by the
    /// numbers of the tasks.
    pub(crate) tail: Private<Vec<(u64, u64)>>,
    pub(crate) spawned: Cell<u32>,
    pub(crate) unfinished: Cell<usize>,
    /// Tasks in debt on which no verdict was given yet.
    pub(crate) debts: Private<Vec<Debt>>,
    /// Those of them that the oracle is to look at after this step.
    pub(crate) doubts: Private<Vec<Debt>>,
    pub(crate) watches: Private<Vec<WatchRef>>,
    pub(crate) views: Private<Views>,
    pub(crate) watches_made: Cell<u32>,
    /// Properties that are looked at, in the order in which they were declared.
    pub(crate) monitors: Private<Vec<Rc<Monitor>>>,
    /// Who made the last step after which the oracle had something to look at.
    pub(crate) stepped: Cell<TaskId>,
    pub(crate) sightings: Private<Vec<Sighting>>,
    pub(crate) trials: Private<Vec<Trial>>,
    /// The step after which the loop of the run has something to look at.
    pub(crate) bound: Cell<u64>,
    /// The last step that made progress: a task began or ended, time moved, a mark.
    pub(crate) progress: Cell<u64>,
    /// Moves of the clock since the root was last polled, a task began or ended or
    /// a mark was passed.
    pub(crate) idle_jumps: Cell<u64>,
    /// The step at which these moves began.
    pub(crate) idle_since: Cell<u64>,
    /// Redundant work within the present poll.
    pub(crate) work: Cell<u64>,
    pub(crate) verdict: OnceCellOfRun<Finding>,
    pub(crate) warnings: Private<Vec<Finding>>,
    /// Panics of tasks whose handles may still be read.
    pub(crate) panics: Private<Vec<(TaskId, Detail)>>,
    pub(crate) foreign_threads: Private<Vec<String>>,
    pub(crate) contacts: Contacts,
    pub(crate) levels: Cell<Levels>,
    pub(crate) max_steps: Cell<u64>,
    pub(crate) max_tasks: Cell<u64>,
    pub(crate) patience: Cell<Duration>,
    pub(crate) probe: Cell<Option<Probe>>,
    pub(crate) probed: Private<Option<Vec<TaskId>>>,
    recorder: Private<Recorder>,
    pub(crate) run: Cell<u64>,
    mailbox: &'static Mailbox<Letter>,
    #[cfg(feature = "threads")]
    pub(crate) carriage: crate::carried::Carriage,
    /// Counts polls; odd while one is going on. Watched from another thread.
    pub(crate) pulse: &'static Pulse,
}

/// What outlives every world and is lent to one after the other.
type Outlet = (&'static Mailbox<Letter>, &'static Pulse);

static OUTLETS: Mutex<Vec<Outlet>> = Mutex::new(Vec::new());

fn borrow_outlet() -> Outlet {
    let mut outlets = OUTLETS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    outlets
        .pop()
        .unwrap_or_else(|| (Box::leak(Box::new(Mailbox::new())), Box::leak(Box::default())))
}

impl World {
    /// A world without tasks.
    #[must_use]
    pub fn new() -> World {
        let (mailbox, pulse) = borrow_outlet();
        let core = Core {
            ready: Private::default(),
            outlook: Private::default(),
            running: Cell::new(None),
            nested: Cell::new(None),
            late: Private::default(),
            steps: Cell::new(0),
            now: Cell::new(0),
            faults: Cell::new(Faults::NONE),
            recording: Cell::new(false),
            alarm: Cell::new(false),
            phase: Cell::new(Phase::Idle),
            forgot: Cell::new(false),
            tape: Private::default(),
            next: Cell::new(None),
            sampler: Cell::new(None),
            identities: Private::new(Identities::new()),
            blocks: Private::new(Blocks::new()),
            clock: Private::new(Clock::new()),
            advance_to: Cell::new(0),
            residents: Private::default(),
            lodging: Private::default(),
            sources: Cell::new(0),
            tasks: Private::default(),
            tail: Private::default(),
            spawned: Cell::new(0),
            unfinished: Cell::new(0),
            debts: Private::default(),
            doubts: Private::default(),
            watches: Private::default(),
            views: Private::default(),
            watches_made: Cell::new(0),
            monitors: Private::default(),
            stepped: Cell::new(TaskId::ROOT),
            sightings: Private::default(),
            trials: Private::default(),
            bound: Cell::new(0),
            progress: Cell::new(0),
            idle_jumps: Cell::new(0),
            idle_since: Cell::new(0),
            work: Cell::new(0),
            verdict: OnceCellOfRun::new(),
            warnings: Private::default(),
            panics: Private::default(),
            foreign_threads: Private::default(),
            contacts: Contacts::default(),
            levels: Cell::new(Levels::default()),
            max_steps: Cell::new(0),
            max_tasks: Cell::new(0),
            patience: Cell::new(Duration::ZERO),
            probe: Cell::new(None),
            probed: Private::default(),
            recorder: Private::default(),
            run: Cell::new(0),
            mailbox,
            #[cfg(feature = "threads")]
            carriage: crate::carried::Carriage::new(),
            pulse,
        };
        World { core: Box::new(core) }
    }

    /// The choices of the last run.
    #[must_use]
    pub fn tape(&self) -> Tape {
        self.core.tape.with(|tape| tape.clone())
    }

    /// The [digest](Tape::digest) of the choices of the last run.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.core.tape.with(|tape| tape.digest())
    }

    /// How many choices the last run made.
    pub fn choices(&self) -> usize {
        self.core.tape.with(|tape| tape.len())
    }

    /// The heartbeat of this world, to be watched from another thread.
    #[must_use]
    pub fn pulse(&self) -> &'static Pulse {
        self.core.pulse
    }
}

impl Default for World {
    fn default() -> Self {
        World::new()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        retire(self.core.identities.with(|i| std::mem::replace(i, Identities::new())));
        let mut outlets = OUTLETS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        outlets.push((self.core.mailbox, self.core.pulse));
    }
}

impl Core {
    #[inline(always)]
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    #[inline(always)]
    pub(crate) fn mailbox(&self) -> &'static Mailbox<Letter> {
        self.mailbox
    }

    /// Whether the present run is number `run` of the mailbox at `outlet`: the two
    /// name a run for ever. A world is no name, another may come to its address.
    pub(crate) fn is_run(&self, outlet: usize, run: u64) -> bool {
        self.outlet() == outlet && self.run.get() == run
    }

    pub(crate) fn outlet(&self) -> usize {
        std::ptr::from_ref(self.mailbox).addr()
    }

    #[inline(always)]
    pub(crate) fn take_identity(&self, ledger: NonNull<Ledger>) -> IdentityRef {
        let (world, run, mailbox) = (self.address(), self.run.get(), self.mailbox);
        self.identities.with(|identities| identities.take(world, run, mailbox, ledger))
    }

    /// Empties every table for a new run.
    pub(crate) fn reset(&self, settings: &Settings) {
        self.run.set(self.mailbox.open());
        self.identities.with(Identities::begin);
        self.ready.with(Ready::clear);
        self.nested.set(None);
        self.forgot.set(false);
        self.late.with(Late::clear);
        self.tape.with(Tape::clear);
        #[cfg(feature = "threads")]
        self.tape.with(|tape| {
            tape.set_of_threads(self.is_carried());
            tape.set_of_races(false);
        });
        #[cfg(feature = "threads")]
        self.carriage.reset(settings.max_steps);
        self.steps.set(0);
        self.now.set(0);
        self.advance_to.set(0);
        self.progress.set(0);
        self.idle_jumps.set(0);
        self.work.set(0);
        self.tail.with(Vec::clear);
        self.spawned.set(0);
        self.unfinished.set(0);
        self.watches_made.set(0);
        self.sources.set(0);
        self.alarm.set(false);
        self.next.set(None);
        self.contacts.clear();
        drop(self.clock.with(Clock::clear));
        self.levels.set(settings.levels);
        self.max_steps.set(settings.max_steps);
        self.max_tasks.set(settings.max_tasks);
        self.patience.set(settings.patience);
        self.probe.set(settings.probe);
        let recording = settings.recording != crate::trace::Recording::Tape;
        self.recording.set(recording);
        if recording {
            self.recorder.with(|recorder| recorder.begin(&settings.recording));
        }
    }

    /// Records an event, if events are recorded.
    #[inline(always)]
    pub(crate) fn record(&self, what: impl FnOnce() -> What) {
        if self.recording.get() {
            self.record_now(what());
        }
    }

    #[cold]
    fn record_now(&self, what: What) {
        // The locks that the capture of a stack takes are no locks of the run.
        unshaken(|| self.record_at_once(what));
    }

    fn record_at_once(&self, what: What) {
        let by = self.running.get().map(TaskRef::id);
        let stack = self.recorder.with(|recorder| recorder.wants_stack());
        let stack = stack.then(|| Rc::new(std::backtrace::Backtrace::force_capture()));
        let (step, now) = (self.steps.get(), self.now.get());
        self.recorder.with(|recorder| recorder.add(step, now, by, what, stack));
    }

    pub(crate) fn with_recorder<R>(&self, f: impl FnOnce(&mut Recorder) -> R) -> R {
        self.recorder.with(f)
    }

    /// Notes that the run got on.
    #[inline(always)]
    pub(crate) fn made_progress(&self) {
        self.progress.set(self.steps.get());
        self.idle_jumps.set(0);
    }

    pub(crate) fn find_task(&self, id: TaskId) -> Option<TaskRef> {
        self.tasks.with(|tasks| tasks.iter().copied().find(|task| task.id() == id))
    }
}

thread_local! {
    static CURRENT: Cell<*const Core> = const { Cell::new(std::ptr::null()) };
}

/// The address of this thread's world, 0 if no run is going on here.
#[inline(always)]
pub(crate) fn current_address() -> usize {
    CURRENT.get().addr()
}

/// The world of this thread.
///
/// # Safety
///
/// `address` is that of this thread's current world.
#[inline(always)]
pub(crate) unsafe fn at(address: usize) -> &'static Core {
    debug_assert_eq!(address, current_address());
    let current = CURRENT.get();
    // SAFETY: the pointer is there only while `enter` borrows the world. The
    // lifetime is a lie that no caller keeps beyond the call it serves.
    unsafe { &*current }
}

/// The world of this thread, if a run is going on here.
#[inline(always)]
pub(crate) fn current() -> Option<&'static Core> {
    let current = CURRENT.get();
    // SAFETY: as above.
    (!current.is_null()).then(|| unsafe { &*current })
}

/// Shows the choices made so far by the run of the calling thread; none outside a run.
///
/// For those who must tell of a run that will not end: a watchdog, a panic that is about to
/// abort the process, a signal. Allocates nothing.
pub fn peek_tape<R>(f: impl FnOnce(&Tape) -> R) -> Option<R> {
    current()?.tape.peek(f)
}

/// The choices made so far by the run of the calling thread; none outside a run.
#[must_use]
pub fn current_tape() -> Option<Tape> {
    peek_tape(Tape::clone)
}

/// The task that the calling thread is polling, and where it was spawned.
#[must_use]
pub fn current_task() -> Option<(TaskId, &'static std::panic::Location<'static>)> {
    let task = current()?.running.get()?;
    Some((task.id(), task.record().spawned_at))
}

/// The step that the run of the calling thread is in; none outside a run.
#[must_use]
pub fn current_step() -> Option<u64> {
    current().map(|core| core.steps.get())
}

/// Whether the calling thread is inside a run.
#[must_use]
pub fn in_run() -> bool {
    current_address() != 0
}

/// The world of this thread.
///
/// # Panics
///
/// Outside a run; the message names `what` was called.
#[track_caller]
#[inline]
pub(crate) fn expect_current(what: &str) -> &'static Core {
    match current() {
        Some(core) => core,
        None => panic_outside_a_run(what),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn panic_outside_a_run(what: &str) -> ! {
    panic!("`{what}` was called outside a run: call it from the body of a reveille test")
}

/// Makes `core` the world of this thread until the guard is dropped.
pub(crate) fn enter(core: &Core) -> impl Drop {
    Exchanged(CURRENT.replace(core))
}

/// Leaves the world of this thread until the guard is dropped: what happens
/// meanwhile happens in real time.
pub(crate) fn step_out() -> impl Drop {
    Exchanged(CURRENT.replace(std::ptr::null()))
}

/// Puts back what was the world of this thread.
struct Exchanged(*const Core);

impl Drop for Exchanged {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}
