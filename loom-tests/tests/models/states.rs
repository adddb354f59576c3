//! The state of a task, and what goes wrong with it.

use super::{breaks, holds};
use expect_test::expect;
use reveille_loom::models::{TaskState, task_state};
use reveille_loom::sync::atomic::{AtomicU8, Ordering::*};

/// What is wrong with the state.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// A wake during the poll does nothing.
    IgnoresWhileRunning,
    /// The end of the poll is a plain store, which wipes out a wake.
    PendsByStore,
    /// A wake of an idle task does not say that it is to be queued.
    ForgetsTheQueue,
    /// A wake during the poll puts the task into the queue at once, and the end of the poll again.
    QueuesTwice,
    /// A wake after the end puts the task into the queue, to be polled.
    WakesTheDead,
    /// A wake orders nothing.
    Relaxed,
    /// A wake that finds the task scheduled returns at once.
    SeesTheSchedule,
    /// A task that was woken during its poll is scheduled by a plain store: a wake that comes just
    /// before it orders nothing.
    SchedulesByStore,
    /// A wake during the poll lets another thread poll it, too.
    SchedulesWhileRunning,
}

const IDLE: u8 = 0;
const SCHEDULED: u8 = 1;
const RUNNING: u8 = 2;
const NOTIFIED: u8 = 3;
const DONE: u8 = 4;

struct State {
    state: AtomicU8,
    mistake: Mistake,
}

impl State {
    fn new(mistake: Mistake) -> Self {
        State { state: AtomicU8::new(SCHEDULED), mistake }
    }

    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    /// What a wake makes of a state, and whether it asks for the queue.
    fn woken(&self, state: u8) -> (u8, bool) {
        match state {
            IDLE => (SCHEDULED, !self.is(Mistake::ForgetsTheQueue)),
            RUNNING if self.is(Mistake::IgnoresWhileRunning) => (RUNNING, false),
            RUNNING if self.is(Mistake::QueuesTwice) => (NOTIFIED, true),
            RUNNING if self.is(Mistake::SchedulesWhileRunning) => (SCHEDULED, true),
            RUNNING => (NOTIFIED, false),
            DONE if self.is(Mistake::WakesTheDead) => (SCHEDULED, true),
            other => (other, false),
        }
    }
}

impl TaskState for State {
    fn wake(&self) -> bool {
        if self.is(Mistake::SeesTheSchedule) && self.state.load(Relaxed) == SCHEDULED {
            return false;
        }
        let (set, fetch) =
            if self.is(Mistake::Relaxed) { (Relaxed, Relaxed) } else { (AcqRel, Acquire) };
        let mut queues = false;
        let update = self.state.fetch_update(set, fetch, |state| {
            let (next, asks) = self.woken(state);
            queues = asks;
            Some(next)
        });
        update.is_ok() && queues
    }

    fn start(&self) -> bool {
        let order = if self.is(Mistake::Relaxed) { Relaxed } else { AcqRel };
        self.state.compare_exchange(SCHEDULED, RUNNING, order, Relaxed).is_ok()
    }

    fn pend(&self) -> bool {
        if self.is(Mistake::PendsByStore) {
            self.state.store(IDLE, Release);
            return false;
        }
        let idle = self.state.compare_exchange(RUNNING, IDLE, AcqRel, Acquire);
        if idle.is_ok() {
            return false;
        }
        if self.is(Mistake::SchedulesWhileRunning) {
            return false;
        }
        if self.is(Mistake::SchedulesByStore) {
            self.state.store(SCHEDULED, Release);
        } else {
            self.state.swap(SCHEDULED, AcqRel);
        }
        true
    }

    fn complete(&self) {
        self.state.store(DONE, Release);
    }
}

#[test]
fn five_states_hold() {
    holds(
        task_state(|| State::new(Mistake::None)),
        expect![[r#"
            11 iterations: a wake while the task is idle lets it be polled
            1 iteration: a wake during the poll lets it be polled again
            715 iterations: what was done before a wake is seen by a later poll
            9362 iterations: two wakes may be one, but never none
            921 iterations: two threads never poll it at once
            7 iterations: a task that is done is not polled again"#]],
    );
}

macro_rules! mistakes {
    ($($test:ident: $mistake:ident breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(task_state(|| State::new(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    ignores_while_running: IgnoresWhileRunning breaks "a wake during the poll lets it be polled again";
    pends_by_store: PendsByStore breaks "a wake during the poll lets it be polled again";
    forgets_the_queue: ForgetsTheQueue breaks "a wake while the task is idle lets it be polled";
    queues_twice: QueuesTwice breaks "a wake during the poll lets it be polled again";
    wakes_the_dead: WakesTheDead breaks "a task that is done is not polled again";
    relaxed: Relaxed breaks "what was done before a wake is seen by a later poll";
    sees_the_schedule: SeesTheSchedule breaks "what was done before a wake is seen by a later poll";
    schedules_by_store: SchedulesByStore breaks "two wakes may be one, but never none";
    schedules_while_running: SchedulesWhileRunning breaks "two threads never poll it at once";
}
