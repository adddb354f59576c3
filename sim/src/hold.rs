//! Holding strands back: a task that stands before a lock is runnable only while
//! the lock is free.
//!
//! A task stops at a scheduling point before it takes a lock, and is runnable. If
//! another one takes the lock meanwhile, a turn of the first would lead nowhere; yet
//! it would be a choice, an entry on the tape, and to a sampler an event like any
//! other. A lock that is made for runs knows who stands before it, holds them back
//! when it is taken, and wakes them when it is free again. So what is runnable is
//! what can go on, as published algorithms have it.

use crate::join::JoinHandle;
use crate::ledger::flag::*;
use crate::waker::{borrowed, identity_of};
use crate::world::{self, Core};
use std::task::Waker;

/// Makes the tasks of `wakers` wait until they are woken anew, as if they had not
/// been woken yet. A task that is running, or was told to go next, is left alone.
#[doc(hidden)]
pub fn hold_back<'a>(wakers: impl IntoIterator<Item = &'a Waker>) {
    if let Some(core) = world::current() {
        let held = wakers.into_iter().filter(|waker| core.forget_wake(waker)).count();
        if held > 0 {
            core.ready.with(|ready| ready.retain(|task| task.ledger().has(WOKEN)));
        }
    }
}

/// The waker that the task of `handle` will be polled with, for one who is to wake
/// it before it has been polled; none if it is over or its run is.
#[doc(hidden)]
#[must_use]
pub fn waker_of<T>(handle: &JoinHandle<T>) -> Option<Waker> {
    with_waker_of(handle, Waker::clone)
}

/// Wakes the task of `handle` by that waker, without a clone of it, which would count among those
/// that can wake the task.
#[doc(hidden)]
pub fn wake_by_handle<T>(handle: &JoinHandle<T>) {
    with_waker_of(handle, Waker::wake_by_ref);
}

fn with_waker_of<T, O>(handle: &JoinHandle<T>, with: impl FnOnce(&Waker) -> O) -> Option<O> {
    let (core, task) = (world::current()?, handle.task_at_home()?);
    let ledger = task.ledger();
    if ledger.has(OVER) || ledger.current.get().is_none() {
        return None;
    }
    Some(with(&borrowed(ledger.current(), core.recording.get())))
}

impl Core {
    /// Answers whether a poll was due that is due no more.
    fn forget_wake(&self, waker: &Waker) -> bool {
        let Some(ledger) = identity_of(waker, self).and_then(|identity| identity.ledger.get())
        else {
            return false;
        };
        // SAFETY: a task detaches its identities before its memory goes.
        let ledger = unsafe { ledger.as_ref() };
        let flags = ledger.flags.get();
        if flags & (WOKEN | RUNNING | OVER | SPURIOUS | ABORTED | WATCH) != WOKEN
            || self.next.get() == Some(ledger.task())
        {
            return false;
        }
        ledger.flags.set(flags & !WOKEN);
        true
    }
}
