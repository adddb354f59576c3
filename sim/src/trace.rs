//! The events of one run.
//!
//! While searching nothing of this happens: a trace is taken when a tape is
//! replayed. Its hash stands for the whole run in comparisons; it folds every
//! event and their number, and nothing that differs between machines, builds or
//! processes (no address, no real time, no path).

mod hash;
mod older;
mod recorder;
mod thrown;

use self::hash::mix;
pub(crate) use self::recorder::Recorder;
pub use self::thrown::Thrown;

use crate::choice::Kind;
use crate::completion::Misuse;
use crate::reactor::Ready;
use crate::strand::Path;
use std::backtrace::Backtrace;
use std::collections::VecDeque;
use std::fmt;
use std::io::ErrorKind;
use std::panic::Location;
use std::rc::Rc;

/// A task of a run: its number in the order of spawning, the root being 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u32);

impl TaskId {
    /// The task that runs the test's body.
    pub const ROOT: TaskId = TaskId(0);
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == TaskId::ROOT { f.write_str("root") } else { write!(f, "task {}", self.0) }
    }
}

/// What is known of a task from its spawning on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// Its number.
    pub id: TaskId,
    /// Who spawned it; none for the root.
    pub parent: Option<TaskId>,
    /// Its number among the children of its parent, counted from 0.
    pub ordinal: u32,
    /// Where it comes from, as samplers know it.
    pub path: Path,
    /// The name that the test gave it.
    pub name: Option<Rc<str>>,
    /// Where it was spawned.
    pub spawned_at: &'static Location<'static>,
    /// The type of its future.
    pub future: &'static str,
    /// Whether it may wait for ever.
    pub daemon: bool,
    /// On whose thread it lives: its own number, or that of the first of those who share one.
    pub home: TaskId,
}

/// Whose wakers an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A task.
    Task(TaskId),
    /// A future under [`watch`](crate::watch()), by its number in the run.
    Watch(u32),
}

/// How a poll ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PollEnd {
    /// The future waits.
    Pending,
    /// The future is finished.
    Ready,
    /// The future panicked.
    Panicked,
    /// The future was dropped because somebody aborted its task.
    Cancelled,
}

/// What a strand that is a thread does to a place that others may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Touching {
    /// It reads an atomic.
    Load,
    /// It writes an atomic.
    Store,
    /// It reads and writes an atomic at once.
    Change,
    /// It would have, but the atomic was not what it expected.
    Refusal,
    /// It goes to sleep until somebody wakes the place.
    Sleep,
    /// It wakes who sleeps there.
    Wake,
}

