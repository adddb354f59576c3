//! The oracle: which law a run breaks, decided from the events of the ledger.
//!
//! A *debt* is a pending task that nothing can wake any more: no clone of its
//! wakers is alive outside the join slots of tasks that are in debt themselves.
//! It is a verdict at once if the task is the root, if nobody holds its handle,
//! or if the one handle is awaited by a task that is abandoned likewise; so a
//! heartbeat hides nothing. If somebody else holds a handle, of it or of the task
//! that awaits it, an abort may still come, and the debt is a verdict when the run
//! comes to rest with the task unfinished. When the run ends, what only the root
//! held is in nobody's hands any more.
//!
//! Daemons, and tasks that are being polled, aborted or dropped, owe nothing. A
//! drop during a poll is judged when the poll returns, because only then is it
//! known whether the task that dropped the waker goes on to abort the other, or
//! was the root that ended the run (then it is `task-leak`).
//!
//! A *stale* task returned `Pending` without registering while wakers of earlier
//! polls are kept. It may be in debt and merely have left them behind (a timer that
//! it will not poll again), so it is treated as a debt. But if one of the old wakers
//! wakes it and the poll then gets anywhere, it was relied on: `stale-waker`.

use crate::finding::{Detail, Finding};
use crate::law::{Law, Level};
use crate::ledger::{Ledger, flag::*};
use crate::panics;
use crate::task::TaskRef;
use crate::trace::{Owner, PollEnd, TaskId, What};
use crate::waker::identity_of;
use crate::watch::WatchRef;
use crate::world::{self, Core, Phase};
use std::panic::Location;
use std::ptr::NonNull;

/// A task, or a watched future, that nothing can wake.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Debt {
    /// Alive as long as the debt is on the list: tasks and watched futures leave
    /// the list before their memory goes.
    ledger: NonNull<Ledger>,
    pub(crate) law: Law,
    since: u64,
}

impl Debt {
    pub(crate) fn ledger(&self) -> &Ledger {
        // SAFETY: see the field.
        unsafe { self.ledger.as_ref() }
    }

    fn stands(&self, core: &Core) -> bool {
        let ledger = self.ledger();
        if ledger.has(WATCH) {
            let task = ledger.watch().task().and_then(|id| core.find_task(id));
            if task.is_none_or(|task| task.ledger().has(OVER | ABORTED | DAEMON)) {
                return false;
            }
        }
        let unregistered = match self.law {
            Law::StaleWaker => ledger.has(STALE),
            _ => ledger.clones() == 0,
        };
        !ledger.has(OVER | WOKEN | ABORTED | DAEMON) && unregistered
    }
}

impl Core {
    /// A law is broken: what that means is a matter of its level.
    pub(crate) fn find(&self, law: Law, owner: Owner, others: Vec<TaskId>, detail: Detail) {
        let level = self.levels.get().get(law);
        if level == Level::Allow {
            return;
        }
        let (step, now) = (self.steps.get(), self.now.get());
        let finding = Finding { law, owner, others, step, now, detail };
        if level == Level::Deny {
            self.verdict.set(finding);
        } else {
            self.warnings.with(|warnings| {
                if !warnings.iter().any(|known| known.law == law && known.owner == owner) {
                    warnings.push(finding);
                }
            });
        }
    }

    /// A poll returned `Pending`, was not woken meanwhile, and no clone of the
    /// waker that it was given is alive.
    #[cold]
    pub(crate) fn returned_unregistered(&self, task: TaskRef, spurious: bool) {
        let ledger = task.ledger();
        if ledger.has(DAEMON | ABORTED) {
            return;
        }
        let law = if ledger.clones() != 0 {
            ledger.set(STALE);
            Law::StaleWaker
        } else if spurious {
            Law::SpuriousPoll
        } else {
            Law::PendingWithoutWaker
        };
        self.owe(ledger, law);
    }

