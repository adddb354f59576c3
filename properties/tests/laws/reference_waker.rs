//! A waker of our own, right unless it is told to make a mistake.
//!
//! It counts its clones itself, and its memory is never freed, so that a wrong count is no
//! worse than that.

use reveille::laws::{Callback, MakeWaker};
use std::sync::Mutex;
use std::task::{RawWaker, RawWakerVTable, Waker};
use std::thread::{self, ThreadId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    CloneDoesNotCount,
    CloneCountsTwice,
    CloneCalls,
    DropDoesNothing,
    DropCalls,
    DropStaysOnItsThread,
    WakeForgetsToDrop,
    WakeDoesNotCall,
    WakeCallsTwice,
    WakeByRefDrops,
    WakeByRefDoesNotCall,
    WakesOnce,
    PanicForgetsToDrop,
    CallsTheLastMade,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

struct Counted {
    mistake: Mistake,
    thread: ThreadId,
    state: Mutex<State>,
}

struct State {
    clones: usize,
    has_called: bool,
    /// Shared with the call, during which the last clone may go.
    callback: Option<std::sync::Arc<Callback>>,
}

thread_local! {
    static LAST: std::cell::Cell<Option<&'static Counted>> = const { std::cell::Cell::new(None) };
}

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_one);

fn counted<'a>(data: *const ()) -> &'a Counted {
    // SAFETY: the table is used with such pointers alone, and what they point to stays.
    unsafe { &*data.cast() }
}

impl Counted {
    fn call(&self) {
        let own = match self.mistake {
            CallsTheLastMade => LAST.get().unwrap_or(self),
            _ => self,
        };
        let mut state = own.state.lock().unwrap();
        let first = !std::mem::replace(&mut state.has_called, true);
        let callback = state.callback.clone();
        drop(state);
        if let Some(callback) = callback.filter(|_| first || self.mistake != WakesOnce) {
            callback.call();
        }
    }

    fn release(&self) {
        let mut state = self.state.lock().unwrap();
        state.clones = state.clones.saturating_sub(1);
        let gone = if state.clones == 0 { state.callback.take() } else { None };
        drop(state);
        drop(gone);
    }
}

/// Releases what it was made of.
struct Release<'a>(&'a Counted);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

fn clone(data: *const ()) -> RawWaker {
    let counted = counted(data);
    counted.state.lock().unwrap().clones += match counted.mistake {
        CloneDoesNotCount => 0,
        CloneCountsTwice => 2,
        _ => 1,
    };
    if counted.mistake == CloneCalls {
        counted.call();
    }
    RawWaker::new(data, &TABLE)
}

fn wake(data: *const ()) {
    let counted = counted(data);
    match counted.mistake {
        WakeForgetsToDrop => counted.call(),
        WakeDoesNotCall => counted.release(),
        PanicForgetsToDrop => {
            counted.call();
            counted.release();
        }
        WakeCallsTwice => {
            let _release = Release(counted);
            counted.call();
            counted.call();
        }
        _ => {
            let _release = Release(counted);
            counted.call();
        }
    }
}

fn wake_by_ref(data: *const ()) {
    let counted = counted(data);
    if counted.mistake != WakeByRefDoesNotCall {
        counted.call();
    }
    if counted.mistake == WakeByRefDrops {
        counted.release();
    }
}

fn drop_one(data: *const ()) {
    let counted = counted(data);
    match counted.mistake {
        DropDoesNothing => {}
        DropStaysOnItsThread if counted.thread != thread::current().id() => {}
        DropCalls => {
            counted.call();
            counted.release();
        }
        _ => counted.release(),
    }
}

impl MakeWaker for Reference {
    fn waker(&self, callback: Callback) -> Waker {
        let callback = Some(std::sync::Arc::new(callback));
        let state = Mutex::new(State { clones: 1, has_called: false, callback });
        let counted: &'static Counted =
            Box::leak(Box::new(Counted { mistake: self.0, thread: thread::current().id(), state }));
        LAST.set(Some(counted));
        // SAFETY: the functions of the table take such a pointer, on any thread.
        unsafe { Waker::new(std::ptr::from_ref(counted).cast(), &TABLE) }
    }
}
