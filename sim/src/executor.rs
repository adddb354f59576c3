//! The executor: one strand at a time, chosen by the sampler.
//!
//! ```text
//! loop:  nothing runnable?  move the clock to the next deadline, or come to rest
//!        one runnable?      it goes; no choice, no entry on the tape
//!        more?              the sampler chooses
//!        poll it with a waker that the ledger knows
//!        the oracle looks at what the poll did
//! until the root returns or a law is broken; then drop everything, in order of spawning
//! ```
//!
//! Every wake makes a task runnable once, however often it is repeated, and one
//! poll answers all wakes before it. A poll that nobody asked for exists only as
//! a named fault.

use crate::choice::Kind;
use crate::fault::Faults;
use crate::finding::{Detail, Outcome};
use crate::join::JoinError;
use crate::law::Law;
use crate::ledger::flag::*;
use crate::net::HostId;
use crate::panics;
use crate::prefetch;
use crate::sampler::Sampler;
use crate::settings::Settings;
use crate::strand::{Runnable, Strand, Touch};
use crate::task::{Birth, TaskRef};
use crate::trace::{Owner, PollEnd, Recording, TaskId, TaskInfo, What};
use crate::waker;
use crate::world::{self, Core, Phase, World};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::Context;

impl World {
    /// Executes run number `run` of `body`: its future becomes the root, and the
    /// run ends when the root returns or a law is broken.
    ///
    /// # Panics
    ///
    /// If the calling thread is inside a run already; see [`in_run`](crate::in_run).
    #[track_caller]
    pub fn run<S: Sampler, F: Future>(
        &mut self,
        settings: &Settings,
        sampler: &mut S,
        run: u64,
        body: impl FnOnce() -> F,
    ) -> Outcome<F::Output> {
        assert!(!world::in_run(), "a run was begun inside a run");
        panics::install();
        let spawned_at = Location::caller();
        let core = &*self.core;
        core.reset(settings);
        let _inside = world::enter(core);
        #[cfg(feature = "tokio")]
        let tokio = settings.tokio.then(|| core.lodge_tokio());
        #[cfg(feature = "tokio")]
        let _inside_tokio = tokio.as_ref().map(|handle| handle.enter());
        core.phase.set(Phase::Free);
        core.faults.set(sampler.begin(run, settings.faults));
        let sampler = NonNull::from(sampler);
        // SAFETY: the sampler is borrowed for this whole function, which forgets
        // it before it returns; what unwinds out of the loop is caught.
        unsafe { core.lend_sampler(sampler) };
        #[cfg(feature = "threads")]
        core.begin_carried_run();
        let root = core.add_task(async move { body().await }, None, 0, spawned_at);
        // Polls, destructors and wakers are caught where they are called; this is for
        // a sampler that panics. Whatever it is, nothing of the run may outlive it.
        let driven = catch_unwind(AssertUnwindSafe(|| core.drive(sampler, root)));
        core.running.set(None);
        core.forget_sampler();
        // SAFETY: nobody else can reach it now.
        unsafe { (*sampler.as_ptr()).end() };

        let mut output = None;
        if root.ledger().has(OVER) {
            // SAFETY: the root is over, and this is its output's type.
            unsafe { root.take_output(NonNull::from(&mut output).cast()) };
        }
        let output: Option<Result<F::Output, JoinError>> = output;
        let output = match output {
            Some(Ok(output)) => Some(output),
            Some(Err(error)) => {
                // With the payload of a panic goes a destructor of the user's.
                core.call_out(|| drop(error));
                None
            }
            None => None,
        };
        root.ledger().clear(PANICKED | JOINABLE);
        core.tear_down();
        core.handle_dropped(root);
        core.end();
        if let Err(payload) = driven {
            core.verdict.take();
            core.warnings.with(Vec::clear);
            resume_unwind(payload);
        }

        let recording = settings.recording != Recording::Tape;
        Outcome {
            output,
            verdict: core.verdict.take(),
            warnings: core.warnings.with(std::mem::take),
            steps: core.steps.get(),
            tasks: core.spawned.get().into(),
            now: core.now.get(),
            trace: recording.then(|| core.with_recorder(crate::trace::Recorder::finish)),
            foreign_threads: core.foreign_threads.with(std::mem::take),
            outside: core.take_contacts(),
            probed: core.probed.with(Option::take),
            sightings: core.sightings.with(std::mem::take),
            trials: core.trials.with(std::mem::take),
        }
    }
}

