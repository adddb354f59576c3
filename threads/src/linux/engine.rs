//! The engine: gives every strand of a run a thread, from a pool.

use super::context::Context;
use super::holders::Holders;
use super::memory::Memory;
use super::places::Places;
use super::point;
use super::shell::Handover;
use super::sleepers::Runs;
use super::stacks::{Larger, usual};
use super::strand::Slot;
use super::wait::Wait;
use reveille_sim::Touching;
use reveille_sim::carried::{self, Back, Carrier, Doorbell, Poll, shielded};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

/// Threads for strands.
///
/// One kernel thread, that which drives the run, runs all of them, one at a time.
#[derive(Debug)]
pub struct Threads(Pool);

#[derive(Debug)]
pub(crate) struct Pool {
    handover: Handover,
    idle: RefCell<Vec<&'static Slot>>,
    pub(crate) larger: Larger,
    /// Those of the present run, by their numbers.
    strands: RefCell<Vec<Place>>,
    /// Those of them that are not over, by their numbers: of the many that a run may have, few are
    /// there at once.
    pub(crate) living: RefCell<Vec<&'static Slot>>,
    waits: Cell<u64>,
    pub(crate) runs: Runs,
    /// Where the present run is written to from outside.
    bell: Cell<Option<Doorbell>>,
    /// What strands are told of the thread that drives them, and who says it.
    word: Cell<usize>,
    speaker: Option<fn() -> usize>,
    /// Where the thread that drives the run is left.
    outside: Box<UnsafeCell<Context>>,
    /// How the last strand came back to it.
    back: Cell<Option<Back>>,
    places: RefCell<Places>,
    /// What is known of memory, if somebody keeps account of it.
    memory: RefCell<Option<Memory>>,
    is_watched: Cell<bool>,
    pub(crate) count_of_panics: usize,
    holders: Holders,
}

/// Where a strand is in its life.
#[derive(Clone, Copy, Debug, Default)]
enum Place {
    /// It was not polled yet.
    #[default]
    NotYet,
    In(&'static Slot),
    Over,
}

impl Threads {
    /// No threads yet; strands are switched as fast as this machine can.
    #[must_use]
    pub fn new() -> Threads {
        Threads::by(Handover::best())
    }

    /// No threads yet; strands are switched in this way.
    #[must_use]
    pub fn by(handover: Handover) -> Threads {
        begin_first_thread();
        Threads(Pool {
            handover,
            idle: RefCell::default(),
            larger: Larger::default(),
            strands: RefCell::default(),
            living: RefCell::default(),
            waits: Cell::new(0),
            runs: Runs::new(),
            bell: Cell::new(None),
            word: Cell::new(0),
            speaker: None,
            outside: Box::new(UnsafeCell::new(Context::empty())),
            back: Cell::new(None),
            places: RefCell::new(Places::new()),
            memory: RefCell::default(),
            is_watched: Cell::new(false),
            count_of_panics: point::count_of_panics(),
            holders: Holders::default(),
        })
    }

    /// How many threads of this process are lost: their strands sleep for ever, and somebody may know
    /// what stands on their stacks.
    #[must_use]
    pub fn lost() -> usize {
        LOST.load(Ordering::Relaxed)
    }

    /// What `speaker` says on the thread that drives a run, at its beginning, is what
    /// `calls::word` says to its strands.
    #[must_use]
    pub fn with_word(mut self, speaker: fn() -> usize) -> Threads {
        self.0.speaker = Some(speaker);
        self
    }
}

impl Default for Threads {
    fn default() -> Threads {
        Threads::new()
    }
}

impl Pool {
    fn take(&self, strand: u32, home: u32) -> &'static Slot {
        let kept = self.larger.take(strand).or_else(|| self.idle.borrow_mut().pop());
        let idle = kept.or_else(|| of_others(self.handover));
        let slot = idle.unwrap_or_else(|| match Slot::start(self.handover, usual()) {
            Ok(slot) => slot,
            Err(error) => {
                // Within a run a panic is kept quiet.
                eprintln!("reveille: a thread for a strand cannot be made: {error}");
                panic!("a thread for a strand cannot be made: {error}")
            }
        });
        slot.begin_life(self, strand, home);
        self.set(strand, Place::In(slot));
        let mut living = self.living.borrow_mut();
        let at = living.partition_point(|other| other.number.get() < strand);
        living.insert(at, slot);
        slot
    }

