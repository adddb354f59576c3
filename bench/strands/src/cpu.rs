//! Time that the process had a processor: others on the machine do not count.

use std::time::Duration;

/// The processor time of this process so far.
#[must_use]
pub fn time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists everywhere on Linux, and the place is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Says what was done with it since.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Duration);

impl Stopwatch {
    #[must_use]
    pub fn start() -> Stopwatch {
        Stopwatch(time())
    }

    #[must_use]
    pub fn elapsed(self) -> Duration {
        time() - self.0
    }
}
