//! What the threads of one iteration do, in the order in which they do it.
//!
//! Loom's threads are coroutines of one thread of the system, so what is recorded is kept in
//! a thread-local of that one. While loom searches, operations are only counted; they are
//! written down in the one iteration that is told of.

use crate::pulse;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::panic::Location;

/// A line of a source file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
}

impl Place {
    pub(crate) fn of(location: &Location<'_>) -> Place {
        Place { file: location.file().into(), line: location.line() }
    }
}

/// An atomic, a lock, a cell or a token, numbered in the order of creation.
pub(crate) type ObjectId = u32;

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Object {
    /// The name of its type.
    pub(crate) kind: String,
    pub(crate) made_at: Place,
}

/// One operation of a thread.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) thread: usize,
    pub(crate) object: Option<ObjectId>,
    /// The operation and what it is given: `store(1, Release)`.
    pub(crate) operation: String,
    /// What came of it; empty if nothing does.
    pub(crate) result: String,
    pub(crate) at: Place,
    /// The step whose store it has not seen, of a load that answers an older value.
    pub(crate) missed: Option<usize>,
}

impl Step {
    /// Whether another iteration does the same here.
    pub(crate) fn is_like(&self, other: &Step) -> bool {
        let what = |step: &Step| (step.thread, step.object, step.operation.clone());
        what(self) == what(other)
    }
}

/// One iteration, as far as it went.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Interleaving {
    pub(crate) threads: Vec<String>,
    pub(crate) objects: Vec<Object>,
    pub(crate) steps: Vec<Step>,
    /// By thread, the operation that it is in.
    pub(crate) under_way: Vec<Option<Step>>,
}

struct Recorder {
    interleaving: Interleaving,
    /// By object, the last store: its step and the value.
    stored: Vec<Option<(usize, String)>>,
    /// What an earlier recording of the iteration has.
    expected: Option<Vec<Step>>,
    /// Addresses, which are told by their number, since they differ from process to process.
    addresses: Vec<usize>,
}

