//! What a sampler sees of what it chooses between.
//!
//! A strand is a task here and a controlled thread in an engine of threads. A
//! sampler learns where it comes from, who woke it, and what it is about to touch
//! if somebody declared that; never the future behind it.

use crate::ledger::flag::WOKEN;
use crate::task::TaskRef;
use crate::world::Core;
use std::cell::Cell;
use std::fmt;

/// Something that two strands may share: a variable, a lock, a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(u64);

impl Resource {
    /// The resource of that name; the same name is the same resource in every run.
    #[must_use]
    pub const fn named(name: &str) -> Resource {
        let bytes = name.as_bytes();
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        Resource(hash)
    }

    /// The resource that [`word`](Self::word) stands for.
    pub(crate) const fn from_word(word: u64) -> Resource {
        Resource(word)
    }

    /// A number that stands for the resource.
    pub(crate) const fn word(self) -> u64 {
        self.0
    }

    /// One of many alike, such as an element of an array.
    #[must_use]
    pub const fn at(self, index: u64) -> Resource {
        Resource(mix(self.0, index))
    }
}

impl From<u64> for Resource {
    fn from(word: u64) -> Resource {
        Resource(word)
    }
}

impl From<&str> for Resource {
    fn from(name: &str) -> Resource {
        Resource::named(name)
    }
}

/// What a strand does next, as far as somebody declared it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Touch {
    /// Nobody said: it may touch everything.
    #[default]
    Anything,
    /// Nothing that another strand could see.
    Nothing,
    /// It reads a resource.
    Read(Resource),
    /// It changes a resource.
    Write(Resource),
}

impl Touch {
    /// Whether the order of the two can matter.
    #[must_use]
    #[inline]
    pub fn conflicts(self, other: Touch) -> bool {
        match (self, other) {
            (Touch::Nothing, _) | (_, Touch::Nothing) => false,
            (Touch::Anything, _) | (_, Touch::Anything) => true,
            (Touch::Read(_), Touch::Read(_)) => false,
            (Touch::Read(a) | Touch::Write(a), Touch::Read(b) | Touch::Write(b)) => a == b,
        }
    }

    /// Numbers that stand for it.
    pub(crate) fn words(self) -> [u64; 2] {
        match self {
            Touch::Anything => [0, 0],
            Touch::Nothing => [1, 0],
            Touch::Read(resource) => [2, resource.0],
            Touch::Write(resource) => [3, resource.0],
        }
    }

    /// What [`words`](Self::words) stand for.
    pub(crate) fn from_words(words: [u64; 2]) -> Option<Touch> {
        let resource = Resource(words[1]);
        Some(match words[0] {
            0 => Touch::Anything,
            1 => Touch::Nothing,
            2 => Touch::Read(resource),
            3 => Touch::Write(resource),
            _ => return None,
        })
    }

    /// The resource that is touched, if it is known.
    #[must_use]
    #[inline]
    pub fn resource(self) -> Option<Resource> {
        match self {
            Touch::Read(resource) | Touch::Write(resource) => Some(resource),
            Touch::Anything | Touch::Nothing => None,
        }
    }

    /// Whether something may be changed.
    #[inline]
    pub(crate) fn writes(self) -> bool {
        matches!(self, Touch::Write(_) | Touch::Anything)
    }
}

/// Where a strand comes from: the path of its parent and its number among the
/// parent's children. The same in every run that spawns alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(u64);

impl Path {
    /// The strand that runs the test's body.
    pub const ROOT: Path = Path(0x9e37_79b9_7f4a_7c15);

    /// Strand number `number` of a run, if no strand spawned it; 0 is the root.
    #[must_use]
    pub const fn of_nobody(number: u32) -> Path {
        if number == 0 { Path::ROOT } else { Path(mix(number as u64, Path::ROOT.0)) }
    }

    /// The child number `ordinal` of this strand, counted from 0.
    #[must_use]
    pub const fn child(self, ordinal: u32) -> Path {
        Path(mix(self.0, ordinal as u64 + 1))
    }

    /// The path that [`word`](Self::word) stands for.
    #[must_use]
    pub const fn from_word(word: u64) -> Path {
        Path(word)
    }

