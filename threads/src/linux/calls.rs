//! Calls of the C library that block, begin threads or look at time, as a strand finds them.
//!
//! Each answers none if it is not a strand that calls, or the call is not one of ours: then it
//! goes to the C library as ever. Who stands before the C library's functions is the crate that
//! users depend on; here is only what is done there.

use super::keys;
use super::point;
use super::sleepers::{self, Asleep};
use super::strand::Slot;
use super::wait::{self, ANY, Wait};
use super::word::wake_at_most;
use libc::{c_int, c_long, c_void, pthread_attr_t, pthread_key_t, pthread_t, timespec};
use reveille_sim::Touching;
use reveille_sim::carried::{self, Back, is_shielded, shielded};
use std::time::Duration;

/// The strand that calls, unless it is in the midst of something that must not be left.
fn strand() -> Option<&'static Slot> {
    point::strand().filter(|_| !is_shielded())
}

/// The system call `futex`; an error is its number, negative.
///
/// `now` is what the clock of moments shows.
///
/// # Safety
///
/// As for the system call.
pub unsafe fn futex(
    word: *const u32,
    operation: c_int,
    value: u32,
    limit: *const timespec,
    bits: u32,
    now: impl FnOnce() -> Duration,
) -> Option<c_long> {
    // What the engine does itself is between kernel threads.
    if is_shielded() {
        return None;
    }
    let Some(strand) = point::strand() else {
        let bits = match operation & libc::FUTEX_CMD_MASK {
            libc::FUTEX_WAKE => ANY,
            libc::FUTEX_WAKE_BITSET => bits,
            _ => return None,
        };
        sleepers::wake(word.addr(), bits, value, None);
        return None;
    };
    let wake = |bits| match wait::wake_on(strand, word, value, bits) {
        (strands, false) if is_private(operation) => Some(strands.into()),
        (strands, _) => and_of_kernel(strands, word, operation, value, bits),
    };
    let told = |limit: *const timespec| {
        // SAFETY: the caller's promise.
        unsafe { limit.as_ref() }.map(duration)
    };
    Some(match operation & libc::FUTEX_CMD_MASK {
        libc::FUTEX_WAIT => slept(wait::sleep_on(strand, word, value, ANY, told(limit))),
        libc::FUTEX_WAIT_BITSET => {
            // Its limit is a moment, not a length.
            let limit = told(limit).map(|moment| moment.saturating_sub(now()));
            slept(wait::sleep_on(strand, word, value, bits, limit))
        }
        libc::FUTEX_WAKE => return wake(ANY),
        libc::FUTEX_WAKE_BITSET => return wake(bits),
        _ => return None,
    })
}

/// The kernel is about to be asked for an operation on a word, since [`futex`] had no answer: who
/// asks may sleep there until the answer is there.
#[must_use]
pub fn asks_kernel(word: *const u32, operation: c_int, other: *const u32) -> Asleep {
    let moves = [libc::FUTEX_REQUEUE, libc::FUTEX_CMP_REQUEUE, libc::FUTEX_CMP_REQUEUE_PI];
    if moves.contains(&(operation & libc::FUTEX_CMD_MASK)) {
        // Nobody tells how long who is moved there sleeps.
        std::mem::forget(Asleep::on(other.addr()));
    }
    Asleep::on(word.addr())
}

fn is_private(operation: c_int) -> bool {
    operation & libc::FUTEX_PRIVATE_FLAG != 0
}

/// Of at most so many to wake some are strands; others may be threads that are none, and those the
/// kernel knows. If there is no strand, all is as if it had never come by here.
fn and_of_kernel(
    strands: u32,
    word: *const u32,
    operation: c_int,
    most: u32,
    bits: u32,
) -> Option<c_long> {
    let others = match strands {
        0 => return None,
        _ if strands == most => 0,
        _ => wake_at_most(word, is_private(operation), most - strands, bits),
    };
    Some(c_long::from(strands) + others.max(0))
}

fn slept(how: Result<(), c_int>) -> c_long {
    how.map_or_else(|error| -c_long::from(error), |()| 0)
}

fn duration(time: &timespec) -> Duration {
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0).min(999_999_999);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
}

/// Whether the calling thread is a strand.
#[must_use]
pub fn is_strand() -> bool {
    point::strand().is_some()
}

/// The thread that is inside a strand, where the calling thread drives one that is not its own.
#[must_use]
pub fn driven() -> Option<pthread_t> {
    super::strand::driven()
}

/// What the strand is told of the thread that drives it; 0 if nothing is, or it is no strand.
#[must_use]
pub fn word() -> usize {
    point::strand().map_or(0, |strand| strand.pool().word())
}

