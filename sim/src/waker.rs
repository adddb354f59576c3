//! The wakers that polls hand out: a vtable of our own over an
//! [identity](crate::identity).
//!
//! On the thread of the run a clone is one addition. Elsewhere it is an atomic
//! one, and a wake is a letter to the run. Which of the two it is shows in one
//! comparison: the thread's current world against the home of the identity.
//!
//! There are two tables, one that records every event and one that records
//! nothing, so that the search pays for no test.

use crate::identity::{Identity, NOWHERE};
use crate::ledger::{flag::WATCH, last_clone_dropped};
use crate::letters::Letter;
use crate::mailbox::Mailbox;
use crate::trace::{TaskId, What};
use crate::world::{self, Core};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::task::{RawWaker, RawWakerVTable, Waker};

static QUIET: RawWakerVTable =
    RawWakerVTable::new(clone::<false>, wake::<false>, wake_by_ref::<false>, drop::<false>);
static RECORDING: RawWakerVTable =
    RawWakerVTable::new(clone::<true>, wake::<true>, wake_by_ref::<true>, drop::<true>);

/// A waker of `identity` that counts as no clone; it must not outlive the poll
/// it is made for.
#[inline(always)]
pub(crate) fn borrowed(identity: &Identity, recording: bool) -> ManuallyDrop<Waker> {
    let vtable = if recording { &RECORDING } else { &QUIET };
    // SAFETY: the functions below keep the contract of a raw waker: identities
    // live until their last clone is gone, and every function may be called
    // from any thread.
    let waker = unsafe { Waker::new(std::ptr::from_ref(identity).cast(), vtable) };
    ManuallyDrop::new(waker)
}

/// The identity behind a waker, if it is one of ours and of `core`'s present run.
pub(crate) fn identity_of<'a>(waker: &'a Waker, core: &Core) -> Option<&'a Identity> {
    let ours = std::ptr::eq(waker.vtable(), &QUIET) || std::ptr::eq(waker.vtable(), &RECORDING);
    if !ours {
        return None;
    }
    // SAFETY: the vtable says that the data is an identity, which lives at least
    // as long as this clone.
    let identity = unsafe { &*waker.data().cast::<Identity>() };
    identity.is_at_home(core.address()).then_some(identity)
}

/// # Safety
///
/// `data` is that of a waker made here, and alive.
#[inline(always)]
unsafe fn identity<'a>(data: *const ()) -> &'a Identity {
    // SAFETY: the caller's promise; identities outlive their clones.
    unsafe { &*data.cast::<Identity>() }
}

unsafe fn clone<const RECORD: bool>(data: *const ()) -> RawWaker {
    // SAFETY: called through a waker.
    let identity = unsafe { identity(data) };
    let world = world::current_address();
    if identity.is_at_home(world) {
        // SAFETY: it is at home, so the thread's current world is alive.
        let core = unsafe { world::at(world) };
        let misbehaves = core.wakers_misbehave();
        if misbehaves {
            core.maybe_panic_in_clone();
        }
        identity.clones.increment();
        if RECORD {
            record(world, identity, |owner, waker| What::WakerCloned { owner, waker });
        }
        if misbehaves {
            core.maybe_run_in_clone();
        }
    } else {
        identity.clones.increment_away();
    }
    RawWaker::new(data, if RECORD { &RECORDING } else { &QUIET })
}

unsafe fn wake_by_ref<const RECORD: bool>(data: *const ()) {
    // SAFETY: called through a waker.
    let identity = unsafe { identity(data) };
    let world = world::current_address();
    if identity.is_at_home(world) {
        // SAFETY: it is at home, so the thread's current world is alive.
        let core = unsafe { world::at(world) };
        wake_at_home::<RECORD>(core, identity);
        if core.wakers_misbehave()
            && let Some(task) = task_of(identity)
        {
            core.maybe_run_in_wake(task);
        }
    } else {
        wake_from_outside(identity);
    }
}

unsafe fn wake<const RECORD: bool>(data: *const ()) {
    // SAFETY: called through a waker, which is used up: its clone is ours to drop.
    let identity = unsafe { identity(data) };
    let world = world::current_address();
    if identity.is_at_home(world) {
        // SAFETY: it is at home, so the thread's current world is alive.
        let core = unsafe { world::at(world) };
        wake_at_home::<RECORD>(core, identity);
        let task = if core.wakers_misbehave() { task_of(identity) } else { None };
        drop_at_home::<RECORD>(core, identity);
        if let Some(task) = task {
            core.maybe_run_in_wake(task);
        }
    } else {
        wake_from_outside(identity);
        drop_outside(identity);
    }
}