    #[cfg(reveille_threads)]
    pub(crate) fn handover(&self) -> Handover {
        self.handover
    }

    fn take_back(&self, slot: &'static Slot) {
        if !self.larger.give_back(slot) {
            self.idle.borrow_mut().push(slot);
        }
    }

    pub(crate) fn outside(&self) -> *mut Context {
        self.outside.get()
    }

    #[cfg(reveille_threads)]
    pub(crate) fn word(&self) -> usize {
        self.word.get()
    }

    /// A strand comes back.
    #[inline(always)]
    pub(crate) fn comes(&self, back: Back) {
        self.back.set(Some(back));
    }

    /// How the last one came back.
    #[inline(always)]
    pub(crate) fn back(&self) -> Back {
        self.back.take().unwrap_or(Back::Ended)
    }

    #[inline]
    pub(crate) fn slot(&self, strand: u32) -> Option<&'static Slot> {
        match self.strands.borrow().get(strand as usize) {
            Some(Place::In(slot)) => Some(*slot),
            _ => None,
        }
    }

    /// What `f` gives of the strands that are not over.
    pub(crate) fn strands<T>(&self, f: impl Fn(&'static Slot) -> Option<T>) -> Vec<T> {
        // The allocator may be the user's, and its operations are no points while this is borrowed.
        shielded(|| {
            let living = self.living.borrow();
            living.iter().copied().filter_map(f).collect()
        })
    }

    #[cfg(reveille_threads)]
    pub(crate) fn is_over(&self, strand: u32) -> bool {
        matches!(self.strands.borrow().get(strand as usize), Some(Place::Over))
    }

    fn set(&self, strand: u32, place: Place) {
        let mut strands = self.strands.borrow_mut();
        let at = strand as usize;
        if strands.len() <= at {
            strands.resize(at + 1, Place::NotYet);
        }
        strands[at] = place;
    }

    /// A strand is over, or abandoned.
    fn forget(&self, strand: u32) {
        self.set(strand, Place::Over);
        let mut living = self.living.borrow_mut();
        if let Ok(at) = living.binary_search_by_key(&strand, |slot| slot.number.get()) {
            living.remove(at);
        }
    }

    /// A run begins: of the last one nothing is left.
    fn begin_run(&self) {
        self.strands.borrow_mut().clear();
        self.living.borrow_mut().clear();
        self.places.borrow_mut().begin_run();
        self.holders.forget_all();
        let bell = carried::doorbell();
        if self.bell.replace(bell) != bell {
            self.runs.are_behind(bell);
        }
        let is_weak = carried::loads_may_be_stale();
        self.is_watched.set(is_weak || cfg!(reveille_races));
        *self.memory.borrow_mut() = self.is_watched.get().then(|| Memory::new(is_weak));
        self.word.set(self.speaker.map_or(0, |speaker| speaker()));
    }

    /// Whether somebody keeps account of what strands know of memory.
    #[inline(always)]
    pub(crate) fn is_watched(&self) -> bool {
        self.is_watched.get()
    }

    /// The home of the strand that calls, if somebody keeps that account.
    pub(crate) fn watched_home(&self) -> Option<u32> {
        let calls = point::strand().filter(|_| self.is_watched())?;
        calls.catches_up();
        Some(calls.home.get())
    }

    /// None if nobody keeps that account, or is just about it.
    #[inline(always)]
    pub(crate) fn with_memory<R>(&self, f: impl FnOnce(&mut Memory) -> R) -> Option<R> {
        if self.is_watched() { self.with_watched_memory(f) } else { None }
    }

    #[cold]
    fn with_watched_memory<R>(&self, f: impl FnOnce(&mut Memory) -> R) -> Option<R> {
        let mut memory = self.memory.try_borrow_mut().ok()?;
        shielded(|| memory.as_mut().map(f))
    }

    /// The place at an address that the strand touches.
    #[inline]
    pub(crate) fn place(
        &self,
        strand: &Slot,
        address: usize,
        how: Touching,
    ) -> super::places::Place {
        self.places.borrow_mut().at(address, || strand.name_place(how))
    }

    /// Whether a strand has touched what is at an address.
    pub(crate) fn knows(&self, address: usize) -> bool {
        self.places.borrow().knows(address)
    }

    /// The lock at a place is held by that strand, or by none.
    #[inline]
    pub(crate) fn held(&self, place: u32, by: Option<u32>) {
        self.holders.set(place, by);
    }

    /// The strands that wait for that one: for its end, or for a lock that it holds.
    fn waiting_for(&self, strand: u32) -> Vec<u32> {
        let held = |place: Option<u32>| self.holders.get(place?);
        let waits = |slot: &Slot| match slot.waits.get()?.0 {
            Wait::Word { place, .. } => Some(held(place) == Some(strand)),
            Wait::End(of) => Some(of == strand),
            Wait::Time => None,
        };
        self.strands(|slot| (waits(slot) == Some(true)).then(|| slot.number.get()))
    }

    /// The memory is given back.
    pub(crate) fn free(&self, address: usize, size: usize) {
        // If the table is in use, it is its own memory.
        if let Ok(mut places) = self.places.try_borrow_mut() {
            places.free(address, size);
        }
        self.with_memory(|memory| memory.forget(address, size));
    }

    /// The number of a wait that begins.
    pub(crate) fn next_wait(&self) -> u64 {
        self.waits.set(self.waits.get() + 1);
        self.waits.get()
    }
}

