//! Threads with larger stacks than usual, for who asks for one.
//!
//! A thread is asked for with its stack, and that it cannot be had is an error of whoever asks; so
//! it is made then, and kept until the strand begins. What is usual is what the standard library
//! gives a thread, and what asks for less gets as much: a stack takes no more than is touched.

use super::shell::Handover;
use super::strand::Slot;
use std::cell::RefCell;
use std::io;
use std::sync::OnceLock;

/// Bytes of a stack that nobody has asked for.
pub(crate) fn usual() -> usize {
    const LEAST: usize = 2 << 20;
    static USUAL: OnceLock<usize> = OnceLock::new();
    *USUAL.get_or_init(|| {
        // The tests of a binary that needs more have more as tasks, too.
        let asked = std::env::var("RUST_MIN_STACK").ok().and_then(|bytes| bytes.parse().ok());
        LEAST.max(asked.unwrap_or(0))
    })
}

/// Threads with larger stacks.
#[derive(Debug, Default)]
pub(crate) struct Larger {
    idle: RefCell<Vec<&'static Slot>>,
    /// Those that have strands which have not begun.
    kept: RefCell<Vec<(u32, &'static Slot)>>,
}

impl Larger {
    /// One with a stack of so many bytes; none if that is as usual.
    pub(crate) fn find(
        &self,
        handover: Handover,
        stack: usize,
    ) -> io::Result<Option<&'static Slot>> {
        if stack <= usual() {
            return Ok(None);
        }
        let mut idle = self.idle.borrow_mut();
        match idle.iter().position(|slot| slot.stack() >= stack) {
            Some(at) => Ok(Some(idle.swap_remove(at))),
            None => Slot::start(handover, stack).map(Some),
        }
    }

    /// Keeps it for that strand.
    pub(crate) fn keep(&self, strand: u32, slot: &'static Slot) {
        self.kept.borrow_mut().push((strand, slot));
    }

    /// What was kept for a strand.
    pub(crate) fn take(&self, strand: u32) -> Option<&'static Slot> {
        let mut kept = self.kept.borrow_mut();
        let at = kept.iter().position(|(of, _)| *of == strand)?;
        Some(kept.swap_remove(at).1)
    }

    /// All that nobody has asked for.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = &'static Slot> {
        self.idle.get_mut().drain(..)
    }

    /// Takes it back, if it is one of these.
    pub(crate) fn give_back(&self, slot: &'static Slot) -> bool {
        let is_larger = slot.stack() > usual();
        if is_larger {
            self.idle.borrow_mut().push(slot);
        }
        is_larger
    }
}
