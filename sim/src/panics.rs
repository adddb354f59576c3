//! Panics inside runs: kept quiet while searching, remembered for the report.
//!
//! A run polls under `catch_unwind`. The hook installed here keeps a panic on a
//! thread that is inside a run from being printed a thousand times, and notes its
//! message and place. Everywhere else the hook that was there before is called.
//!
//! A destructor that panics while a panic unwinds aborts the process; that is
//! Rust's rule and cannot be caught. Before it happens the function given to
//! [`on_abort`] is called, so that the tape is not lost.

use crate::finding::{Asked, Detail};
use crate::join::message;
use crate::law::Law;
use crate::reentry::PanickedClone;
use crate::task::TaskRef;
use crate::trace::{Owner, TaskId};
use crate::within::current_within;
use crate::world::{self, Core, Phase};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

/// Thrown to leave a poll that would not return by itself.
#[derive(Debug)]
pub(crate) struct Escape;

/// What a panic said, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) within: Option<&'static str>,
    /// Whether it was no panic of the user's, but the fault `panicking-clone`.
    pub(crate) is_fault: bool,
}

/// Notes kept at most, but for the last.
const MOST_NOTES: usize = 8;

type AbortHook = Box<dyn Fn(&str)>;

thread_local! {
    /// Panics since the last note was taken, the oldest first.
    static NOTES: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
    static ON_ABORT: RefCell<Option<AbortHook>> = const { RefCell::new(None) };
    static ABORTING: Cell<bool> = const { Cell::new(false) };
}

/// Has `hook` called, with the message of the panic, when a panic inside a run of
/// this thread is about to abort the process.
pub fn on_abort(hook: impl Fn(&str) + 'static) {
    ON_ABORT.set(Some(Box::new(hook)));
}

pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if world::in_run() && !ABORTING.get() {
                note(info);
            } else {
                previous(info);
            }
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    let message = match info.payload().downcast_ref::<&'static str>() {
        Some(text) => (*text).to_owned(),
        None => info.payload().downcast_ref::<String>().cloned().unwrap_or_default(),
    };
    if cannot_unwind(&message) {
        ABORTING.set(true);
        let first = NOTES.take().into_iter().next().unwrap_or_default();
        ON_ABORT.with_borrow(|hook| {
            if let Some(hook) = hook {
                hook(&format!("{} (at {})", first.message, first.location.unwrap_or_default()));
            }
        });
        return;
    }
    let location = info.location().map(ToString::to_string);
    NOTES.with_borrow_mut(|notes| {
        // A body may catch its panics by the thousand.
        notes.truncate(MOST_NOTES);
        notes.push(Note { message, location, within: current_within(), is_fault: false });
    });
}

/// The messages with which the runtime announces that it is about to abort; the
/// flag that says so is not stable.
fn cannot_unwind(message: &str) -> bool {
    message.contains("panic in a destructor during cleanup")
        || message.contains("panic in a function that cannot unwind")
}

/// A panic with this payload ended a poll: its note is the last one, unless it ran
/// past the hook, as `resume_unwind` does.
pub(crate) fn caught(payload: &(dyn Any + Send)) {
    let last = NOTES.take().pop().unwrap_or_default();
    let note = match message(payload) {
        Some(message) if message != last.message => {
            Note { message: message.to_owned(), ..Note::default() }
        }
        _ => last,
    };
    NOTES.set(vec![Note { is_fault: payload.is::<PanickedClone>(), ..note }]);
}

/// The note on the panic that was caught last.
pub(crate) fn take_note() -> Note {
    NOTES.take().pop().unwrap_or_default()
}

/// The notes of this thread, for another one to have. A thread of the standard library has dropped
/// them with its other thread-locals; who joins it is told of its panic.
#[cfg(feature = "threads")]
pub(crate) fn take_notes() -> Vec<Note> {
    NOTES.try_with(RefCell::take).unwrap_or_default()
}

/// Takes over the notes of another thread.
#[cfg(feature = "threads")]
pub(crate) fn put_notes(notes: Vec<Note>) {
    NOTES.set(notes);
}

/// Drops the payload of a panic, which has a destructor of its own.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
    // Enough is enough.
    dropped.unwrap_or_else(std::mem::forget);
}

impl Core {
    /// Calls what is the user's, outside of polls and of futures' destructors: a
    /// panic ends with it, and is told.
    pub(crate) fn call_out(&self, f: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
            let task = self.running.get().map_or(TaskId::ROOT, TaskRef::id);
            self.outsider_panicked(payload, Owner::Task(task), None);
        }
    }

    /// The same for a condition of a property, of which `asked` tells.
    pub(crate) fn call_condition(&self, asked: impl FnOnce() -> (Owner, Asked), f: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
            let (owner, asked) = asked();
            self.outsider_panicked(payload, owner, Some(Box::new(asked)));
        }
    }

    #[cold]
    fn outsider_panicked(
        &self,
        payload: Box<dyn Any + Send>,
        owner: Owner,
        asked: Option<Box<Asked>>,
    ) {
        caught(payload.as_ref());
        let note = take_note();
        discard(payload);
        if !self.verdict.is_set() && !note.is_fault {
            let in_drop = self.phase.get() == Phase::Teardown;
            let Note { message, location, within, .. } = note;
            let detail = Detail::Panic { message, location, in_drop, within, asked };
            self.find(Law::Panic, owner, Vec::new(), detail);
        }
    }
}