    /// A number that stands for the path.
    #[must_use]
    pub const fn word(self) -> u64 {
        self.0
    }
}

const fn mix(a: u64, b: u64) -> u64 {
    let word = (a ^ b.rotate_left(32)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let word = (word ^ (word >> 32)).wrapping_add(b).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ (word >> 29)
}

const NOBODY: u32 = u32::MAX;
const PREEMPTED: u32 = u32::MAX - 1;

/// A strand, as a sampler sees it.
#[derive(Debug)]
#[repr(C)]
pub struct Strand {
    // These are touched by every turn.
    next: Cell<Touch>,
    turns: Cell<u32>,
    woken_by: Cell<u32>,
    number: u32,
    parent: u32,
    ordinal: u32,
    children: Cell<u32>,
    path: Path,
}

impl Strand {
    /// The first strand of a run.
    #[must_use]
    pub fn root() -> Strand {
        Strand::of_nobody(0)
    }

    /// A strand that no strand spawned: the root, or one that a destructor or a waker
    /// spawned between two turns.
    pub(crate) fn of_nobody(number: u32) -> Strand {
        Strand::new(number, NOBODY, 0, Path::of_nobody(number))
    }

    fn new(number: u32, parent: u32, ordinal: u32, path: Path) -> Strand {
        Strand {
            number,
            parent,
            ordinal,
            path,
            children: Cell::new(0),
            turns: Cell::new(0),
            woken_by: Cell::new(NOBODY),
            next: Cell::new(Touch::Anything),
        }
    }

    /// A child of this strand: number `number` of all strands of the run.
    #[must_use]
    pub fn spawn(&self, number: u32) -> Strand {
        let ordinal = self.children.get();
        self.children.set(ordinal + 1);
        Strand::new(number, self.number, ordinal, self.path.child(ordinal))
    }

    /// Its number in the order of spawning; the root is 0.
    #[must_use]
    #[inline]
    pub fn number(&self) -> usize {
        self.number as usize
    }

    /// The number of the strand that spawned it; none for the root.
    #[must_use]
    #[inline]
    pub fn parent(&self) -> Option<usize> {
        (self.parent != NOBODY).then_some(self.parent as usize)
    }

    /// Its number among the children of its parent, counted from 0.
    #[must_use]
    pub fn ordinal(&self) -> u32 {
        self.ordinal
    }

    /// How many strands it has spawned so far.
    #[must_use]
    #[inline]
    pub(crate) fn children(&self) -> u32 {
        self.children.get()
    }

    /// Where it comes from, the same in every run.
    #[must_use]
    #[inline]
    pub fn path(&self) -> Path {
        self.path
    }

    /// The turns that it has had.
    #[must_use]
    #[inline]
    pub fn turns(&self) -> u32 {
        self.turns.get()
    }

    /// The number of the strand that made it runnable; none if it is new, or was
    /// woken by a timer or from outside.
    #[must_use]
    #[inline]
    pub fn woken_by(&self) -> Option<usize> {
        let by = self.woken_by.get();
        (by < PREEMPTED).then_some(by as usize)
    }

    /// Whether it gave its last turn up and asked for another one.
    #[must_use]
    #[inline]
    pub fn yielded(&self) -> bool {
        self.woken_by.get() == self.number
    }

    /// What its next turn touches.
    #[must_use]
    #[inline]
    pub fn next(&self) -> Touch {
        self.next.get()
    }

    /// Declares what its next turn touches.
    #[inline]
    pub fn set_next(&self, touch: Touch) {
        self.next.set(touch);
    }

    /// It has a turn now.
    #[inline(always)]
    pub fn take_turn(&self) {
        self.turns.set(self.turns.get().wrapping_add(1));
    }

    /// Another strand, or something that is none, made it runnable.
    #[inline(always)]
    pub fn wake(&self, by: Option<&Strand>) {
        self.woken_by.set(by.map_or(NOBODY, |strand| strand.number));
    }

    /// It was told to stop at a scheduling point.
    #[inline]
    pub fn preempt(&self) {
        self.woken_by.set(PREEMPTED);
    }
}

/// The runnable strands, of which a sampler takes one; number 0 is the default.
pub struct Runnable<'a> {
    source: Source<'a>,
    len: u32,
}

