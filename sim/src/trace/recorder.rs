//! Takes the events of a run in and makes a trace of them.

use super::hash::fold;
use super::{Event, KEPT, Recording, TaskId, TaskInfo, Thrown, Trace, What, older};
use std::backtrace::Backtrace;
use std::panic::Location;
use std::rc::Rc;

/// Takes events in.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    trace: Trace,
    stacks: Vec<u64>,
    next_stack: usize,
    keep: bool,
}

impl Recorder {
    pub(crate) fn begin(&mut self, recording: &Recording) {
        self.trace = Trace::default();
        self.next_stack = 0;
        self.stacks.clear();
        self.keep = false;
        if let Recording::Events { stacks } = recording {
            self.keep = true;
            self.stacks.extend_from_slice(stacks);
        }
    }

    pub(crate) fn add_watch(&mut self, at: &'static Location<'static>) {
        self.trace.watches.push(at);
    }

    pub(crate) fn name_source(&mut self, name: &str) {
        self.trace.sources.push(name.to_owned());
    }

    /// Whether the trace will have events, for a report.
    pub(crate) fn keeps_events(&self) -> bool {
        self.keep
    }

    pub(crate) fn add_argument(&mut self, name: String, value: String) {
        self.trace.arguments.push((name, value));
    }

    pub(crate) fn add_panic(&mut self, task: TaskId, at: String) {
        if self.keep {
            self.trace.panics.push((task, at));
        }
    }

    pub(crate) fn add_thrown(&mut self, thrown: Thrown) {
        if self.keep {
            self.trace.add_thrown(thrown);
        }
    }

    /// A task says what it is called.
    #[cfg(feature = "threads")]
    pub(crate) fn name_task(&mut self, id: TaskId, name: &str) {
        if let Some(info) = self.trace.tasks.get_mut(id.0 as usize) {
            info.name = Some(name.into());
        }
    }

    pub(crate) fn add_task(&mut self, info: TaskInfo) {
        self.trace.tasks.push(info);
    }

    /// Whether the stack of the next event is wanted.
    pub(crate) fn wants_stack(&mut self) -> bool {
        let wanted = self.stacks.get(self.next_stack) == Some(&self.trace.count);
        self.next_stack += usize::from(wanted);
        wanted
    }

    pub(crate) fn add(
        &mut self,
        step: u64,
        now: u64,
        by: Option<TaskId>,
        what: What,
        stack: Option<Rc<Backtrace>>,
    ) {
        let trace = &mut self.trace;
        trace.hash = fold(trace.hash, step, now, by, &what);
        if self.keep {
            if trace.events.len() == KEPT {
                trace.older.extend(trace.events.drain(..KEPT / 2));
                older::thin_out(&mut trace.older);
            }
            trace.events.push_back(Event { index: trace.count, step, now, by, what, stack });
        }
        trace.count += 1;
    }

    pub(crate) fn finish(&mut self) -> Trace {
        std::mem::take(&mut self.trace)
    }
}