/// A strand gives memory back. It may be in the midst of anything.
#[inline]
pub fn free(address: *const c_void, size: impl FnOnce() -> usize) {
    if let Some(strand) = point::strand() {
        strand.pool().free(address.addr(), size());
    }
}

/// Threads that are strands have handles that no thread of the C library has.
const OURS: pthread_t = 0x7265_7665_0000_0000;

fn strand_of(thread: pthread_t) -> Option<u32> {
    let number = thread ^ OURS;
    u32::try_from(number).ok()
}

/// `pthread_create`: the handle of the new thread, or the number of an error.
///
/// # Safety
///
/// As for the function.
pub unsafe fn create(
    with: *const pthread_attr_t,
    main: extern "C" fn(*mut c_void) -> *mut c_void,
    argument: *mut c_void,
) -> Option<Result<pthread_t, c_int>> {
    let pool = strand()?.pool();
    // SAFETY: the caller's promise.
    let stack = unsafe { stack_asked(with) };
    let begun = shielded(|| {
        let larger = pool.larger.find(pool.handover(), stack).map_err(|_| libc::EAGAIN)?;
        let begun = carried::begin_strand(move || {
            main(argument);
            super::locals::run_destructors();
        });
        let number = begun.ok_or(libc::EAGAIN)?;
        larger.into_iter().for_each(|slot| pool.larger.keep(number, slot));
        Ok(OURS | pthread_t::from(number))
    });
    // Whoever begins a thread may be overtaken by it.
    point::before(argument.addr(), Touching::Store);
    Some(begun)
}

/// Bytes of the stack that a thread is asked for with.
///
/// # Safety
///
/// They are attributes, if anything.
unsafe fn stack_asked(with: *const pthread_attr_t) -> usize {
    let mut bytes = 0;
    if !with.is_null() {
        // SAFETY: the caller's promise.
        unsafe { libc::pthread_attr_getstacksize(with, &raw mut bytes) };
    }
    bytes
}

/// `pthread_key_create`: there is such a key from now on.
pub fn key_made(key: pthread_key_t, destructor: Option<unsafe extern "C" fn(*mut c_void)>) {
    keys::made(key, destructor);
}

/// `pthread_key_delete`: there will be no such key.
pub fn key_deleted(key: pthread_key_t) {
    keys::deleted(key);
}

/// `fork`, in the child.
pub fn forked() {
    if let Some(strand) = point::strand() {
        strand.fork();
    }
}

/// `pthread_join`: whether it was one of ours, which has ended now.
#[must_use]
pub fn join(thread: pthread_t) -> bool {
    let Some(number) = strand_of(thread) else { return false };
    // Outside of strands, as in a destructor at the end of a run, there is nothing to wait for;
    // the C library must not be given a handle that is not its own.
    let Some(strand) = strand() else { return true };
    if !strand.pool().is_over(number) {
        shielded(|| carried::note_join(number));
        strand.wait(Wait::End(number), None);
    }
    if let Some(calls) = strand.pool().watched_home() {
        // A thread is its own home.
        strand.pool().with_memory(|memory| memory.take_over(number, calls));
    }
    true
}

/// `pthread_detach`: whether it was one of ours.
#[must_use]
pub fn detach(thread: pthread_t) -> bool {
    strand_of(thread).is_some()
}

/// Whether it is the handle of a strand, or the calling strand's own thread.
#[must_use]
pub fn is_of_strand(thread: pthread_t) -> bool {
    strand_of(thread).is_some() || is_own(thread)
}

/// Whether the calling strand asks for its own thread, by the name that this has for itself.
#[must_use]
pub fn is_own(thread: pthread_t) -> bool {
    // SAFETY: it has no preconditions.
    is_strand() && unsafe { libc::pthread_self() } == thread
}

/// `pthread_setname_np`: a strand may name itself.
///
/// # Safety
///
/// As for the function.
pub unsafe fn name(thread: pthread_t, name: *const libc::c_char) {
    if is_own(thread) {
        // SAFETY: the caller's promise.
        let name = unsafe { std::ffi::CStr::from_ptr(name) };
        carried::name_strand(&name.to_string_lossy());
    }
}

/// `sched_yield`: whether it was a strand that gave its turn up.
#[must_use]
pub fn give_way() -> bool {
    strand().map(|strand| strand.leave(Back::Yielded)).is_some()
}

/// `nanosleep` and its like: whether it was a strand that has slept.
#[must_use]
pub fn sleep(length: Duration) -> bool {
    strand().map(|strand| strand.wait(Wait::Time, Some(length))).is_some()
}