impl Core {
    /// Makes a task of `future` and puts it among the runnable ones.
    pub(crate) fn add_task<F: Future>(
        &self,
        future: F,
        name: Option<Rc<str>>,
        flags: u32,
        spawned_at: &'static Location<'static>,
    ) -> TaskRef {
        let id = TaskId(self.spawned.get());
        self.spawned.set(id.0 + 1);
        let parent = self.running.get();
        #[cfg(feature = "threads")]
        let shares = if self.is_carried() { flags & SHARES } else { 0 };
        #[cfg(not(feature = "threads"))]
        let shares = 0;
        let strand = match parent {
            Some(parent) => parent.strand().spawn(id.0),
            None => Strand::of_nobody(id.0),
        };
        let birth = Birth {
            host: parent.map_or(HostId::default(), |parent| parent.record().host.get()),
            strand,
            spawned_at,
            flags: flags & !SHARES | shares | WOKEN | JOINABLE,
            core: self,
        };
        let task = self.blocks.with(|blocks| TaskRef::new(blocks, birth, future));
        self.tasks.with(|tasks| {
            task.record().index.set(tasks.len() as u32);
            tasks.push(task);
        });
        self.unfinished.set(self.unfinished.get() + 1);
        self.made_progress();
        #[cfg(feature = "threads")]
        if self.is_carried() {
            self.move_in(task, parent);
        }
        if self.recording.get() {
            self.describe(task, name);
        }
        // During teardown nothing is polled any more: the task ends before it begins.
        if self.phase.get() != Phase::Teardown {
            task.ledger().take_identity(self);
            self.enqueue(task);
        }
        #[cfg(feature = "threads")]
        {
            self.owns_part_of(task);
            self.happens_before(id);
        }
        task
    }

    /// Puts a task that is due behind all others, as soon as its thread has time for it.
    #[inline(always)]
    pub(crate) fn enqueue(&self, task: TaskRef) {
        #[cfg(feature = "threads")]
        if task.ledger().has(SHARES) && self.puts_aside(task) {
            return;
        }
        self.enqueue_at_once(task);
    }

    /// The same for one that has its thread, or to whom it belongs.
    #[inline(always)]
    pub(crate) fn enqueue_at_once(&self, task: TaskRef) {
        task.header().arrival.set(self.ready.with(|ready| ready.push(task)));
    }

    /// Takes it out of the queue.
    fn dequeue(&self, task: TaskRef) {
        let arrival = task.header().arrival.get();
        self.ready.with(|ready| ready.remove(arrival));
    }

    /// Takes out a task that is due, wherever it stands.
    pub(crate) fn take_from_queue(&self, task: TaskRef) {
        if task.ledger().has(LATE) {
            return self.forget_late(task);
        }
        #[cfg(feature = "threads")]
        if task.ledger().has(ASIDE) {
            return self.call_in(task);
        }
        self.dequeue(task);
    }

    #[cold]
    fn describe(&self, task: TaskRef, name: Option<Rc<str>>) {
        let header = task.header();
        let info = TaskInfo {
            id: header.id(),
            parent: header.strand.parent().map(|parent| TaskId(parent as u32)),
            ordinal: header.strand.ordinal(),
            path: header.strand.path(),
            name,
            spawned_at: task.record().spawned_at,
            future: task.future_name(),
            daemon: header.ledger.has(DAEMON),
            #[cfg(feature = "threads")]
            home: self.home_of(header.id()),
            #[cfg(not(feature = "threads"))]
            home: header.id(),
        };
        self.with_recorder(|recorder| recorder.add_task(info));
        if header.id() != TaskId::ROOT {
            self.record(|| What::Spawned { child: header.id() });
        }
    }

    /// The loop of a run.
    fn drive<S: Sampler>(&self, sampler: NonNull<S>, root: TaskRef) {
        self.bound.set(self.max_steps.get());
        let mut judged = false;
        loop {
            let runnable = self.ready.with(|ready| ready.len());
            let task = if let Some(next) = self.next.take() {
                self.dequeue(next);
                next
            } else if runnable == 1 {
                self.ready.with(|ready| ready.take(0))
            } else if runnable == 0 {
                match self.pass_time() {
                    true => continue,
                    false => return,
                }
            } else if self.phase.get() == Phase::Free {
                let runnable = Runnable::in_queue(self, runnable as u32);
                let options = runnable.len();
                let lent = self.take_sampler();
                // SAFETY: `run` borrows the sampler for as long as this loop runs,
                // and while it chooses nobody else can reach it.
                let option = unsafe { (*sampler.as_ptr()).schedule(&runnable) };
                self.give_sampler_back(lent);
                let option = self.note_choice(Kind::Schedule, options, option);
                let task = self.ready.with(|ready| ready.take(option as usize));
                if options > prefetch::FEW {
                    let lent = self.take_sampler();
                    // SAFETY: as above.
                    let foreseen = unsafe { (*sampler.as_ptr()).foresee(options, option) };
                    self.look_ahead(foreseen, option);
                    self.give_sampler_back(lent);
                }
                task
            } else {
                self.ready.with(|ready| ready.take(0))
            };
            let step = self.steps.get() + 1;
            self.steps.set(step);
            if step > self.bound.get() {
                judged = self.pass_bound(step);
            }
            task.strand().take_turn();
            let lent = self.take_sampler();
            // SAFETY: as above.
            unsafe { (*sampler.as_ptr()).turn(task.strand()) };
            self.give_sampler_back(lent);
            task.strand().set_next(Touch::Anything);
            let stepped = task.id();
            self.step(task);
            #[cfg(feature = "threads")]
            let stepped = if self.is_carried() { self.carriage.last.get() } else { stepped };
            if self.alarm.get() || self.mailbox().has_letters() {
                self.stepped.set(stepped);
                self.attend();
            }
            if self.verdict.is_set() || judged {
                return;
            }
            if root.ledger().has(OVER) {
                self.root_returned();
                return;
            }
        }
    }