    /// A stale task, or watched future, was woken by an old waker and polled.
    #[cold]
    pub(crate) fn judge_stale(&self, ledger: &Ledger, end: PollEnd) {
        let got_on = end != PollEnd::Pending || ledger.has(WOKEN);
        if got_on || !ledger.current().clones.is_zero() {
            self.find(Law::StaleWaker, ledger.owner(), Vec::new(), Detail::ReliedOn);
            self.alarm.set(true);
        }
    }

    /// The last clone of all wakers of a pending task or future was dropped.
    #[cold]
    pub(crate) fn last_waker_dropped(&self, ledger: &Ledger) {
        if self.phase.get() != Phase::Teardown && !ledger.has(DAEMON | ABORTED | OVER) {
            self.owe(ledger, Law::WakerDropped);
        }
    }

    /// Enters a debt, in place of an older one of the same task or future.
    pub(crate) fn owe(&self, ledger: &Ledger, law: Law) {
        if matches!(self.phase.get(), Phase::Teardown | Phase::Idle) {
            // A destructor may poll a watched future; nobody looks at debts any more.
            return;
        }
        self.strike_off(ledger);
        ledger.set(IN_DEBT);
        let debt = Debt { ledger: NonNull::from(ledger), law, since: self.steps.get() };
        self.debts.with(|debts| debts.push(debt));
        self.doubts.with(|doubts| doubts.push(debt));
        self.alarm.set(true);
    }

    /// Something happened that may make a verdict of a debt: a handle went, or was
    /// polled by somebody who has nothing else to wait for.
    pub(crate) fn doubt(&self, ledger: &Ledger) {
        // Once there is a verdict there is none to come; a runaway may leave many debts.
        if ledger.has(IN_DEBT) && !self.verdict.is_set() {
            let of_ledger = |debt: &&Debt| debt.ledger == NonNull::from(ledger);
            let debt = self.debts.with(|debts| debts.iter().find(of_ledger).copied());
            self.doubts.with(|doubts| doubts.extend(debt));
            self.alarm.set(true);
        }
    }

    /// Takes a debt off the lists: it is paid, or its memory is about to go.
    pub(crate) fn strike_off(&self, ledger: &Ledger) {
        if ledger.has(IN_DEBT) {
            ledger.clear(IN_DEBT);
            let others = |debt: &Debt| debt.ledger != NonNull::from(ledger);
            self.debts.with(|debts| debts.retain(others));
            self.doubts.with(|doubts| doubts.retain(others));
        }
    }

    /// Reads letters, looks at debts and properties, after a step that gave cause.
    #[cold]
    pub(crate) fn attend(&self) {
        self.alarm.set(false);
        self.read_letters();
        self.judge_doubts();
        self.follow_guest();
        self.advance();
        self.look_at_properties();
        self.look_at_guest();
        self.look_outside();
    }

    fn judge_doubts(&self) {
        let doubts = self.doubts.with(std::mem::take);
        // If the root has just returned, what it dropped is judged as the end of the run.
        if self.find_task(TaskId::ROOT).is_none_or(|root| root.ledger().has(OVER)) {
            return;
        }
        let abandoned = |debt: &&Debt| debt.stands(self) && self.is_lost(debt);
        if let Some(debt) = doubts.iter().find(abandoned) {
            self.find(debt.law, debt.ledger().owner(), Vec::new(), Detail::None);
        }
    }

    /// Whether a debt is a verdict now, whatever may still happen.
    fn is_lost(&self, debt: &Debt) -> bool {
        let ledger = debt.ledger();
        if ledger.has(WATCH) {
            // That it is stale shows when it is woken, or at rest.
            return debt.law != Law::StaleWaker;
        }
        let task = ledger.task();
        match self.joiner_of(task) {
            // The usual case, and quickly decided.
            None => task.id() == TaskId::ROOT || task.record().handles.is_zero(),
            Some(_) => self.is_abandoned(task, &self.debtors(&self.standing_debts())),
        }
    }

