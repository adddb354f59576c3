//! Fixed entropy and clocks for [hermetic](crate::hermetic) runs.
//!
//! On Linux a symbol that the executable defines goes before that of the C
//! library, for the standard library as for every crate. So these stand in
//! front of the real ones. Unless [`fix`] was called they pass every call on;
//! afterwards entropy is a stream that the tape decides, and inside a run the
//! clocks show virtual time. Threads outside runs see the real clocks always.
//!
//! What goes by the C library is not seen: a system call in assembly, as `rustix`
//! makes it, and the instructions `rdrand` and `rdtsc`.

#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
))]
mod by_number;
#[cfg(target_os = "linux")]
mod clocks;
#[cfg(target_os = "linux")]
mod entropy;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(target_feature = "crt-static"),
))]
mod outside;

#[cfg(reveille_threads)]
mod forks;
#[cfg(reveille_threads)]
mod refused;
#[cfg(reveille_threads)]
mod threads;

#[cfg(target_os = "linux")]
pub(crate) use entropy::{fix, reseed};

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
