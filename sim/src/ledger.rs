//! The ledger: who may wake one task (or one watched future), and whether it was
//! woken.
//!
//! It counts clones by [identity](crate::identity) and does not know who holds
//! them. Two moments matter: the return of `Pending`, and the drop of a clone.
//! Both are checks of one word and one counter; what follows is the oracle's.

use crate::choice::Kind;
use crate::identity::{Identity, IdentityRef};
use crate::prefetch;
use crate::task::TaskRef;
use crate::trace::Owner;
use crate::watch::WatchRef;
use crate::world::Core;
use std::cell::Cell;
use std::ptr::NonNull;

/// Facts about a task or a watched future; a set of bits.
pub(crate) mod flag {
    /// A poll is due: it was woken (or is to be polled spuriously, or cancelled).
    pub(crate) const WOKEN: u32 = 1;
    /// Its last poll returned `Pending`.
    pub(crate) const PENDING: u32 = 1 << 1;
    /// It is being polled.
    pub(crate) const RUNNING: u32 = 1 << 2;
    /// It is over: finished, cancelled, or being dropped.
    pub(crate) const OVER: u32 = 1 << 3;
    /// It may wait for ever.
    pub(crate) const DAEMON: u32 = 1 << 4;
    /// The poll that is due was asked for by nobody.
    pub(crate) const SPURIOUS: u32 = 1 << 5;
    /// Somebody asked it to end.
    pub(crate) const ABORTED: u32 = 1 << 6;
    /// This is the ledger of a watched future.
    pub(crate) const WATCH: u32 = 1 << 7;
    /// Its debt is on the oracle's list.
    pub(crate) const IN_DEBT: u32 = 1 << 8;
    /// It panicked and nobody has read the error yet.
    pub(crate) const PANICKED: u32 = 1 << 9;
    /// Its output was taken by its handle.
    pub(crate) const TAKEN: u32 = 1 << 10;
    /// Its last poll registered nothing, and only wakers of earlier polls are kept.
    pub(crate) const STALE: u32 = 1 << 12;
    /// Its join handle is alive.
    pub(crate) const JOINABLE: u32 = 1 << 11;
    /// It is over and not yet put away; who drops its last handle must not free it.
    pub(crate) const HELD: u32 = 1 << 13;
    /// It was woken and stands among the late ones instead of in the queue.
    pub(crate) const LATE: u32 = 1 << 14;
    /// Its memory was cut from a chunk.
    pub(crate) const CUT: u32 = 1 << 15;
    /// Its poll was left in the middle; that it is WOKEN then means that it stands in the queue,
    /// or waits for what it is blocked on.
    #[cfg(feature = "threads")]
    pub(crate) const LEFT: u32 = 1 << 16;
    /// It was woken while its poll was left, and is to be polled again.
    #[cfg(feature = "threads")]
    pub(crate) const AGAIN: u32 = 1 << 17;
    /// It was [`STALE`] when its present poll began.
    #[cfg(feature = "threads")]
    pub(crate) const WAS_STALE: u32 = 1 << 19;
    /// It was [`SPURIOUS`] when its present poll began.
    #[cfg(feature = "threads")]
    pub(crate) const WAS_SPURIOUS: u32 = 1 << 20;
    /// Its poll will never end.
    #[cfg(feature = "threads")]
    pub(crate) const LOST: u32 = LEFT;
    #[cfg(not(feature = "threads"))]
    pub(crate) const LOST: u32 = 0;
    /// Its poll was left until somebody else lets it go on.
    #[cfg(feature = "threads")]
    pub(crate) const BLOCKED: u32 = 1 << 18;
    /// It lives on a thread with others; see `homes`. Before it is born: it is to live on that of
    /// who spawns it. Nobody has it where tasks have no threads.
    pub(crate) const SHARES: u32 = 1 << 21;
    /// It is due, and another task of its home is in the midst of a poll: it stands aside instead of in
    /// the queue.
    #[cfg(feature = "threads")]
    pub(crate) const ASIDE: u32 = 1 << 22;
    /// It [`SHARES`] its thread and is in the midst of a poll that may be left: the others stand aside.
    #[cfg(feature = "threads")]
    pub(crate) const AT_HOME: u32 = 1 << 23;
}
use flag::*;

#[derive(Debug)]
#[repr(C)]
pub(crate) struct Ledger {
    pub(crate) flags: Cell<u32>,
    /// The identity that polls hand out.
    pub(crate) current: Cell<Option<IdentityRef>>,
}

impl Ledger {
    pub(crate) fn new(flags: u32) -> Self {
        Ledger { flags: Cell::new(flags), current: Cell::new(None) }
    }

