//! Clocks: inside a run they show virtual time, once entropy is fixed.

use super::entropy::is_fixed;
use super::kernel::{self, Word, number};
use libc::{c_int, c_long, c_void, clockid_t, suseconds_t, time_t, timespec, timeval};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

/// What the clocks show at the start of a run: some moment of 2026, and a
/// machine that has been up for twelve days.
const WALL: Duration = Duration::from_secs(1_767_225_600);
const UPTIME: Duration = Duration::from_secs(1_000_000);

/// What the clock shows inside a run; none where it shows real time.
pub(super) fn shown(clock: clockid_t) -> Option<Duration> {
    let is_virtual = is_fixed() && reveille_sim::in_run() || is_strand();
    if !is_virtual {
        return None;
    }
    let now = reveille_sim::time::Instant::now();
    let passed = now.duration_since(now - Duration::MAX);
    Some(match clock {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE => WALL + passed,
        _ => UPTIME + passed,
    })
}

/// Whether the calling thread is one that a run has made.
fn is_strand() -> bool {
    #[cfg(reveille_threads)]
    return reveille_threads::calls::is_strand();
    #[cfg(not(reveille_threads))]
    false
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    let Some(now) = shown(clock) else {
        // SAFETY: the caller's promise.
        return unsafe { real_clock_gettime(clock, time) };
    };
    // SAFETY: the caller's promise.
    unsafe {
        (*time).tv_sec = now.as_secs() as time_t;
        (*time).tv_nsec = now.subsec_nanos() as c_long;
    }
    0
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn gettimeofday(time: *mut timeval, zone: *mut c_void) -> c_int {
    let now = wall();
    if !time.is_null() {
        // SAFETY: the caller's promise.
        unsafe {
            (*time).tv_sec = now.as_secs() as time_t;
            (*time).tv_usec = now.subsec_micros() as suseconds_t;
        }
    }
    if !zone.is_null() {
        // No zone, as the C library has it.
        // SAFETY: the caller's promise.
        unsafe { zone.cast::<[c_int; 2]>().write([0; 2]) };
    }
    0
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn time(place: *mut time_t) -> time_t {
    let now = wall().as_secs() as time_t;
    if !place.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *place = now };
    }
    now
}

fn wall() -> Duration {
    // SAFETY: it is made of numbers, and a valid place for them.
    let time = unsafe {
        let mut time: timespec = std::mem::zeroed();
        clock_gettime(libc::CLOCK_REALTIME, &raw mut time);
        time
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

type ClockGettime = unsafe extern "C" fn(clockid_t, *mut timespec) -> c_int;

/// The function of the C library, which needs no system call.
///
/// # Safety
///
/// As for that function.
unsafe fn real_clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    static REAL: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
    let mut real: Word = REAL.load(Ordering::Relaxed);
    if real.is_null() {
        // SAFETY: the name ends in a zero byte.
        real = unsafe { libc::dlsym(libc::RTLD_NEXT, c"clock_gettime".as_ptr()) };
        REAL.store(real, Ordering::Relaxed);
    }
    if real.is_null() {
        // A static executable has no next one; ask the kernel.
        let arguments = [number(clock as usize), time.cast()];
        // SAFETY: the caller's promise.
        return unsafe { kernel::ask(libc::SYS_clock_gettime, arguments) as c_int };
    }
    // SAFETY: the symbol of that name has this type.
    unsafe { std::mem::transmute::<*mut c_void, ClockGettime>(real)(clock, time) }
}