/// With its first thread the standard library remembers how large stacks are, by a store that no
/// later one makes: a run that begins threads is to be the same in every process, wherever it
/// comes.
fn begin_first_thread() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        // If there cannot be one, that is told where one is needed.
        let first = shielded(|| thread::Builder::new().spawn(|| ()));
        _ = first.map(|thread| shielded(|| thread.join()));
    });
}

static LOST: AtomicUsize = AtomicUsize::new(0);

/// Threads of pools that are gone, for those to come.
static OF_OTHERS: Mutex<Vec<Idle>> = Mutex::new(Vec::new());

/// A thread that nobody enters.
struct Idle(&'static Slot);

// SAFETY: what is in a slot is for the thread that enters it and for the one inside, which waits;
// that thread is whichever has it.
unsafe impl Send for Idle {}

fn of_others(handover: Handover) -> Option<&'static Slot> {
    let mut others = OF_OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
    let at = others.iter().position(|idle| idle.0.handover() == handover)?;
    Some(others.swap_remove(at).0)
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut others = OF_OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        others.extend(self.idle.get_mut().drain(..).chain(self.larger.drain()).map(Idle));
    }
}

impl Carrier for Threads {
    fn begin_run(&self) {
        self.0.begin_run();
    }

    fn begin(&self, strand: u32, home: u32, poll: Poll) -> Back {
        let slot = self.0.slot(strand).unwrap_or_else(|| self.0.take(strand, home));
        self.0.with_memory(|memory| memory.look(strand, home));
        slot.begin(poll)
    }

    fn happens_before(&self, strand: u32) {
        if let Some(calls) = self.0.watched_home() {
            self.0.with_memory(|memory| memory.hand_over(calls, strand));
        }
    }

    fn happens_after(&self, home: u32) {
        if let Some(calls) = self.0.watched_home() {
            self.0.with_memory(|memory| memory.take_over(home, calls));
        }
    }

    fn own(&self, address: usize, size: usize) {
        self.0.with_memory(|memory| memory.own(address, size));
    }

    fn free(&self, address: usize, size: usize) {
        self.0.free(address, size);
    }

    fn go_on(&self, strand: u32) -> Back {
        self.0.slot(strand).map_or(Back::Ended, Slot::enter)
    }

    fn waiting_for(&self, strand: u32) -> Vec<u32> {
        self.0.waiting_for(strand)
    }

    fn wake_on(&self, address: usize, bits: u32, most: u32) {
        self.0.wake_on(address, bits, most);
    }

    fn passes_on(&self) -> bool {
        self.0.handover == Handover::UserSpace
    }

    fn over(&self, strand: u32) {
        let slot = self.0.slot(strand);
        self.0.forget(strand);
        if let Some(slot) = slot {
            slot.end_life();
            // The next strand that lives there has nothing to do with what this one had.
            let own = slot.own_memory();
            self.0.with_memory(|memory| memory.forget(own.start, own.len()));
            self.0.take_back(slot);
        }
        // It may not have begun.
        self.0.larger.take(strand).into_iter().for_each(|slot| self.0.take_back(slot));
        self.0.wake(u32::MAX, |on| on == Wait::End(strand));
    }

    fn abandon(&self, strand: u32) {
        let waits = self.0.slot(strand).and_then(|slot| slot.waits.get());
        if let Some((Wait::Word { address, .. }, _)) = waits {
            self.0.runs.remove(address);
        }
        LOST.fetch_add(1, Ordering::Relaxed);
        self.0.forget(strand);
    }
}
