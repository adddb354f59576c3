//! How a task ends, and when its memory goes.
//!
//! ```text
//! Ready, a panic, an abort:  the future is dropped; who joins is woken
//! the last handle goes:      the output is dropped, if nobody took it
//! both:                      the task is freed
//! ```
//!
//! Handles that outlive the run keep the memory of their tasks, which are orphans then.

use crate::ledger::flag::*;
use crate::task::TaskRef;
use crate::trace::{Owner, PollEnd, TaskId, What};
use crate::world::Core;

impl Core {
    /// Drops the future of a task that is not being polled.
    pub(crate) fn cancel(&self, task: TaskRef) {
        // Its stage is not to be touched while the future is dropped.
        task.ledger().set(OVER | RUNNING);
        self.work.set(0);
        let before = self.running.replace(Some(task));
        let end = task.cancel();
        self.complete(task, end);
        self.running.set(before);
    }

    /// The future of `task` is gone.
    pub(crate) fn complete(&self, task: TaskRef, end: PollEnd) {
        let header = task.header();
        let ledger = &header.ledger;
        self.record(|| What::PollEnded { owner: Owner::Task(task.id()), end });
        #[cfg(feature = "threads")]
        self.give_thread_back(task);
        if ledger.has(WOKEN) {
            self.take_from_queue(task);
        }
        let spurious = ledger.has(SPURIOUS);
        let flags = ledger.flags.get() & !(WOKEN | RUNNING | PENDING | SPURIOUS);
        ledger.flags.set(flags | OVER | HELD);
        self.strike_off(ledger);
        ledger.detach(self);
        self.unfinished.set(self.unfinished.get() - 1);
        self.made_progress();
        if end == PollEnd::Panicked {
            self.task_panicked(task, spurious);
        }
        if let Some(joiner) = task.record().joiner.take() {
            self.work.set(0);
            self.call_out(|| joiner.wake());
        }
        if !ledger.has(JOINABLE) {
            task.drop_output();
        }
        self.running.set(None);
        ledger.clear(HELD);
        if task.record().handles.is_zero() {
            self.free(task);
        }
    }

    /// The join handle of a task that is about to be freed was dropped on another
    /// thread.
    #[cold]
    fn joined_by_nobody(&self, task: TaskRef) {
        if task.ledger().has(PANICKED) {
            self.panic_unread(task);
        }
        task.drop_output();
    }

    pub(crate) fn free(&self, task: TaskRef) {
        if task.ledger().has(JOINABLE) {
            self.joined_by_nobody(task);
        }
        self.tasks.with(|tasks| {
            let index = task.record().index.get() as usize;
            tasks.swap_remove(index);
            if let Some(moved) = tasks.get(index) {
                moved.record().index.set(index as u32);
            }
        });
        // SAFETY: the task is over, so no other table refers to it, and no handle
        // is left.
        unsafe { task.free(self) };
    }

    pub(crate) fn abort(&self, task: TaskRef) {
        let ledger = task.ledger();
        if ledger.has(OVER) {
            return;
        }
        self.record(|| What::Aborted { task: task.id() });
        #[cfg(feature = "threads")]
        if ledger.has(LEFT) {
            // It ends when its poll has ended, and stands where it stands until then.
            return ledger.set(ABORTED | AGAIN);
        }
        let due = ledger.has(WOKEN);
        ledger.set(ABORTED | WOKEN);
        if due {
            self.let_in(task);
        } else {
            self.enqueue(task);
        }
    }

    pub(crate) fn join_handle_dropped(&self, task: TaskRef) {
        let header = task.header();
        drop(task.record().joiner.take());
        header.ledger.clear(JOINABLE);
        if header.ledger.is_done() {
            if header.ledger.has(PANICKED) {
                self.panic_unread(task);
            }
            #[cfg(feature = "threads")]
            if !header.ledger.has(TAKEN) {
                self.happens_after(task.id());
            }
            task.drop_output();
        }
        self.doubt(&header.ledger);
    }

    pub(crate) fn handle_dropped(&self, task: TaskRef) {
        let header = task.header();
        task.record().handles.decrement();
        if header.id() != TaskId::ROOT {
            let left = task.record().handles.sum().unsigned_abs();
            self.record(|| What::HandleDropped { task: task.id(), left });
        }
        self.handle_gone(task);
    }

    /// A handle is gone; was it the last thing that kept the task?
    pub(crate) fn handle_gone(&self, task: TaskRef) {
        let header = task.header();
        self.doubt(&header.ledger);
        if task.record().handles.is_zero() && header.ledger.is_done() && !header.ledger.has(HELD) {
            self.free(task);
        }
    }

    /// Leaves a task that is over to the handles that outlive the run.
    pub(crate) fn orphan(&self, task: TaskRef) {
        task.leave_home();
        if task.record().handles.hand_over() {
            // SAFETY: no handle is left, and the list of tasks is about to be emptied.
            unsafe { task.free(self) };
        }
    }
}
