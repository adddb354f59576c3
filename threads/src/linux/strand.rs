//! A strand: a thread that is lent, and what it is to do.

use super::engine::Pool;
use super::point;
use super::shell::{Handover, Shell};
use super::wait::Wait;
use reveille_sim::carried::{self, Back, Poll, shielded};
use reveille_sim::{Path, Touching};
use std::cell::Cell;
use std::fmt;
use std::io;
use std::ptr;

thread_local! {
    /// The strand that the calling thread drives on another thread of the kernel's.
    static DRIVEN: Cell<*const Slot> = const { Cell::new(ptr::null()) };
}

/// The thread of the strand that the calling thread drives, if the kernel knows it as another.
#[cfg(reveille_threads)]
pub(crate) fn driven() -> Option<libc::pthread_t> {
    let driven = DRIVEN.get();
    // SAFETY: a slot lives as long as the process.
    (!driven.is_null()).then(|| unsafe { (*driven).shell.thread() })
}

/// What the loop of a run and a strand tell each other.
pub(crate) struct Slot {
    shell: &'static Shell,
    /// Bytes of its stack.
    stack: usize,
    /// Whether this is a copy of it, in the child of a process that was forked there.
    is_forked: Cell<bool>,
    pool: Cell<*const Pool>,
    /// The number of the strand in its run.
    pub(crate) number: Cell<u32>,
    /// The number of the first one of those that are one thread with it.
    pub(crate) home: Cell<u32>,
    poll: Cell<Option<Poll>>,
    /// The address that it is about to touch, or has touched last.
    pub(crate) touches: Cell<usize>,
    /// Operations in a row that changed nothing.
    pub(crate) reads: Cell<u32>,
    /// Operations since it was entered.
    pub(crate) in_a_row: Cell<u32>,
    /// Where a look is nobody's business: [`point::count_of_panics`].
    pub(crate) count_of_panics: Cell<usize>,
    /// Places that it has named, by how it touched them first.
    named: [Cell<u32>; 3],
    /// What it is blocked on, and the number of that wait.
    pub(crate) waits: Cell<Option<(Wait, u64)>>,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Slot");
        debug.field("number", &self.number).field("shell", &self.shell).field("waits", &self.waits);
        debug.finish_non_exhaustive()
    }
}

impl Slot {
    /// A thread without anything to do.
    pub(crate) fn start(handover: Handover, stack: usize) -> io::Result<&'static Slot> {
        let shell = Shell::start(handover, stack)?;
        // Its thread lives as long as the process.
        Ok(Box::leak(Box::new(Slot {
            shell,
            stack,
            is_forked: Cell::new(false),
            pool: Cell::new(ptr::null()),
            number: Cell::new(0),
            home: Cell::new(0),
            poll: Cell::new(None),
            touches: Cell::new(0),
            reads: Cell::new(0),
            in_a_row: Cell::new(0),
            count_of_panics: Cell::new(0),
            named: Default::default(),
            waits: Cell::new(None),
        })))
    }

    pub(crate) fn handover(&self) -> Handover {
        self.shell.handover()
    }

    pub(crate) fn stack(&self) -> usize {
        self.stack
    }

    /// Becomes the strand of that number in a run of `pool`, which lives until the strand is over
    /// or abandoned.
    pub(crate) fn begin_life(&'static self, pool: &Pool, number: u32, home: u32) {
        self.pool.set(pool);
        self.number.set(number);
        self.home.set(home);
        self.waits.set(None);
        self.named.iter().for_each(|count| count.set(0));
        self.count_of_panics.set(pool.count_of_panics);
        // SAFETY: the pool has it until its end, and is of the thread that calls.
        unsafe { self.shell.give(Box::new(|| self.live()), pool.outside()) };
    }

    /// The threads of the run that it is a strand of.
    pub(crate) fn pool(&self) -> &Pool {
        // SAFETY: only what runs within a run asks, and the run's world has the pool.
        unsafe { &*self.pool.get() }
    }

    /// What a place is named after that it is the first to touch, and how it does.
    pub(crate) fn name_place(&self, how: Touching) -> (Path, u32) {
        let kind = match how {
            Touching::Load => 0,
            Touching::Store => 1,
            _ => 2,
        };
        let count = &self.named[kind as usize];
        count.set(count.get() + 1);
        let nth = count.get() << 2 | kind;
        (carried::path().unwrap_or(Path::ROOT), nth)
    }

    /// What a strand does from its beginning to its end.
    fn live(&self) {
        point::be(self);
        while let Some(poll) = self.poll.take() {
            self.reads.set(0);
            poll.perform();
            if self.is_forked.get() {
                end_of_child();
            }
            self.leave(Back::Ended);
        }
        point::be(ptr::null());
    }

    /// The process was forked, and this is the child: of its threads it has the one that called.
    #[cfg(reveille_threads)]
    pub(crate) fn fork(&self) {
        self.is_forked.set(true);
        point::be(ptr::null());
        carried::leave_run();
    }

    /// Performs a poll until the strand is left.
    pub(crate) fn begin(&self, poll: Poll) -> Back {
        self.poll.set(Some(poll));
        self.enter()
    }

    /// Goes on where it was left.
    pub(crate) fn enter(&self) -> Back {
        self.in_a_row.set(0);
        let is_elsewhere = self.handover() == Handover::Kernel;
        if is_elsewhere {
            DRIVEN.set(self);
        }
        // SAFETY: the loop of the run is the one that enters, and it is outside.
        unsafe { self.shell.enter() };
        if is_elsewhere {
            DRIVEN.set(ptr::null());
        }
        // Whoever came back, it was one of this pool.
        self.pool().back()
    }

    /// Ends its life: the destructors of its thread-locals run.
    pub(crate) fn end_life(&self) {
        // SAFETY: as above; it finds nothing to do.
        unsafe { self.shell.enter() };
    }

    /// Where its stack and its thread-locals are.
    pub(crate) fn own_memory(&self) -> std::ops::Range<usize> {
        let end = self.shell.end();
        end.saturating_sub(self.stack)..end
    }

    /// Before it does anything that others may see, or is left: what it has done unseen is noted.
    #[inline(always)]
    pub(crate) fn catches_up(&self) {
        self.pool().with_memory(|memory| memory.catch_up(self.home.get()));
    }

    /// Goes back to the loop of the run; returns when that goes on with this strand.
    #[inline(always)]
    pub(crate) fn leave(&self, back: Back) {
        self.catches_up();
        self.pool().comes(back);
        // SAFETY: the strand is inside.
        shielded(|| unsafe { self.shell.leave() });
    }

    /// Another strand, which was left, goes on in the place of this one.
    #[inline(always)]
    pub(crate) fn pass_to(&self, other: u32) {
        let Some(other) = self.pool().slot(other) else { return };
        other.in_a_row.set(0);
        // SAFETY: the strand is inside, and both are of one pool, which has said that it passes on.
        unsafe { self.shell.pass_to(other.shell) };
    }
}

/// A child that was forked has done all that was to be done in it.
fn end_of_child() -> ! {
    const SAID: &str = "reveille: a forked child came to the end of its task and is ended; the run goes on in its parent\n";
    /// As of a test that fails: it was to end by itself.
    const FAILED: libc::c_int = 101;
    // SAFETY: the bytes are valid for their length; what ends with the process is a copy.
    unsafe {
        libc::write(libc::STDERR_FILENO, SAID.as_ptr().cast(), SAID.len());
        libc::_exit(FAILED)
    }
}
