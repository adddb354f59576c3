//! Locks of the whole process that the precompiled standard library has for itself: that of the
//! list of its threads, of the environment, of the output.
//!
//! A thread that is no strand of the run may have one, and gives it back as soon as the
//! kernel lets it. That is no matter of the run: a strand which finds one taken waits for the
//! kernel, and goes on as if it had found it free. Only if it is not given back soon somebody
//! within the run may have it, as where the output is written by code of the user, and
//! the strand is blocked as on every other word.

use super::executable;
use super::sleepers::Asleep;
use super::strand::Slot;
use super::word::wait_at_most;
use std::ops::Range;
use std::sync::OnceLock;

/// How long somebody outside of the run may have such a lock: to look up the lines of a stack takes a
/// while.
const SOON: libc::timespec = libc::timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// A strand is about to sleep on a word: waits until who is outside of the run gives it back, and
/// answers whether that has happened.
///
/// # Safety
///
/// The word may be read.
pub(crate) unsafe fn wait(strand: &Slot, word: *const u32, value: u32) -> bool {
    if !is_of_nobody(strand, word) {
        return false;
    }
    let _asleep = Asleep::on(word.addr());
    // SAFETY: the caller's promise.
    unsafe { wait_at_most(word, value, &SOON) }
}

/// Whether a word may be that of such a lock: it is a static that no strand of the run was seen to
/// touch. Then none sleeps there either, and a wake there is no matter of the run.
pub(crate) fn is_of_nobody(strand: &Slot, word: *const u32) -> bool {
    statics().contains(&word.addr()) && !strand.pool().knows(word.addr())
}

/// Where the statics of the executable are.
fn statics() -> Range<usize> {
    static STATICS: OnceLock<Range<usize>> = OnceLock::new();
    let find = || {
        let range = executable::read(|info, headers| {
            let writable = headers.iter().filter(|header| {
                header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W != 0
            });
            let ranges = writable.map(|header| {
                let start = (info.dlpi_addr + header.p_vaddr) as usize;
                start..start + header.p_memsz as usize
            });
            ranges.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
        });
        range.flatten().unwrap_or(0..0)
    };
    STATICS.get_or_init(find).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn statics_are_told_from_the_heap_and_the_stack() {
        static ONE: AtomicU32 = AtomicU32::new(5);
        let (boxed, on_stack) = (Box::new(5_u32), 5_u32);
        assert!(statics().contains(&ONE.as_ptr().addr()));
        assert!(!statics().contains(&std::ptr::from_ref(&*boxed).addr()));
        assert!(!statics().contains(&std::ptr::from_ref(&on_stack).addr()));
    }
}