    pub(crate) fn standing_debts(&self) -> Vec<Debt> {
        let debts = self.debts.with(|debts| debts.clone());
        debts.into_iter().filter(|debt| debt.stands(self)).collect()
    }

    /// From now on nobody owes anything: the run is over.
    pub(crate) fn forget_debts(&self) {
        self.doubts.with(Vec::clear);
        for debt in self.debts.with(std::mem::take) {
            debt.ledger().clear(IN_DEBT);
        }
    }

    /// The tasks in debt: those of `debts`, and those all of whose wakers stand in
    /// join slots of tasks in debt.
    fn debtors(&self, debts: &[Debt]) -> Vec<TaskRef> {
        let tasks = debts.iter().filter(|debt| !debt.ledger().has(WATCH));
        let mut debtors: Vec<TaskRef> = tasks.map(|debt| debt.ledger().task()).collect();
        loop {
            let waiting: Vec<TaskRef> =
                debtors.iter().filter_map(|debtor| self.joiner_of(*debtor)).collect();
            let new = waiting.iter().copied().find(|task| {
                let ledger = task.ledger();
                let slots = waiting.iter().filter(|other| *other == task).count();
                let asleep = ledger.flags.get() & (PENDING | WOKEN | OVER | DAEMON) == PENDING;
                asleep && ledger.clones() == slots as i32 && !debtors.contains(task)
            });
            match new {
                Some(task) => debtors.push(task),
                None => return debtors,
            }
        }
    }

    /// The task whose waker stands in the join slot of `task`.
    fn joiner_of(&self, task: TaskRef) -> Option<TaskRef> {
        let slot = &task.record().joiner;
        let waker = slot.take();
        let ledger = waker.as_ref().and_then(|w| identity_of(w, self)).and_then(|i| i.ledger.get());
        slot.set(waker);
        // SAFETY: a task detaches its identities before its memory goes.
        let ledger = unsafe { ledger?.as_ref() };
        (!ledger.has(WATCH)).then(|| ledger.task())
    }

    /// Whether nobody can end the task any more, given the tasks in debt.
    fn is_abandoned(&self, task: TaskRef, debtors: &[TaskRef]) -> bool {
        let mut task = task;
        // The way up the join edges is no longer than there are debtors.
        for _ in 0..=debtors.len() {
            let handles = task.record().handles.sum();
            if task.id() == TaskId::ROOT || handles == 0 {
                return true;
            }
            match self.joiner_of(task).filter(|joiner| debtors.contains(joiner)) {
                Some(joiner) if handles == 1 => task = joiner,
                _ => return false,
            }
        }
        false
    }

    /// The root returned: what is left in debt, and in nobody's hands?
    pub(crate) fn root_returned(&self) {
        let debts = self.standing_debts();
        let debtors = self.debtors(&debts);
        for debt in &debts {
            let ledger = debt.ledger();
            if ledger.has(WATCH) || !self.is_abandoned(ledger.task(), &debtors) {
                continue;
            }
            let just_now = debt.since == self.steps.get();
            let law = if just_now { Law::TaskLeak } else { debt.law };
            self.find(law, ledger.owner(), Vec::new(), Detail::None);
        }
        let unread = self.panics.with(|panics| panics.iter().map(|(task, _)| *task).min());
        if let Some(task) = unread.and_then(|id| self.find_task(id)) {
            self.panic_unread(task);
        }
    }