    /// Fetches the memory that turns soon to come will need.
    fn look_ahead(&self, foreseen: &[u32], option: u32) {
        self.ready.with(|ready| {
            if !foreseen.is_empty() {
                self.outlook.with(|outlook| outlook.look(ready, foreseen));
            } else if option == 0 {
                prefetch::in_order(ready);
            }
        });
    }

    /// One poll of `task` and what follows from it.
    #[inline(always)]
    pub(crate) fn step(&self, task: TaskRef) {
        let ledger = task.ledger();
        let mut flags = ledger.flags.get();
        #[cfg(feature = "threads")]
        if flags & LEFT != 0 {
            return self.go_on_with(task);
        }
        if flags & (ABORTED | SPURIOUS | IN_DEBT) != 0 && self.special(task) {
            return;
        }
        if task.id() == TaskId::ROOT {
            self.idle_jumps.set(0);
        }
        flags &= !IN_DEBT;
        self.running.set(Some(task));
        ledger.flags.set(flags & !(WOKEN | PENDING | STALE) | RUNNING);
        if self.faults.get().has(Kind::FreshWaker)
            && flags & PENDING != 0
            && self.choose(Kind::FreshWaker, 2) == 1
        {
            ledger.take_identity(self);
        }
        self.work.set(0);
        let identity = ledger.current();
        self.record(|| What::Polled {
            owner: Owner::Task(task.id()),
            waker: identity.number.get(),
            spurious: flags & SPURIOUS != 0,
        });
        self.pulse.beat();
        #[cfg(feature = "threads")]
        if self.is_carried() {
            return self.begin_on_strand(task, flags);
        }
        let waker = waker::borrowed(identity, self.recording.get());
        let end = task.poll(&mut Context::from_waker(&waker));
        self.polled(task, flags, end);
    }

    /// A poll has ended that began with these flags.
    #[inline(always)]
    pub(crate) fn polled(&self, task: TaskRef, flags: u32, end: PollEnd) {
        let ledger = task.ledger();
        self.pulse.beat();
        if flags & (STALE | SPURIOUS) == STALE {
            self.judge_stale(ledger, end);
        }
        if end == PollEnd::Pending {
            self.record(|| What::PollEnded { owner: Owner::Task(task.id()), end });
            self.running.set(None);
            self.pending(task);
        } else {
            self.complete(task, end);
        }
    }

    #[inline(always)]
    fn pending(&self, task: TaskRef) {
        let ledger = task.ledger();
        let flags = ledger.flags.get();
        ledger.flags.set(flags & !(RUNNING | SPURIOUS) | PENDING);
        if flags & WOKEN == 0 {
            if ledger.current().clones.is_zero() {
                self.returned_unregistered(task, flags & SPURIOUS != 0);
            } else if self.faults.get().has(Kind::SpuriousPoll) {
                self.maybe_poll_spuriously(task);
            }
        }
        if self.phase.get() == Phase::FairTail {
            self.note_tail_poll(task, flags & WOKEN != 0);
            self.look_at_state();
        }
    }

    #[cold]
    fn maybe_poll_spuriously(&self, task: TaskRef) {
        if self.choose(Kind::SpuriousPoll, 2) == 1 {
            task.ledger().set(WOKEN | SPURIOUS);
            self.enqueue(task);
        }
    }

    /// A due poll that is none, or not an ordinary one; answers whether it is done with.
    #[cold]
    fn special(&self, task: TaskRef) -> bool {
        let ledger = task.ledger();
        if ledger.has(ABORTED) {
            self.cancel(task);
            return true;
        }
        self.strike_off(ledger);
        if ledger.has(SPURIOUS) && ledger.clones() == 0 {
            // The registration went while the fault was waiting for its turn: the
            // verdict is the same as without it.
            ledger.clear(WOKEN | SPURIOUS);
            self.last_waker_dropped(ledger);
            return true;
        }
        false
    }

    /// The number of steps after which a run is judged.
    pub(crate) fn last_bound(&self) -> u64 {
        self.max_steps.get().saturating_mul(2)
    }

    /// A bound of steps was passed; answers whether it was the last one.
    #[cold]
    fn pass_bound(&self, step: u64) -> bool {
        let (fair, last) = (self.max_steps.get(), self.last_bound());
        self.let_in_all();
        if step <= fair {
            self.bound.set(fair);
            return false;
        }
        if self.phase.get() == Phase::Free {
            self.phase.set(Phase::FairTail);
            self.faults.set(Faults::NONE);
            self.record(|| What::FairTail);
            self.progress.set(step);
        }
        if step > last {
            self.judge_tail();
        }
        self.bound.set(if step > last { u64::MAX } else { last });
        step > last
    }

    pub(crate) fn polled_after_ready(&self, task: TaskRef) {
        self.find(Law::PollAfterReady, Owner::Task(task.id()), Vec::new(), Detail::None);
    }
}
