//! The memory of a run, as the C++ memory model has it: what strands know of each other, and
//! which values a load may give.
//!
//! What a strand does is in the order of its program; a load that acquires and reads from a store
//! that releases puts all that came before the store before all that follows the load, and so do
//! fences, threads that begin and end, and wakers. Of an atomic every store is kept with what it
//! hands on, and a load may give any of them that is not older than one it must have seen
//! (Batty et al., "Mathematizing C++ Concurrency", POPL 2011; with vector clocks as by Lidbury and
//! Donaldson, "Dynamic Race Detection for C++11", POPL 2017). Sequentially consistent operations and
//! fences are as in C++20 (\[atomics.order\] 4), with the order in which they were made in the
//! run as the single one that all agree on.
//!
//! A store is seen by all as soon as virtual time has moved on: that is the finite time after which it
//! should be (\[intro.progress\] 18), and whoever sleeps may rely on it in fact.
//!
//! What is not modelled, so that a run without a failure does not speak of it:
//!
//! 1. Stores of a place follow each other in the order of the run. A store that was made later
//!    but stands before another one in the order of modifications is not seen (as in the program
//!    2+2W), and no load gives a value that is stored later (load buffering).
//! 2. Of a place the last 16 stores are kept.
//! 3. An operation of another size than the last one on the same address begins its history anew,
//!    and what overlaps without beginning at the same address is another place.
//! 4. Code of the precompiled standard library that is not inlined makes its operations
//!    unseen. What they do to the 32-bit words that were touched last, which are locks, condition
//!    variables, once-cells and parkers, is found by looking at them (see `unseen`), and taken for
//!    operations that acquire and release. A value that nobody
//!    was seen to store, as the first one of a place, hands on all that anybody has done.
//! 5. Whoever sleeps on a futex or wakes there is taken to acquire and release its word; a kernel
//!    promises no such thing, and nobody who relies on it is told.
//! 6. `compare_exchange_weak` does not fail by itself.
//!
//! Strands that live on one thread are one here, named by the number of their home. Whoever waits
//! for the end of one of them knows, too, what the others have done until then, which is more than
//! the program says.
//!
//! Nothing of this costs anything unless loads may be stale in the run, or the binary is built to
//! see data races.

mod clock;
mod history;
mod order;
mod own;
mod shadow;
mod unseen;
mod view;

use clock::{Clock, Event};
use history::History;
pub(crate) use order::Order;
use own::Own;
use reveille_sim::Accessing;
use reveille_sim::carried;
use shadow::Shadow;
pub(crate) use shadow::Touched;
use unseen::{Unseen, Word};
use view::{Strand, View};

/// What is known of the memory of a run.
#[derive(Debug)]
pub(crate) struct Memory {
    /// Whether loads may give older values.
    is_weak: bool,
    /// By the numbers of their homes.
    strands: Vec<Strand>,
    /// By the numbers of strands: what others have handed to it for its next poll.
    inboxes: Vec<View>,
    unseen: Unseen,
    /// By the numbers of places.
    histories: Vec<Option<History>>,
    /// What fences that are sequentially consistent have said.
    fences: Clock,
    /// The last operation of each strand that is sequentially consistent.
    in_order: Clock,
    shadow: Shadow,
    own: Own,
}

/// A place, as an operation finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// The number of its home.
    pub(crate) home: u32,
    /// That of the strand, for who is told.
    pub(crate) by: u32,
    pub(crate) place: u32,
    pub(crate) address: usize,
    /// The size of the operation.
    pub(crate) bytes: u8,
    /// The value that is there.
    pub(crate) found: u64,
}

impl Memory {
    pub(crate) fn new(is_weak: bool) -> Memory {
        Memory {
            is_weak,
            strands: Vec::new(),
            inboxes: Vec::new(),
            unseen: Unseen::default(),
            histories: Vec::new(),
            fences: Clock::default(),
            in_order: Clock::default(),
            shadow: Shadow::default(),
            own: Own::default(),
        }
    }