    /// Nothing is runnable and no timer is left; answers whether the run goes on: a
    /// letter came, or a property that only warns was given up.
    pub(crate) fn rest(&self) -> bool {
        let patience = self.patience.get();
        let written = || {
            let _out = world::step_out();
            self.mailbox().wait(patience)
        };
        if !patience.is_zero() && written() {
            self.attend();
            return !self.verdict.is_set();
        }
        self.record(|| What::Rested);
        if let Some(probe) = self.probe.get() {
            self.probe_by_dropping(probe.drop);
            return false;
        }
        if let Some(debt) = self.standing_debts().first() {
            self.find(debt.law, debt.ledger().owner(), Vec::new(), Detail::None);
        }
        self.judge_snoozed();
        if self.properties_at_rest() {
            return true;
        }
        if !self.verdict.is_set() {
            let waiting = self.waiting();
            let owner = Owner::Task(waiting.first().copied().unwrap_or(TaskId::ROOT));
            self.find(Law::Stuck, owner, waiting, Detail::None);
        }
        false
    }

    /// Unfinished tasks that are not daemons, in the order of spawning.
    fn waiting(&self) -> Vec<TaskId> {
        let tasks = self.tasks_by_id().into_iter();
        tasks.filter(|task| !task.ledger().has(OVER | DAEMON)).map(TaskRef::id).collect()
    }

    pub(crate) fn tasks_by_id(&self) -> Vec<TaskRef> {
        let mut tasks = self.tasks.with(|tasks| tasks.clone());
        tasks.sort_by_key(|task| task.id());
        tasks
    }

    /// A watched future that was woken and put aside while its task went on.
    fn judge_snoozed(&self) {
        let is_snoozed = |watch: &&WatchRef| {
            let flags = watch.ledger().flags.get() & (WOKEN | PENDING | TAKEN | OVER);
            let task = watch.task().and_then(|id| self.find_task(id));
            let task_is_due = task.is_some_and(|task| task.ledger().has(WOKEN));
            flags == WOKEN | PENDING && !task_is_due
        };
        let watches = self.watches.with(|watches| watches.clone());
        if let Some(watch) = watches.iter().find(is_snoozed) {
            self.find(Law::Snoozed, watch.ledger().owner(), Vec::new(), Detail::None);
        }
    }

    /// The clock moved on and on, and the root got nowhere.
    pub(crate) fn judge_horizon(&self) {
        if let Some(probe) = self.probe.get() {
            self.probe_by_dropping(probe.drop);
            return;
        }
        if let Some(debt) = self.standing_debts().first() {
            self.find(debt.law, debt.ledger().owner(), Vec::new(), Detail::None);
        }
        self.judge_snoozed();
        if !self.verdict.is_set() {
            let count = Detail::Jumps(self.idle_jumps.get());
            let root = Owner::Task(TaskId::ROOT);
            self.find(Law::SuspectedStuck, root, self.waiting(), count);
        }
    }

    /// The run did not end in its fair tail either.
    pub(crate) fn judge_tail(&self) {
        let steps = self.steps.get();
        let stalled = steps - self.progress.get();
        if let Some(debt) = self.standing_debts().first() {
            self.find(debt.law, debt.ledger().owner(), Vec::new(), Detail::None);
        }
        self.judge_snoozed();
        if self.verdict.is_set() {
            return;
        }
        let count = Detail::Count(steps);
        if stalled < self.max_steps.get() / 2 {
            let root = Owner::Task(TaskId::ROOT);
            self.find(Law::SuspectedStuck, root, self.waiting(), count);
            return;
        }
        self.judge_spinning(count);
    }

    /// Tasks run and nothing gets on: who?
    pub(crate) fn judge_spinning(&self, detail: Detail) {
        let mut busy = self.tasks_by_id();
        busy.retain(|task| !task.ledger().has(OVER));
        busy.sort_by_key(|task| std::cmp::Reverse(self.tail_polls(*task).0));
        let most = busy.first().map_or(0, |task| self.tail_polls(*task).0);
        busy.retain(|task| self.tail_polls(*task).0 * 10 > most);
        let alone = busy.iter().all(|task| {
            let (polls, own) = self.tail_polls(*task);
            own * 10 >= polls * 9
        });
        let law = if alone { Law::BusyPoll } else { Law::SuspectedLivelock };
        let owner = Owner::Task(busy.first().map_or(TaskId::ROOT, |task| task.id()));
        let others = busy.iter().skip(1).map(|task| task.id()).collect();
        self.find(law, owner, others, detail);
    }