enum Source<'a> {
    /// All that stand in the queue of a world.
    Queue(&'a Core),
    /// The running one and the others of the queue; it may stand there itself, in
    /// the place given.
    AtPoint { core: &'a Core, running: TaskRef, place: usize },
    /// Whatever somebody put together.
    List(&'a [&'a Strand]),
    /// Some of others.
    Among { all: &'a Runnable<'a>, options: &'a [u32] },
}

impl<'a> Runnable<'a> {
    /// The given strands, of which the first is the default. There must be fewer than 2^32.
    #[must_use]
    pub fn of(strands: &'a [&'a Strand]) -> Runnable<'a> {
        Runnable { source: Source::List(strands), len: strands.len() as u32 }
    }

    #[inline(always)]
    pub(crate) fn in_queue(core: &'a Core, len: u32) -> Runnable<'a> {
        Runnable { source: Source::Queue(core), len }
    }

    pub(crate) fn at_point(core: &'a Core, running: TaskRef) -> Runnable<'a> {
        let (place, len) = core.ready.with(|ready| {
            let is_due = running.ledger().has(WOKEN);
            let place = if is_due { ready.place_of(running.header().arrival.get()) } else { None };
            (place.unwrap_or(usize::MAX), ready.len() + usize::from(place.is_none()))
        });
        let len = len as u32;
        Runnable { source: Source::AtPoint { core, running, place }, len }
    }

    /// Those of the given options, which are numbers of strands here.
    pub(crate) fn among(&'a self, options: &'a [u32]) -> Runnable<'a> {
        Runnable { source: Source::Among { all: self, options }, len: options.len() as u32 }
    }

    /// The running strand, if it stands at a scheduling point; it is the default then.
    #[must_use]
    #[inline]
    pub fn running(&self) -> Option<&Strand> {
        match &self.source {
            Source::AtPoint { running, .. } => Some(running.strand()),
            _ => None,
        }
    }

    /// The queue of a world, if that is what they stand in, from the first to the last.
    #[inline]
    pub(crate) fn queue(&self) -> Option<Queue<'a>> {
        match self.source {
            Source::Queue(core) => Some(Queue { core }),
            _ => None,
        }
    }

    /// How many there are.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Strand number `option`, which is below `len`.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[must_use]
    #[inline]
    pub fn get(&self, option: u32) -> &Strand {
        match self.source {
            Source::List(strands) => strands[option as usize],
            Source::Among { all, options } => all.get(options[option as usize]),
            _ => self.task(option).strand(),
        }
    }

    #[inline]
    pub(crate) fn task(&self, option: u32) -> TaskRef {
        let in_queue = |core: &Core, place| core.ready.with(|ready| ready.get(place));
        match self.source {
            Source::Queue(core) => in_queue(core, option as usize),
            Source::AtPoint { running, .. } if option == 0 => running,
            Source::AtPoint { core, place, .. } => {
                let before = option as usize - 1;
                in_queue(core, before + usize::from(before >= place))
            }
            Source::Among { all, options } => all.task(options[option as usize]),
            Source::List(_) => unreachable!("a list holds no tasks"),
        }
    }

    /// All of them, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Strand> {
        (0..self.len).map(|option| self.get(option))
    }
}

/// The order in which the runnable strands of a world came.
#[derive(Clone, Copy)]
pub(crate) struct Queue<'a> {
    core: &'a Core,
}

impl Queue<'_> {
    /// When the strand at `option` came: a number from 1 that only grows.
    #[inline]
    pub(crate) fn arrival(self, option: u32) -> u64 {
        self.core.ready.with(|ready| ready.arrival(option as usize))
    }

    /// The option that is the strand that came then, if it still stands here.
    #[inline]
    pub(crate) fn option_of(self, arrival: u64) -> Option<u32> {
        self.core.ready.with(|ready| ready.place_of(arrival)).map(|place| place as u32)
    }
}

impl fmt::Debug for Runnable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