unsafe fn drop<const RECORD: bool>(data: *const ()) {
    // SAFETY: called through a waker.
    let identity = unsafe { identity(data) };
    let world = world::current_address();
    if identity.is_at_home(world) {
        // SAFETY: it is at home, so the thread's current world is alive.
        let core = unsafe { world::at(world) };
        drop_at_home::<RECORD>(core, identity);
        if core.wakers_misbehave() {
            core.maybe_run_in_drop();
        }
    } else {
        drop_outside(identity);
    }
}

#[inline(always)]
fn drop_at_home<const RECORD: bool>(core: &Core, identity: &Identity) {
    let last = identity.clones.decrement();
    if RECORD {
        let left = identity.clones.sum();
        let dropped = |owner, waker| What::WakerDropped { owner, waker, left };
        record(core.address(), identity, dropped);
    }
    if last {
        last_clone_dropped(core, identity);
    }
}

/// The task that a waker wakes; none for a watched future or what is over.
fn task_of(identity: &Identity) -> Option<TaskId> {
    // SAFETY: a task detaches its identities before its memory goes.
    let ledger = unsafe { identity.ledger.get()?.as_ref() };
    (!ledger.has(WATCH)).then(|| ledger.task().id())
}

#[inline(always)]
fn wake_at_home<const RECORD: bool>(core: &Core, identity: &Identity) {
    let effective = match identity.ledger.get() {
        // SAFETY: a task detaches its identities before its memory goes.
        Some(ledger) => unsafe { ledger.as_ref() }.wake(core),
        None => false,
    };
    #[cfg(feature = "threads")]
    if core.is_carried()
        && let Some(task) = task_of(identity)
    {
        core.happens_before(task);
    }
    if RECORD {
        record(core.address(), identity, |owner, waker| What::Woken { owner, waker, effective });
    }
}

#[cold]
fn record(world: usize, identity: &Identity, what: impl FnOnce(crate::Owner, u32) -> What) {
    // SAFETY: only called for an identity that is at home in the current world.
    let core = unsafe { world::at(world) };
    if let Some(ledger) = identity.ledger.get() {
        // SAFETY: a task detaches its identities before its memory goes.
        let owner = unsafe { ledger.as_ref() }.owner();
        core.record(|| what(owner, identity.number.get()));
    }
}

/// The mailbox of the run that `identity` belongs to; none if that run is over.
fn mailbox(identity: &Identity) -> Option<&'static Mailbox<Letter>> {
    if identity.is_at_home(NOWHERE) { None } else { identity.mailbox.get() }
}

#[cold]
fn wake_from_outside(identity: &Identity) {
    if let Some(mailbox) = mailbox(identity) {
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        mailbox.post(identity.run.get(), Letter::Woken { identity: Place::of(identity), thread });
    }
}

#[cold]
fn drop_outside(identity: &Identity) {
    let mailbox = mailbox(identity);
    let (run, place) = (identity.run.get(), Place::of(identity));
    identity.clones.decrement_away();
    // From here on the identity may be another's; its place is only a name.
    if let Some(mailbox) = mailbox {
        mailbox.post(run, Letter::Dropped { identity: place });
    }
}

/// An identity on its way between threads. By the time it arrives the identity
/// may have been used again; its number tells.
#[derive(Debug)]
pub(crate) struct Place {
    identity: NonNull<Identity>,
    number: u32,
}

// SAFETY: it is followed on the thread of the run only.
unsafe impl Send for Place {}

impl Place {
    fn of(identity: &Identity) -> Place {
        Place { identity: NonNull::from(identity), number: identity.number.get() }
    }

    /// The identity, if it is still the same; for the thread of the run.
    pub(crate) fn arrive(&self, core: &Core) -> Option<&Identity> {
        // SAFETY: identities live as long as their world, and letters are read
        // by the world that they were posted to.
        let identity = unsafe { self.identity.as_ref() };
        let same = identity.is_at_home(core.address()) && identity.number.get() == self.number;
        same.then_some(identity)
    }
}
