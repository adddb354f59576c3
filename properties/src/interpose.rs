//! Fixed entropy and clocks for [hermetic](crate::hermetic) runs.
//!
//! On Linux a symbol that the executable defines goes before that of the C
//! library, for the standard library as for every crate. So these three stand in
//! front of the real ones. Unless [`fix`] was called they pass every call on;
//! afterwards entropy is a stream that the tape decides, and inside a run the
//! clocks show virtual time. Threads outside runs see the real clocks always.

#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(target_feature = "crt-static"),
))]
mod outside;

#[cfg(target_os = "linux")]
pub(crate) use linux::{fix, reseed};

use std::sync::atomic::{AtomicBool, Ordering};

static QUIET: AtomicBool = AtomicBool::new(false);

/// Calls `f`, and none of its calls of the C library is noted: to note one takes memory and
/// locks, which a process that ends may not be able to have.
pub(crate) fn quietly<R>(f: impl FnOnce() -> R) -> R {
    let before = QUIET.swap(true, Ordering::Relaxed);
    let result = f();
    QUIET.store(before, Ordering::Relaxed);
    result
}

/// Begins the entropy of a run, as the tape has it; nothing unless it is fixed.
#[cfg(not(target_os = "linux"))]
pub(crate) fn reseed() {}

#[cfg(target_os = "linux")]
mod linux {
    use libc::{c_int, c_long, c_uint, c_void, clockid_t, size_t, ssize_t, timespec};
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    static FIXED: AtomicBool = AtomicBool::new(false);
    static STREAM: AtomicU64 = AtomicU64::new(0);

    /// What the clocks show at the start of a run: some moment of 2026, and a
    /// machine that has been up for twelve days.
    const WALL: u64 = 1_767_225_600;
    const UPTIME: u64 = 1_000_000;

    /// From now on entropy is fixed, and so are the clocks inside runs.
    pub(crate) fn fix() {
        STREAM.store(0, Ordering::Relaxed);
        FIXED.store(true, Ordering::Relaxed);
    }

    /// Begins the entropy of a run, as the tape has it; nothing unless it is fixed.
    pub(crate) fn reseed() {
        if is_fixed() {
            STREAM.store(u64::from(reveille_sim::draw_entropy()) << 32, Ordering::Relaxed);
        }
    }

    fn is_fixed() -> bool {
        FIXED.load(Ordering::Relaxed)
    }

    /// SplitMix64 (Steele, Lea, Flood, 2014).
    fn next_word() -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = STREAM.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// # Safety
    ///
    /// `buffer` has room for `length` bytes.
    unsafe fn fill(buffer: *mut c_void, length: size_t) {
        let buffer = buffer.cast::<u8>();
        for at in (0..length).step_by(8) {
            let word = next_word().to_le_bytes();
            let count = word.len().min(length - at);
            // SAFETY: the caller's promise; `at + count` is at most `length`.
            unsafe { buffer.add(at).copy_from_nonoverlapping(word.as_ptr(), count) };
        }
    }

    /// # Safety
    ///
    /// As for the function of the C library.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn getrandom(buffer: *mut c_void, length: size_t, flags: c_uint) -> ssize_t {
        // SAFETY: the caller's promise, in both cases.
        unsafe {
            if is_fixed() {
                fill(buffer, length);
                return length as ssize_t;
            }
            libc::syscall(libc::SYS_getrandom, buffer, length, flags) as ssize_t
        }
    }

    /// # Safety
    ///
    /// As for the function of the C library.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn getentropy(buffer: *mut c_void, length: size_t) -> c_int {
        // SAFETY: the caller's promise.
        let got = unsafe { getrandom(buffer, length, 0) };
        if got == length as ssize_t { 0 } else { -1 }
    }

    /// # Safety
    ///
    /// As for the function of the C library.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
        if is_fixed() && reveille_sim::in_run() {
            let now = reveille_sim::time::Instant::now();
            let passed = now.duration_since(now - std::time::Duration::MAX);
            let start = match clock {
                libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE => WALL,
                _ => UPTIME,
            };
            // SAFETY: the caller's promise.
            unsafe {
                (*time).tv_sec = (start + passed.as_secs()) as libc::time_t;
                (*time).tv_nsec = passed.subsec_nanos() as c_long;
            }
            return 0;
        }
        // SAFETY: the caller's promise.
        unsafe { real_clock_gettime(clock, time) }
    }

    type ClockGettime = unsafe extern "C" fn(clockid_t, *mut timespec) -> c_int;

    /// The function of the C library, which needs no system call.
    ///
    /// # Safety
    ///
    /// As for that function.
    unsafe fn real_clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
        static REAL: AtomicU64 = AtomicU64::new(0);
        let mut address = REAL.load(Ordering::Relaxed) as usize;
        if address == 0 {
            // SAFETY: the name ends in a zero byte.
            address = unsafe { libc::dlsym(libc::RTLD_NEXT, c"clock_gettime".as_ptr()) }.addr();
            REAL.store(address as u64, Ordering::Relaxed);
        }
        let real = std::ptr::with_exposed_provenance::<c_void>(address);
        if real.is_null() {
            // A static executable has no next one; ask the kernel.
            // SAFETY: the caller's promise.
            return unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) as c_int };
        }
        // SAFETY: the symbol of that name has this type.
        unsafe { std::mem::transmute::<*const c_void, ClockGettime>(real)(clock, time) }
    }
}