thread_local! {
    static OBJECTS: Cell<ObjectId> = const { Cell::new(0) };
    static THREADS: Cell<usize> = const { Cell::new(1) };
    static RECORDING: Cell<bool> = const { Cell::new(false) };
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

loom::thread_local! {
    static THREAD: Cell<usize> = Cell::new(0);
}

/// An iteration begins.
pub(crate) fn begin_iteration(records: bool, expected: Option<Vec<Step>>) {
    OBJECTS.set(0);
    THREADS.set(1);
    RECORDING.set(records);
    RECORDER.set(records.then(|| Recorder {
        interleaving: Interleaving {
            threads: vec!["main".into()],
            under_way: vec![None],
            ..Interleaving::default()
        },
        stored: Vec::new(),
        expected,
        addresses: Vec::new(),
    }));
}

/// What is recorded, which ends it.
pub(crate) fn take() -> Option<Interleaving> {
    RECORDING.set(false);
    let recorder = RECORDER.try_with(|recorder| recorder.try_borrow_mut().ok()?.take());
    Some(recorder.ok()??.interleaving)
}

fn with<R>(f: impl FnOnce(&mut Recorder) -> R) -> Option<R> {
    if !RECORDING.get() {
        return None;
    }
    RECORDER.with(|recorder| recorder.borrow_mut().as_mut().map(f))
}

/// The thread that runs. What a thread does when its own variables are gone counts for main.
fn current_thread() -> usize {
    THREAD.try_with(Cell::get).unwrap_or(0)
}

/// A thread is spawned; answers its number.
pub(crate) fn new_thread(name: Option<&str>) -> usize {
    let thread = THREADS.get();
    THREADS.set(thread + 1);
    with(|recorder| {
        recorder
            .interleaving
            .threads
            .push(name.map_or_else(|| format!("thread {thread}"), Into::into));
        recorder.interleaving.under_way.push(None);
    });
    thread
}

/// What a thread is called, where something is recorded.
pub(crate) fn name_of(thread: usize) -> String {
    let name = with(|recorder| recorder.interleaving.threads.get(thread).cloned());
    name.flatten().unwrap_or_default()
}

/// Called first by the thread of that number.
pub(crate) fn enter_thread(thread: usize) {
    THREAD.with(|number| number.set(thread));
}

pub(crate) fn new_object(kind: &'static str, at: &'static Location<'static>) -> ObjectId {
    let object = OBJECTS.get();
    OBJECTS.set(object + 1);
    with(|recorder| {
        recorder.interleaving.objects.push(Object { kind: kind.into(), made_at: Place::of(at) });
        recorder.stored.push(None);
    });
    object
}

/// What an address is called.
pub(crate) fn name_of_address(address: usize) -> String {
    let number = with(|recorder| {
        let known = recorder.addresses.iter().position(|known| *known == address);
        known.unwrap_or_else(|| {
            recorder.addresses.push(address);
            recorder.addresses.len() - 1
        })
    });
    match (address, number) {
        (0, _) => "null".into(),
        (_, number) => format!("pointer {}", number.unwrap_or_default()),
    }
}

/// An operation that has begun.
#[must_use]
pub(crate) struct Operation {
    step: Option<Step>,
}

impl Operation {
    #[track_caller]
    pub(crate) fn begin(object: Option<ObjectId>, text: impl FnOnce() -> String) -> Operation {
        Operation::begin_at(Location::caller(), object, text)
    }

    pub(crate) fn begin_at(
        at: &'static Location<'static>,
        object: Option<ObjectId>,
        text: impl FnOnce() -> String,
    ) -> Operation {
        pulse::beat(at);
        let step = RECORDING.get().then(|| Step {
            thread: current_thread(),
            object,
            operation: text(),
            result: String::new(),
            at: Place::of(at),
            missed: None,
        });
        if let Some(step) = &step {
            with(|recorder| recorder.interleaving.under_way[step.thread] = Some(step.clone()));
        }
        Operation { step }
    }

    /// It ended, and answers nothing.
    pub(crate) fn end(self) {
        self.finish(|_, _| ());
    }

    /// It ended and answers what is written so.
    pub(crate) fn answers(self, result: impl FnOnce() -> String) {
        self.finish(|_, step| step.result = result());
    }

    /// It has read this value.
    pub(crate) fn reads(self, value: impl FnOnce() -> String) {
        self.finish(|recorder, step| {
            step.result = value();
            step.missed = recorder.missed(step);
        });
    }

    /// It has written this value.
    pub(crate) fn writes(self, value: impl FnOnce() -> String) {
        self.finish(|recorder, step| recorder.store(step, value()));
    }

    /// It has read and written at once, or has only read.
    pub(crate) fn exchanges(
        self,
        old: impl FnOnce() -> String,
        new: impl FnOnce() -> Option<String>,
    ) {
        self.finish(|recorder, step| {
            step.result = old();
            step.missed = recorder.missed(step);
            if let Some(new) = new() {
                recorder.store(step, new);
            }
        });
    }

    fn finish(self, told: impl FnOnce(&mut Recorder, &mut Step)) {
        let Some(mut step) = self.step else { return };
        let foreign = with(|recorder| {
            told(recorder, &mut step);
            recorder.push(step)
        });
        if let Some(Err(foreign)) = foreign {
            crate::child::tell_foreign(*foreign);
        }
    }
}

/// A step that an earlier recording does not have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Foreign {
    pub(crate) number: usize,
    pub(crate) expected: Option<Step>,
    pub(crate) got: Step,
}

impl Recorder {
    fn missed(&self, step: &Step) -> Option<usize> {
        let (number, value) = self.stored.get(step.object? as usize)?.as_ref()?;
        (*value != step.result).then_some(*number)
    }

    fn store(&mut self, step: &Step, value: String) {
        let number = self.interleaving.steps.len();
        let slot = step.object.and_then(|object| self.stored.get_mut(object as usize));
        if let Some(slot) = slot {
            *slot = Some((number, value));
        }
    }

    fn push(&mut self, step: Step) -> Result<(), Box<Foreign>> {
        let number = self.interleaving.steps.len();
        if let Some(expected) = &self.expected {
            let expected = expected.get(number);
            if !expected.is_some_and(|expected| expected.is_like(&step)) {
                let expected = expected.cloned();
                return Err(Box::new(Foreign { number, expected, got: step }));
            }
        }
        self.interleaving.under_way[step.thread] = None;
        self.interleaving.steps.push(step);
        Ok(())
    }
}