impl Touching {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Touching::Load => "load",
            Touching::Store => "store",
            Touching::Change => "change",
            Touching::Refusal => "refusal",
            Touching::Sleep => "sleep",
            Touching::Wake => "wake",
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// A task was spawned.
    Spawned {
        /// The new task.
        child: TaskId,
    },
    /// A poll began.
    Polled {
        /// Of whom.
        owner: Owner,
        /// The identity of the waker handed out.
        waker: u32,
        /// Whether nobody asked for the poll.
        spurious: bool,
    },
    /// The poll ended.
    PollEnded {
        /// Of whom.
        owner: Owner,
        /// How.
        end: PollEnd,
    },
    /// A waker was cloned.
    WakerCloned {
        /// Whose waker.
        owner: Owner,
        /// Its identity.
        waker: u32,
    },
    /// A clone of a waker was dropped.
    WakerDropped {
        /// Whose waker.
        owner: Owner,
        /// Its identity.
        waker: u32,
        /// Clones of this identity that are left.
        left: i32,
    },
    /// A waker was woken.
    Woken {
        /// Whose waker.
        owner: Owner,
        /// Its identity.
        waker: u32,
        /// Whether the wake asked for a poll; if not, one was due already or the task is over.
        effective: bool,
    },
    /// A thread outside the run woke a task.
    WokenFromOutside {
        /// Whose waker.
        owner: Owner,
        /// The name of the thread.
        thread: Rc<str>,
    },
    /// A join handle was polled.
    HandlePolled {
        /// The task it belongs to.
        task: TaskId,
    },
    /// A join or abort handle was dropped.
    HandleDropped {
        /// The task it belongs to.
        task: TaskId,
        /// Handles that are left.
        left: u32,
    },
    /// A task was asked to end.
    Aborted {
        /// The task.
        task: TaskId,
    },
    /// A future under [`cancellable`](crate::cancellable()) was cancelled.
    Cancelled {
        /// Where it was put under it.
        at: &'static Location<'static>,
        /// Whether it was forgotten, not dropped.
        forgotten: bool,
    },
    /// A timer was set.
    TimerSet {
        /// When it fires, in nanoseconds of virtual time.
        deadline: u64,
    },
    /// A timer was dropped before it fired.
    TimerDropped {
        /// When it would have fired, in nanoseconds of virtual time.
        deadline: u64,
    },
    /// A timer fired.
    TimerFired {
        /// When it was to fire, in nanoseconds of virtual time.
        deadline: u64,
    },
    /// Something that comes from outside the tasks is under way.
    EventSet {
        /// When it comes, in nanoseconds of virtual time.
        deadline: u64,
    },
    /// It came.
    EventDue {
        /// When it was to come, in nanoseconds of virtual time.
        deadline: u64,
    },
    /// An event source became ready.
    BecameReady {
        /// Its number in the run.
        source: u32,
        /// All that it is ready for now.
        ready: Ready,
    },
    /// Whoever asked was told that a source is ready though it is not.
    SaidReady {
        /// Its number in the run.
        source: u32,
        /// What was asked for.
        ready: Ready,
    },
    /// An operation on something outside the program: a socket, a file, a device.
    Io {
        /// The number of its event source in the run.
        source: u32,
        /// What was done, such as `reads`.
        verb: &'static str,
        /// The bytes that were moved, or the error.
        result: Result<usize, ErrorKind>,
    },
    /// An operation was handed over, with its memory.
    Submitted {
        /// Its number in the run.
        operation: u32,
        /// The number of the event source that it is on.
        source: u32,
        /// What it does, such as `read`.
        verb: &'static str,
        /// Where.
        at: &'static Location<'static>,
    },
    /// An operation ended, and its memory is its owner's again.
    Completed {
        /// Its number in the run.
        operation: u32,
        /// The number of the event source that it is on.
        source: u32,
        /// What it does, such as `read`.
        verb: &'static str,
        /// Bytes, or a negative error number of Linux.
        result: i32,
    },
    /// The memory of an operation in flight was touched.
    Misused {
        /// The number of the operation in the run.
        operation: u32,
        /// What was done to it.
        how: Misuse,
    },
    /// A wake that was held up takes effect.
    LetIn {
        /// Whose.
        task: TaskId,
    },
    /// Virtual time moved on.
    ClockMoved {
        /// The new time in nanoseconds.
        to: u64,
    },
    /// A choice was made.
    Chosen {
        /// What was decided.
        kind: Kind,
        /// Among how many.
        options: u32,
        /// What was taken.
        option: u32,
    },
    /// A poll of an `.await` in the body of the test gave `Pending`.
    Awaiting {
        /// Where the `.await` stands.
        at: &'static Location<'static>,
        /// The type of what is awaited.
        future: &'static str,
    },
    /// The running task came to a scheduling point.
    Pointed {
        /// Where the point stands.
        at: &'static Location<'static>,
        /// Whether the task went on, which is a turn of its own.
        goes_on: bool,
    },
    /// A strand that is a thread touched what others may see.
    Touched {
        /// The number of the place in the run.
        place: u32,
        /// What it did.
        how: Touching,
    },
    /// The test passed a mark.
    Marked {
        /// The mark's name.
        name: &'static str,
    },
    /// The test, or what it calls, said something.
    Noted {
        /// What it said.
        text: Rc<str>,
    },
    /// Nothing was runnable and no timer was left to wait for.
    Rested,
    /// The bound of steps was passed: from here on the schedule is fair and free of faults.
    FairTail,
    /// The root returned; what is left is dropped.
    Teardown,
}

