//! What strands, and who gives them their threads, ask of the run that they are in.

use crate::choice::Kind;
use crate::clock::TimerKey;
use crate::finding::Detail;
use crate::join::JoinHandle;
use crate::law::Law;
use crate::letters::Letter;
use crate::mailbox::Mailbox;
use crate::race::{Access, Race};
use crate::strand::{Path, Touch};
use crate::trace::{Owner, TaskId, Touching, What};
use crate::world;
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

thread_local! {
    /// How deep the calling thread is in what must not be left.
    static SHIELD: Cell<u32> = const { Cell::new(0) };
}

/// Whether the calling thread is in the midst of something that must not be left.
#[must_use]
#[inline(always)]
pub fn is_shielded() -> bool {
    SHIELD.get() > 0
}

/// Does something that has no scheduling points.
#[inline(always)]
pub fn shielded<R>(f: impl FnOnce() -> R) -> R {
    SHIELD.with(|depth| depth.set(depth.get() + 1));
    let result = f();
    SHIELD.with(|depth| depth.set(depth.get() - 1));
    result
}

/// Who goes on where a strand comes to a scheduling point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// The strand itself.
    On,
    /// Whoever the loop of the run says: the strand must come back with [`Back::Preempted`](super::Back::Preempted).
    Back,
    /// That strand, which was left, and whose thread must go on in the place of this one's.
    To(u32),
}

/// Who goes on, now that the running strand is about to touch that.
#[must_use]
#[inline]
pub fn goes_at(touch: Touch) -> Goes {
    let Some(core) = world::current() else { return Goes::On };
    core.count_point();
    core.has_thread();
    if core.goes_on_here(touch) {
        return Goes::On;
    }
    core.note_preemption();
    core.pass_on().map_or(Goes::Back, |task| Goes::To(task.id().0))
}

/// Who goes on, now that the running strand is blocked. If it is not told who, it must come back
/// with [`Back::Blocked`](super::Back::Blocked).
#[must_use]
pub fn blocks() -> Goes {
    let next = world::current().and_then(|core| core.block_and_pass_on());
    next.map_or(Goes::Back, |task| Goes::To(task.id().0))
}

/// Notes in the trace what the running strand has done to a place, by its number in the run.
#[inline]
pub fn note_touch(place: u32, how: Touching) {
    if let Some(core) = world::current() {
        core.record(|| What::Touched { place, how });
    }
}

/// Notes in the trace that the running strand waits for the end of another one.
pub fn note_join(strand: u32) {
    if let Some(core) = world::current() {
        core.record(|| What::HandlePolled { task: TaskId(strand) });
    }
}

/// The running strand, which is a thread, says what it is called.
pub fn name_strand(name: &str) {
    if let Some(core) = world::current()
        && core.recording.get()
        && let Some(task) = core.running.get()
    {
        core.with_recorder(|recorder| recorder.name_task(task.id(), name));
    }
}

/// The calling thread belongs to no run from now on, as it is a copy in the child of a fork.
pub fn leave_run() {
    std::mem::forget(world::step_out());
}

/// Where the running strand comes from.
#[must_use]
pub fn path() -> Option<Path> {
    Some(world::current()?.running.get()?.strand().path())
}

/// The step of the running strand.
#[must_use]
#[inline]
pub fn step() -> u64 {
    world::current().map_or(0, |core| core.steps.get())
}

/// The virtual time of the present run, in nanoseconds.
#[must_use]
#[inline]
pub fn now() -> u64 {
    world::current().map_or(0, |core| core.now.get())
}

/// The stack of the caller, if the run records its events.
#[must_use]
pub fn stack() -> Option<Rc<Backtrace>> {
    let core = world::current().filter(|core| core.recording.get())?;
    core.with_recorder(|recorder| recorder.keeps_events())
        .then(|| Rc::new(Backtrace::force_capture()))
}

/// Tells the run of a data race: who came second upon whom.
pub fn race(first: Access, second: Access) {
    if let Some(core) = world::current() {
        core.tape.with(|tape| tape.set_of_races(true));
        let (owner, others) = (Owner::Task(second.by), vec![first.by]);
        let detail = Detail::Raced(Box::new(Race { first, second }));
        core.find(Law::DataRace, owner, others, detail);
    }
}

/// Whether loads of the present run may give values that are not the newest.
#[must_use]
pub fn loads_may_be_stale() -> bool {
    world::current().is_some_and(|core| core.faults.get().has(Kind::StaleLoad))
}

/// Which of so many values that a load may give it gives; the first is the newest.
#[must_use]
#[inline]
pub fn choose_load(values: u32) -> u32 {
    world::current().map_or(0, |core| core.choose(Kind::StaleLoad, values))
}

/// Lets a strand go on that is blocked; answers whether it was.
pub fn unblock(strand: u32) -> bool {
    world::current().is_some_and(|core| core.unblock(TaskId(strand)))
}

/// Where a thread outside of a world's runs rings for strands that are blocked.
#[derive(Clone, Copy, Debug)]
pub struct Doorbell(&'static Mailbox<Letter>);

/// That of the present run, and of those after it in the same world.
#[must_use]
pub fn doorbell() -> Option<Doorbell> {
    world::current().map(|core| Doorbell(core.mailbox()))
}

impl Doorbell {
    /// Has the carrier of the run that goes on there wake at most so many on a word.
    pub fn wake_on(self, address: usize, bits: u32, most: u32) {
        self.0.post_to_present(Letter::WokenOn { address, bits, most });
    }
}

impl PartialEq for Doorbell {
    fn eq(&self, other: &Doorbell) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// Begins a strand that does this in a single poll, and that nobody joins; its number. None outside a
/// run.
#[track_caller]
pub fn begin_strand(work: impl FnOnce() + 'static) -> Option<u32> {
    let core = world::current()?;
    let task = core.add_task(async move { work() }, None, 0, Location::caller());
    drop(JoinHandle::<()>::new(task));
    core.count_unfinished(Location::caller());
    Some(task.id().0)
}

/// Lets a strand go on after some virtual time, if it is blocked then.
///
/// # Panics
///
/// Outside a run.
#[must_use = "it is to be called off when the strand goes on"]
pub fn unblock_after(delay: Duration, strand: u32) -> Timer {
    let core = world::expect_current("unblock_after");
    Timer(core.set_event(delay, move || {
        unblock(strand);
    }))
}

/// A timer that was set for a strand.
#[derive(Debug)]
pub struct Timer(TimerKey);

impl Timer {
    /// Calls it off; nothing if it has fired.
    pub fn cancel(self) {
        if let Some(core) = world::current() {
            drop(core.clock.with(|clock| clock.cancel(self.0)));
        }
    }
}
