//! What a strand knows of what others did.

use super::clock::{Clock, Event};

/// What somebody knows, and hands on with a release.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// What happened before.
    pub(super) happened: Clock,
    /// What no load may give anything older than, though it did not happen before: that is what
    /// fences that are sequentially consistent say to each other.
    pub(super) seen: Clock,
    /// The same of operations that are sequentially consistent themselves.
    pub(super) seen_in_order: Clock,
}

impl View {
    pub(super) fn join(&mut self, other: &View) {
        self.happened.join(&other.happened);
        self.seen.join(&other.seen);
        self.seen_in_order.join(&other.seen_in_order);
    }

    /// Whether nothing older than what the event made or read may be read.
    #[inline]
    pub(super) fn covers(&self, event: Event, in_order: bool) -> bool {
        self.happened.knows(event)
            || self.seen.knows(event)
            || in_order && self.seen_in_order.knows(event)
    }
}

/// A strand, as memory sees it.
#[derive(Debug, Default)]
pub(super) struct Strand {
    pub(super) view: View,
    /// What its relaxed stores hand on: what it knew at its last fence that releases.
    pub(super) released: View,
    /// What its relaxed loads have read and a fence that acquires will make known.
    pub(super) unfenced: View,
}