    fn strand(&mut self, strand: u32) -> &mut Strand {
        let at = strand as usize;
        for number in self.strands.len()..=at {
            let mut new = Strand::default();
            // What was there before the run everybody knows; its own doings begin after that.
            new.view.happened.tick(number as u32);
            self.strands.push(new);
        }
        &mut self.strands[at]
    }

    fn tick(&mut self, strand: u32, order: Order) -> Event {
        let event = self.strand(strand).view.happened.tick(strand);
        if order.is_seq_cst() {
            self.in_order.learn(event);
        }
        event
    }

    /// A load: the value that it gives.
    pub(crate) fn load(&mut self, at: At, order: Order) -> u64 {
        self.touch(at, Accessing::AtomicRead);
        self.settle(at);
        let back = match self.is_weak {
            true => carried::choose_load(self.readable(at, order)),
            false => 0,
        };
        self.read(at, back, order)
    }

    /// A conditional operation on a place that does not find what it expects: the value that it
    /// finds instead. None if it does, by reading what was stored last.
    pub(crate) fn refused(&mut self, at: At, expected: u64, order: Order) -> Option<u64> {
        self.settle(at);
        let mut refusing = Vec::new();
        if self.is_weak
            && let Some(history) = &self.histories[at.place as usize]
        {
            let older = 1..self.readable(at, order);
            refusing.extend(older.filter(|back| history.back(*back).value != expected));
        }
        let back = match carried::choose_load(refusing.len() as u32 + 1).checked_sub(1) {
            Some(chosen) => refusing[chosen as usize],
            None if at.found != expected => 0,
            None => return None,
        };
        self.touch(at, Accessing::AtomicRead);
        Some(self.read(at, back, order))
    }

    /// A store.
    pub(crate) fn store(&mut self, at: At, value: u64, order: Order) {
        self.touch(at, Accessing::AtomicWrite);
        self.settle(at);
        let released = self.released(at.home, order);
        self.write(at, value, order, released);
    }

    /// An operation that reads and writes at once. It always reads what was stored last.
    pub(crate) fn update(&mut self, at: At, value: u64, order: Order) {
        self.touch(at, Accessing::AtomicWrite);
        self.settle(at);
        self.read(at, 0, order);
        let mut released = self.released(at.home, order);
        // It goes on with the release sequence of what it read.
        if let Some(history) = &self.histories[at.place as usize] {
            released.join(&history.newest().released);
        }
        self.write(at, value, order, released);
    }

    /// What was stored last at a place, as far as that was seen.
    pub(crate) fn last_known(&self, place: u32) -> u64 {
        let history = self.histories.get(place as usize).and_then(Option::as_ref);
        history.map_or(0, |history| history.newest().value)
    }

    pub(crate) fn fence(&mut self, strand: u32, order: Order) {
        self.tick(strand, Order::Relaxed);
        let is_seq_cst = order.is_seq_cst();
        let (fences, in_order) = (&mut self.fences, &self.in_order);
        let Strand { view, released, unfenced, .. } = &mut self.strands[strand as usize];
        if order.acquires() {
            view.join(unfenced);
        }
        if is_seq_cst {
            fences.join(&view.happened);
            fences.join(&view.seen);
            view.seen.join(fences);
            view.seen_in_order.join(in_order);
        }
        if order.releases() {
            released.clone_from(view);
        }
        // What follows is not among what it says.
        self.tick(strand, Order::Relaxed);
    }

    /// What one strand has done happens before what another one, by its own number, does when it next
    /// looks.
    pub(crate) fn hand_over(&mut self, from: u32, to: u32) {
        let view = self.strand(from).view.clone();
        let to = to as usize;
        if self.inboxes.len() <= to {
            self.inboxes.resize_with(to + 1, View::default);
        }
        self.inboxes[to].join(&view);
        self.tick(from, Order::Relaxed);
    }

    /// A strand looks at what others have handed to it.
    pub(crate) fn look(&mut self, strand: u32, home: u32) {
        if let Some(inbox) = self.inboxes.get_mut(strand as usize).map(std::mem::take) {
            self.strand(home).view.join(&inbox);
        }
    }