/// One event of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// Its number in the run.
    pub index: u64,
    /// The step it belongs to; the first is 1.
    pub step: u64,
    /// The virtual time, in nanoseconds.
    pub now: u64,
    /// The task that was being polled, if any.
    pub by: Option<TaskId>,
    /// What happened.
    pub what: What,
    /// The call stack, if it was asked for.
    pub stack: Option<Rc<Backtrace>>,
}

/// How much of a run is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recording {
    /// The tape only.
    #[default]
    Tape,
    /// The tape and the hash of the events.
    Hash,
    /// The events too, with the call stacks of those whose numbers are given, in rising order.
    Events {
        /// Numbers of events whose stacks are wanted.
        stacks: Vec<u64>,
    },
}

impl Recording {
    /// Events, with the call stacks of those numbers, which must rise.
    #[must_use]
    pub fn events(stacks: Vec<u64>) -> Recording {
        Recording::Events { stacks }
    }
}

/// Events that are kept at most, before the older half is thinned out.
const KEPT: usize = 1 << 17;

/// The recorded events of a run.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    hash: u64,
    count: u64,
    /// What is kept of events before these.
    older: Vec<Event>,
    events: VecDeque<Event>,
    tasks: Vec<TaskInfo>,
    watches: Vec<&'static Location<'static>>,
    sources: Vec<String>,
    arguments: Vec<(String, String)>,
    panics: Vec<(TaskId, String)>,
    thrown: Vec<Thrown>,
}

impl Trace {
    /// A number that stands for all events; equal for equal runs.
    #[must_use]
    pub fn hash(&self) -> u64 {
        mix(self.hash, self.count)
    }

    /// How many events there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The events, oldest first; of a very long run the last 65,536 and more, and of
    /// those before what was last seen of each task.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.older.iter().chain(&self.events)
    }

    /// Whether no event was left out.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.older.len() as u64 + self.events.len() as u64 == self.count
    }

    /// The event of that number, if it is kept.
    #[must_use]
    pub fn event(&self, index: u64) -> Option<&Event> {
        let first = self.events.front()?.index;
        match index.checked_sub(first) {
            Some(place) => self.events.get(usize::try_from(place).ok()?),
            None => {
                let place = self.older.binary_search_by_key(&index, |event| event.index);
                place.ok().map(|place| &self.older[place])
            }
        }
    }

    /// The tasks in the order of their numbers.
    #[must_use]
    pub fn tasks(&self) -> &[TaskInfo] {
        &self.tasks
    }

    /// Where the watched future of that number was put under watch.
    #[must_use]
    pub fn watched_at(&self, number: u32) -> Option<&'static Location<'static>> {
        self.watches.get(number as usize).copied()
    }

    /// What the event source of that number is called.
    #[must_use]
    pub fn source(&self, number: u32) -> Option<&str> {
        self.sources.get(number as usize).map(String::as_str)
    }

    /// The arguments of the test, by name, as text. They are no part of the hash.
    #[must_use]
    pub fn arguments(&self) -> &[(String, String)] {
        &self.arguments
    }

    /// Where a task panicked: file, line and column. It is no part of the hash.
    #[must_use]
    pub fn panicked_at(&self, id: TaskId) -> Option<&str> {
        let (_, at) = self.panics.iter().find(|(task, _)| *task == id)?;
        Some(at)
    }

    /// What is known of a task.
    #[must_use]
    pub fn task(&self, id: TaskId) -> Option<&TaskInfo> {
        self.tasks.get(id.0 as usize)
    }
}
