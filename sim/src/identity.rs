//! The identity of a waker: what its clones are counted by.
//!
//! Usually a task has one identity for life. Under the fault `fresh-waker` a poll
//! gets a new one, and a future that keeps the waker of an earlier poll is seen
//! to do so. Counts are our own: a reference count of an `Arc` counts other
//! things too, and is relaxed; `will_wake` may say no for equal wakers.
//!
//! Identities are never freed while a clone of them is alive anywhere. Those that
//! outlive their run are put in *quarantine*: their home is [`NOWHERE`], so no
//! later run is ever touched by them, and they are used again only once every
//! clone is gone.

use crate::biased::BiasedCount;
use crate::huge;
use crate::ledger::Ledger;
use crate::letters::Letter;
use crate::mailbox::Mailbox;
use crate::sync::{AtomicUsize, Mutex, Ordering};
use crate::trace::{Owner, TaskId};
use std::cell::Cell;
use std::ptr::NonNull;

pub(crate) type IdentityRef = NonNull<Identity>;

/// The home of what belongs to no run any more. No world has this address.
pub(crate) const NOWHERE: usize = 1;

/// One line of the cache.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Identity {
    /// The address of the world whose thread may touch the cells.
    home: AtomicUsize,
    pub(crate) clones: BiasedCount,
    /// Whom it wakes; nobody once its task is over.
    pub(crate) ledger: Cell<Option<NonNull<Ledger>>>,
    /// The next older identity of the same ledger.
    pub(crate) older: Cell<Option<IdentityRef>>,
    /// Whom it belonged to, for the time after.
    pub(crate) owner: Cell<Owner>,
    /// Its number in the run.
    pub(crate) number: Cell<u32>,
    /// The run it was made in. Not written while a clone is alive.
    pub(crate) run: Cell<u64>,
    /// Where other threads write to. Not written while a clone is alive.
    pub(crate) mailbox: Cell<Option<&'static Mailbox<Letter>>>,
}

impl Identity {
    fn new() -> Self {
        Identity {
            home: AtomicUsize::new(NOWHERE),
            clones: BiasedCount::new(0),
            ledger: Cell::new(None),
            older: Cell::new(None),
            owner: Cell::new(Owner::Task(TaskId::ROOT)),
            number: Cell::new(0),
            run: Cell::new(0),
            mailbox: Cell::new(None),
        }
    }

    #[inline(always)]
    pub(crate) fn is_at_home(&self, world: usize) -> bool {
        self.home.load(Ordering::Relaxed) == world
    }
}

const _: () = assert!(size_of::<Identity>() == 64);

/// Every chunk is as large as all before it, within these bounds.
const LEAST_CHUNK: usize = 32;
const MOST_CHUNK: usize = 1 << 17;

/// All identities of a world.
#[derive(Debug)]
pub(crate) struct Identities {
    /// Boxed, because identities must not move.
    chunks: Vec<Box<[Identity]>>,
    free: Vec<IdentityRef>,
    quarantine: Vec<IdentityRef>,
    made: u32,
    /// Taken and not given back.
    out: usize,
}

impl Identities {
    pub(crate) fn new() -> Self {
        Identities { chunks: Vec::new(), free: Vec::new(), quarantine: Vec::new(), made: 0, out: 0 }
    }

    /// Begins a run; identities in quarantine whose clones are gone are used again.
    pub(crate) fn begin(&mut self) {
        self.made = 0;
        self.out = 0;
        if !self.quarantine.is_empty() {
            let free = &mut self.free;
            self.quarantine.retain(|identity| {
                // SAFETY: chunks live as long as `self`.
                let gone = unsafe { identity.as_ref() }.clones.is_zero();
                if gone {
                    free.push(*identity);
                }
                !gone
            });
        }
    }