    /// What one strand has done so far happened before what another one does from now on.
    pub(crate) fn take_over(&mut self, from: u32, to: u32) {
        let view = self.strand(from).view.clone();
        self.strand(to).view.join(&view);
        self.tick(from, Order::Relaxed);
    }

    /// The memory is of what the run is made of, until it is given back.
    pub(crate) fn own(&mut self, address: usize, size: usize) {
        self.own.add(address, size);
    }

    /// Memory is touched by an instruction that is no atomic operation.
    pub(crate) fn access(&mut self, touched: Touched) {
        if self.own.has(touched.address) {
            return;
        }
        // To look for what was done unseen takes longer than the access; so it is done when it
        // makes a difference.
        if self.shadow_of(touched, true) {
            self.catch_up(touched.home);
            self.shadow_of(touched, false);
        }
    }

    fn shadow_of(&mut self, touched: Touched, doubts: bool) -> bool {
        self.strand(touched.home);
        let clock = &self.strands[touched.home as usize].view.happened;
        self.shadow.touch(touched, clock, doubts)
    }

    fn touch(&mut self, at: At, how: Accessing) {
        let At { home, by, address, bytes, .. } = at;
        self.shadow_of(Touched { home, by, address, bytes, how }, false);
    }

    /// The memory is another's from now on, or nobody's.
    pub(crate) fn forget(&mut self, address: usize, size: usize) {
        self.own.forget(address, size);
        self.shadow.forget(address, size);
        self.unseen.forget(address, size);
    }

    fn readable(&self, at: At, order: Order) -> u32 {
        let view = &self.strands[at.home as usize].view;
        let history = self.histories[at.place as usize].as_ref();
        history.map_or(1, |history| history.readable(view, &self.fences, order))
    }

    fn read(&mut self, at: At, back: u32, order: Order) -> u64 {
        let made = self.tick(at.home, order);
        let Some(history) = &mut self.histories[at.place as usize] else { return at.found };
        history.read(back, made, order);
        let Strand { view, unfenced, .. } = &mut self.strands[at.home as usize];
        let store = history.back(back);
        if order.acquires() {
            view.join(&store.released);
        } else {
            unfenced.join(&store.released);
        }
        store.value
    }

    fn released(&mut self, strand: u32, order: Order) -> View {
        let strand = self.strand(strand);
        if order.releases() { strand.view.clone() } else { strand.released.clone() }
    }

    fn write(&mut self, at: At, value: u64, order: Order, released: View) {
        let made = self.tick(at.home, order);
        if let Some(history) = &mut self.histories[at.place as usize] {
            history.add(value, made, order, released);
        }
    }

    /// Sees to it that the history of a place ends with what is there.
    fn settle(&mut self, at: At) {
        self.strand(at.home);
        if at.bytes == 4 {
            self.unseen.note(at.address, at.place);
        }
        let place = at.place as usize;
        if self.histories.len() <= place {
            self.histories.resize_with(place + 1, || None);
        }
        let known = self.histories[place].as_ref();
        if known.is_some_and(|known| known.bytes == at.bytes && known.newest().value == at.found) {
            return;
        }
        // Nobody knows whose doing it was.
        let mut released = View::default();
        self.strands.iter().for_each(|strand| released.join(&strand.view));
        self.histories[place] = Some(History::new(at.found, at.bytes, released));
    }

    /// Notes what the strand has done unseen to the words that were touched last.
    pub(crate) fn catch_up(&mut self, home: u32) {
        let histories = &self.histories;
        let changed = |word: Word| {
            let history = histories.get(word.place as usize)?.as_ref()?;
            // SAFETY: words are forgotten when their memory is given back.
            let now = u64::from(unsafe { word.load() });
            let found = history.newest().value;
            let (place, address) = (word.place, word.address);
            let at = At { home, by: home, place, address, bytes: 4, found };
            (history.bytes == 4 && found != now).then_some((at, now))
        };
        let changed: Vec<(At, u64)> = self.unseen.words().filter_map(changed).collect();
        for (at, now) in changed {
            self.update(at, now, Order::AcqRel);
        }
    }
}
