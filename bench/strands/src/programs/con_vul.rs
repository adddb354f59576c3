//! Vulnerabilities of kernels, browsers and libraries, reduced to their races by the authors of
//! ConVul (Cai et al., "Detecting Concurrency Memory Corruption Vulnerabilities", ESEC/FSE 2019).
//!
//! They fail by what they do to memory: a null pointer is followed, or what was freed is used, or
//! freed again. Here a pointer is a number, 0 for null, and whoever would do that fails an
//! assertion instead. The forms are those that the artifact of PERIOD uses, without locks that
//! keep a certain order by force.

pub(super) mod cve_2013_1792;
pub(super) mod cve_2016_1972;
pub(super) mod cve_2016_1973;
pub(super) mod cve_2016_9806;
pub(super) mod cve_2017_15265;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Memory of which somebody has a pointer.
struct Memory {
    is_freed: AtomicBool,
}

impl Memory {
    const fn new() -> Memory {
        Memory { is_freed: AtomicBool::new(false) }
    }

    fn touch(&self) {
        assert!(!self.is_freed.load(Relaxed), "used after it was freed");
    }

    fn free(&self) {
        assert!(!self.is_freed.swap(true, Relaxed), "freed twice");
    }
}
