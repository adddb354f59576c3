//! The end of a run: everything is dropped, and the books are closed.
//!
//! Futures go in the order of spawning, then timers and events, what is named by
//! handles, join slots and outputs. A
//! destructor may do anything that a poll may: wake, abort, spawn. What it spawns
//! is never polled and dropped in the next round; after so many rounds it is left
//! to leak, because there are destructors that spawn their like for ever.

use crate::finding::Detail;
use crate::law::Law;
use crate::ledger::flag::*;
use crate::task::TaskRef;
use crate::trace::What;
use crate::world::{Core, Phase};

/// How often what the destructors of the last round spawned is dropped.
const ROUNDS: usize = 1_000;

impl Core {
    /// Drops every future in the order of spawning, then everything else that the
    /// run holds.
    pub(crate) fn tear_down(&self) {
        self.phase.set(Phase::Teardown);
        self.forget_debts();
        #[cfg(feature = "threads")]
        self.end_left_polls();
        crate::completion::let_go();
        self.record(|| What::Teardown);
        let mut rounds = 0;
        loop {
            while self.unfinished.get() > 0 && rounds < ROUNDS {
                rounds += 1;
                self.with_tasks_held(|task| {
                    // A destructor may have ended others.
                    if !task.ledger().has(OVER | LOST) {
                        self.cancel(task);
                    }
                });
            }
            self.see_off();
            self.drop_properties();
            self.drop_views();
            for alarm in self.clock.with(crate::clock::Clock::clear) {
                self.call_out(|| drop(alarm));
            }
            self.drop_residents();
            if self.tasks.with(|tasks| tasks.len()) == 1 {
                // The root alone: the usual case, and not worth an allocation.
                return;
            }
            self.with_tasks_held(|task| {
                if let Some(joiner) = task.record().joiner.take() {
                    self.call_out(|| drop(joiner));
                }
                if task.ledger().has(OVER) {
                    task.drop_output();
                }
            });
            // The destructors of wakers and outputs may have begun something again.
            rounds += 1;
            let timers = self.clock.with(|clock| clock.len());
            if rounds >= ROUNDS || self.unfinished.get() == 0 && timers == 0 {
                return;
            }
        }
    }

    /// Calls `f` with every task in the order of spawning; none is freed meanwhile.
    fn with_tasks_held(&self, f: impl Fn(TaskRef)) {
        let tasks = self.tasks_by_id();
        tasks.iter().for_each(|task| task.record().handles.increment());
        tasks.iter().copied().for_each(f);
        for task in tasks {
            if task.record().handles.decrement() && task.ledger().has(OVER) {
                self.free(task);
            }
        }
    }

    /// Leaves what outlives the run to its owners, and closes the books.
    pub(crate) fn end(&self) {
        for task in self.tasks_by_id() {
            if task.ledger().has(OVER) {
                self.orphan(task);
            } else {
                // Destructors spawned without end; what they spawned is leaked, and
                // its handles belong to no run.
                task.leave_home();
            }
        }
        self.tasks.with(Vec::clear);
        self.watches.with(std::mem::take).into_iter().for_each(|w| w.ledger().detach(self));
        if !self.identities.with(|identities| identities.all_back()) {
            let world = self.address();
            let leaks = self.identities.with(|i| i.quarantine(world));
            // What was forgotten may keep the wakers of anybody, and is not to blame.
            for (owner, clones) in leaks.into_iter().filter(|_| !self.forgot.get()) {
                self.find(Law::WakerLeak, owner, Vec::new(), Detail::Count(clones));
            }
        }
        self.judge_outside();
        self.panics.with(Vec::clear);
        self.phase.set(Phase::Idle);
    }
}