    /// Counts work that leads nowhere within one poll.
    #[inline]
    pub(crate) fn count_work(&self) {
        let work = self.work.get() + 1;
        self.work.set(work);
        if work > WORK_BOUND {
            self.stop_endless_poll(work);
        }
    }

    #[cold]
    fn stop_endless_poll(&self, work: u64) {
        self.stop_poll(Law::Starvation, Detail::Count(work));
    }

    /// Finds a law broken by the poll that is going on, and ends it: the only way out of
    /// one that does not return.
    pub(crate) fn stop_poll(&self, law: Law, detail: Detail) {
        if let Some(task) = self.running.get()
            && self.phase.get() != Phase::Teardown
        {
            self.find(law, Owner::Task(task.id()), Vec::new(), detail);
            if self.verdict.is_set() && !std::thread::panicking() {
                std::panic::resume_unwind(Box::new(panics::Escape));
            }
        }
    }

    /// A task was spawned at `at`: are there too many?
    #[inline(always)]
    pub(crate) fn count_unfinished(&self, at: &'static Location<'static>) {
        if self.unfinished.get() as u64 > self.max_tasks.get() {
            self.stop_runaway_spawn(at);
        }
    }

    #[cold]
    fn stop_runaway_spawn(&self, at: &'static Location<'static>) {
        let tasks = self.unfinished.get() as u64;
        // Told once, when the bound is passed; but a poll that goes on nevertheless, once
        // the run is over, is ended again.
        if tasks == self.max_tasks.get() + 1 || self.verdict.is_set() {
            self.stop_poll(Law::RunawaySpawn, Detail::Live { tasks, at });
        }
    }

    /// The poll or the destructor of `task` panicked.
    #[cold]
    pub(crate) fn task_panicked(&self, task: TaskRef, spurious: bool) {
        let note = panics::take_note();
        if self.recording.get()
            && let Some(at) = &note.location
        {
            self.with_recorder(|recorder| recorder.add_panic(task.id(), at.clone()));
        }
        if self.verdict.is_set() || note.is_fault {
            // A task that a fault struck counts as cancelled.
            return;
        }
        let ledger = task.ledger();
        let in_drop = ledger.has(ABORTED) || self.phase.get() == Phase::Teardown;
        let panics::Note { message, location, within, .. } = note;
        let detail = Detail::Panic { message, location, in_drop, within, asked: None };
        let owner = Owner::Task(task.id());
        if let Some(nested) = self.inside_a_waker() {
            let caller = Owner::Task(nested.caller);
            self.find(Law::WakeInLock, caller, vec![nested.polled], detail);
        } else if spurious {
            self.find(Law::SpuriousPoll, owner, Vec::new(), detail);
        } else if task.id() == TaskId::ROOT || !ledger.has(JOINABLE) {
            self.find(Law::Panic, owner, Vec::new(), detail);
        } else {
            ledger.set(PANICKED);
            self.panics.with(|panics| panics.push((task.id(), detail)));
        }
    }

    /// A task panicked and its handle was dropped unread, or is unread at the end.
    pub(crate) fn panic_unread(&self, task: TaskRef) {
        let detail = self.panic_read(task);
        self.find(Law::Panic, Owner::Task(task.id()), Vec::new(), detail);
    }

    /// Somebody has seen the panic of a task.
    #[cold]
    pub(crate) fn panic_read(&self, task: TaskRef) -> Detail {
        task.ledger().clear(PANICKED);
        let known = self.panics.with(|panics| {
            let at = panics.iter().position(|(id, _)| *id == task.id())?;
            Some(panics.swap_remove(at).1)
        });
        known.unwrap_or(Detail::None)
    }
}

/// Redundant wakes and the like that one poll may do.
const WORK_BOUND: u64 = 100_000;