    #[inline(always)]
    pub(crate) fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags != 0
    }

    #[inline(always)]
    pub(crate) fn set(&self, flags: u32) {
        self.flags.set(self.flags.get() | flags);
    }

    #[inline(always)]
    pub(crate) fn clear(&self, flags: u32) {
        self.flags.set(self.flags.get() & !flags);
    }

    /// Whether the task is over and its future gone. One that is being cancelled
    /// is over and [`RUNNING`].
    #[inline(always)]
    pub(crate) fn is_done(&self) -> bool {
        self.flags.get() & (OVER | RUNNING) == OVER
    }

    /// Gives the ledger its first identity, or a fresh one.
    pub(crate) fn take_identity(&self, core: &Core) {
        let fresh = core.take_identity(NonNull::from(self));
        if let Some(old) = self.current.replace(Some(fresh)) {
            // SAFETY: identities live as long as the world.
            unsafe {
                if old.as_ref().clones.is_zero() {
                    fresh.as_ref().older.set(old.as_ref().older.get());
                    core.identities.with(|identities| identities.give(old));
                } else {
                    fresh.as_ref().older.set(Some(old));
                }
            }
        }
    }

    #[inline(always)]
    pub(crate) fn current(&self) -> &Identity {
        // SAFETY: a ledger that is polled has an identity, and identities live
        // as long as the world.
        unsafe { self.current.get().unwrap_unchecked().as_ref() }
    }

    /// The identity that polls hand out and the older ones, newest first.
    pub(crate) fn identities(&self) -> impl Iterator<Item = &Identity> {
        // SAFETY: identities live as long as the world.
        let follow = |place: IdentityRef| unsafe { place.as_ref() };
        let first = self.current.get().map(follow);
        std::iter::successors(first, move |identity| identity.older.get().map(follow))
    }

    /// The clones of all identities.
    pub(crate) fn clones(&self) -> i32 {
        self.identities().map(|identity| identity.clones.sum()).sum()
    }

    /// Asks for a poll; answers whether none was due.
    #[inline(always)]
    pub(crate) fn wake(&self, core: &Core) -> bool {
        let flags = self.flags.get();
        if flags & (WOKEN | OVER | WATCH) == 0 {
            self.flags.set(flags | WOKEN);
            let task = self.task();
            if core.unfinished.get() > prefetch::FEW as usize {
                core.ready.with(|ready| prefetch::woken(task, ready));
            }
            task.strand().wake(core.running.get().map(TaskRef::strand));
            if core.faults.get().has(Kind::DelayedWake) {
                core.wake_now_or_later(task);
            } else {
                core.enqueue(task);
            }
            true
        } else {
            self.wake_otherwise(core)
        }
    }

    #[cold]
    fn wake_otherwise(&self, core: &Core) -> bool {
        if self.has(OVER) {
            return false;
        }
        #[cfg(feature = "threads")]
        if self.has(LEFT) && !self.has(AGAIN) {
            self.set(AGAIN);
            return true;
        }
        if self.has(WOKEN) {
            // Now somebody did ask for the poll.
            self.clear(SPURIOUS);
            core.count_work();
            return false;
        }
        self.set(WOKEN);
        self.watch().woken(core);
        true
    }

    /// The task whose ledger this is.
    #[inline(always)]
    pub(crate) fn task(&self) -> TaskRef {
        debug_assert!(!self.has(WATCH));
        TaskRef::from_ptr(NonNull::from(self).cast())
    }

    /// The watched future whose ledger this is.
    pub(crate) fn watch(&self) -> WatchRef {
        debug_assert!(self.has(WATCH));
        WatchRef::from_ptr(NonNull::from(self).cast())
    }

    pub(crate) fn owner(&self) -> Owner {
        if self.has(WATCH) {
            Owner::Watch(self.watch().number())
        } else {
            Owner::Task(self.task().id())
        }
    }

    /// Cuts the ties to all identities: what is still cloned wakes nobody.
    #[inline]
    pub(crate) fn detach(&self, core: &Core) {
        let mut next = self.current.take();
        while let Some(place) = next {
            // SAFETY: identities live as long as the world.
            let identity = unsafe { place.as_ref() };
            next = identity.older.take();
            if identity.clones.is_zero() {
                identity.ledger.set(None);
                core.identities.with(|identities| identities.give(place));
            } else {
                identity.owner.set(self.owner());
                identity.ledger.set(None);
            }
        }
    }

    /// The last clone of `gone` was dropped: an identity that is not handed out
    /// any more can be used again.
    #[cold]
    fn forget(&self, core: &Core, gone: &Identity) {
        for newer in self.identities() {
            if newer.older.get() == Some(NonNull::from(gone)) {
                newer.older.set(gone.older.take());
                gone.ledger.set(None);
                core.identities.with(|identities| identities.give(NonNull::from(gone)));
                return;
            }
        }
    }
}

/// The last clone of `identity` was dropped without a wake (one by value counts
/// as a wake first).
#[inline(always)]
pub(crate) fn last_clone_dropped(core: &Core, identity: &Identity) {
    match identity.ledger.get() {
        None => core.identities.with(|identities| identities.give(NonNull::from(identity))),
        Some(ledger) => {
            // SAFETY: a task detaches its identities before its memory goes.
            let ledger = unsafe { ledger.as_ref() };
            let is_current = ledger.current.get() == Some(NonNull::from(identity));
            if !is_current {
                ledger.forget(core, identity);
            }
            if ledger.flags.get() & (PENDING | WOKEN | RUNNING | OVER | DAEMON) == PENDING {
                dropped_while_pending(core, ledger);
            }
            if ledger.has(WATCH) && ledger.clones() == 0 {
                ledger.watch().release_outer();
            }
        }
    }
}

#[cold]
fn dropped_while_pending(core: &Core, ledger: &Ledger) {
    if ledger.clones() == 0 {
        core.last_waker_dropped(ledger);
    }
}
