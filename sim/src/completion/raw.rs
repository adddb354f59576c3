//! Memory of which nothing is known but where it is.

use super::misuse::{Misuse, Ticket};
use super::region::{self, Key};
use std::mem::MaybeUninit;
use std::panic::Location;
use std::sync::Arc;

/// Raw memory in flight. Whoever pushed it promised that it is there until the
/// completion; a [`GuardedAllocator`](super::GuardedAllocator) sees to it.
///
/// Memory that the kernel is to fill is filled with a pattern meanwhile, as a kernel may
/// write to it at any time; what it is to read is remembered. So it is seen whether
/// somebody else wrote.
#[derive(Debug)]
pub(super) struct Raw {
    pointer: *mut u8,
    length: usize,
    key: Key,
    /// What the memory must contain; nothing before the submission.
    expected: Vec<u8>,
    /// What it contained before, if it was to be filled.
    before: Vec<MaybeUninit<u8>>,
    ticket: Arc<Ticket>,
}

fn pattern(length: usize) -> impl Iterator<Item = u8> {
    (0..length).map(|at| (at as u8).wrapping_mul(0x9d) ^ 0xa5)
}

impl Raw {
    /// Hands the memory over.
    pub(super) fn new(
        pointer: *mut u8,
        length: usize,
        is_written: bool,
        ticket: &Arc<Ticket>,
        at: &'static Location<'static>,
    ) -> Raw {
        let start = pointer.addr();
        let range = start..start.saturating_add(length);
        let (key, clash) = region::add(range, is_written, ticket);
        if let Some(clash) = clash {
            clash.misused(Misuse::SubmittedAgain, Some(at));
        }
        let ticket = ticket.clone();
        Raw { pointer, length, key, expected: Vec::new(), before: Vec::new(), ticket }
    }

    /// The kernel takes the memory, which it is to fill, or to read.
    pub(super) fn take(&mut self, is_written: bool) {
        if !is_written {
            self.expected = self.contents();
            return;
        }
        self.before = vec![MaybeUninit::uninit(); self.length];
        self.expected = pattern(self.length).collect();
        // SAFETY: the memory is there until the completion; what was in it need not be
        // initialised, and is not looked at.
        unsafe {
            let before = self.before.as_mut_ptr();
            std::ptr::copy(self.pointer.cast(), before, self.length);
            std::ptr::copy(self.expected.as_ptr(), self.pointer, self.length);
        }
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// What is in it: bytes that the program gave to be read, or our own.
    pub(super) fn contents(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.length);
        // SAFETY: the memory is there until the completion, and there is room for it.
        unsafe {
            std::ptr::copy_nonoverlapping(self.pointer, bytes.as_mut_ptr(), self.length);
            bytes.set_len(self.length);
        }
        bytes
    }

    /// The operation is about to end: did anybody write? Then what was there before the
    /// pattern is there again.
    pub(super) fn look(&mut self) {
        if self.expected.is_empty() {
            return;
        }
        if !self.ticket.is_told() && self.contents() != self.expected {
            self.ticket.misused(Misuse::Changed, None);
        }
        if !self.before.is_empty() {
            // SAFETY: the memory is there until the completion.
            unsafe { std::ptr::copy(self.before.as_ptr(), self.pointer.cast(), self.length) };
        }
        self.expected = Vec::new();
    }

    /// Puts `bytes` at its front.
    pub(super) fn fill(&mut self, bytes: &[u8]) {
        let count = bytes.len().min(self.length);
        // SAFETY: the memory is there until the completion.
        unsafe { std::ptr::copy(bytes.as_ptr(), self.pointer, count) };
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        region::remove(self.key);
    }
}