    #[inline]
    pub(crate) fn take(
        &mut self,
        world: usize,
        run: u64,
        mailbox: &'static Mailbox<Letter>,
        ledger: NonNull<Ledger>,
    ) -> IdentityRef {
        let place = match self.free.pop() {
            Some(place) => place,
            None => self.grow(),
        };
        // SAFETY: chunks live as long as `self`, and a free identity has no clone
        // on any thread, so only this thread looks at it.
        let identity = unsafe { place.as_ref() };
        identity.home.store(world, Ordering::Relaxed);
        identity.clones.reset();
        identity.ledger.set(Some(ledger));
        identity.older.set(None);
        identity.number.set(self.made);
        identity.run.set(run);
        identity.mailbox.set(Some(mailbox));
        self.made += 1;
        self.out += 1;
        place
    }

    #[cold]
    fn grow(&mut self) -> IdentityRef {
        let made = self.chunks.iter().map(|chunk| chunk.len()).sum::<usize>();
        let mut chunk: Vec<Identity> = Vec::with_capacity(made.clamp(LEAST_CHUNK, MOST_CHUNK));
        huge::ask_for_large_pages_of(&chunk);
        chunk.resize_with(chunk.capacity(), Identity::new);
        self.chunks.push(chunk.into_boxed_slice());
        let chunk = &self.chunks[self.chunks.len() - 1];
        self.free.extend(chunk.iter().skip(1).rev().map(NonNull::from));
        NonNull::from(&chunk[0])
    }

    /// Takes back an identity without clones. Letters about it are void from now on.
    #[inline]
    pub(crate) fn give(&mut self, identity: IdentityRef) {
        // SAFETY: chunks live as long as `self`.
        unsafe { identity.as_ref() }.home.store(NOWHERE, Ordering::Relaxed);
        self.out -= 1;
        self.free.push(identity);
    }

    /// Whether every identity of this run was given back.
    pub(crate) fn all_back(&self) -> bool {
        self.out == 0
    }

    /// How many clones there are of the wakers of `owner`, which is over.
    pub(crate) fn kept(&self, world: usize, owner: Owner) -> u64 {
        let all = self.chunks.iter().flat_map(|chunk| chunk.iter());
        let its = all.filter(|identity| {
            identity.is_at_home(world)
                && identity.ledger.get().is_none()
                && identity.owner.get() == owner
        });
        its.map(|identity| u64::from(identity.clones.sum().unsigned_abs())).sum()
    }

    /// At the end of a run: what is still out goes into quarantine. Answers whose
    /// wakers these are, and how many clones.
    pub(crate) fn quarantine(&mut self, world: usize) -> Vec<(Owner, u64)> {
        let mut leaks = Vec::new();
        for identity in self.chunks.iter().flat_map(|chunk| chunk.iter()) {
            if !identity.is_at_home(world) {
                continue;
            }
            identity.ledger.set(None);
            identity.home.store(NOWHERE, Ordering::Relaxed);
            let clones = u64::from(identity.clones.sum().unsigned_abs());
            if clones == 0 {
                // Dropped on another thread, and the letter came too late.
                self.free.push(NonNull::from(identity));
            } else {
                leaks.push((identity.owner.get(), clones));
                self.quarantine.push(NonNull::from(identity));
            }
        }
        leaks
    }
}

/// Identities whose world is gone while clones of them are alive.
///
/// A waker that outlives its world is the user's leak; freeing what it points to
/// would be ours. They are freed when a later world goes and finds them unused.
static GRAVEYARD: Mutex<Vec<Grave>> = Mutex::new(Vec::new());

struct Grave(Box<[Identity]>);

// SAFETY: the world is gone, so no thread is at home in the chunk and nobody
// writes to its cells any more; the lock orders reading them after that.
unsafe impl Send for Grave {}

impl Grave {
    fn is_unused(&self) -> bool {
        self.0.iter().all(|identity| identity.clones.is_zero())
    }
}

/// Frees the identities of a world, but for those that clones still refer to.
pub(crate) fn retire(identities: Identities) {
    let mut graves = GRAVEYARD.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    graves.retain(|grave| !grave.is_unused());
    graves.extend(identities.chunks.into_iter().map(Grave).filter(|grave| !grave.is_unused()));
}
