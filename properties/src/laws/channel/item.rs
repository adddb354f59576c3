//! What goes through a channel under test: numbered items whose drops are counted.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes through a channel under test.
#[must_use = "an item that is dropped counts as lost"]
pub struct Item {
    number: usize,
    drops: Drops,
}

impl Item {
    pub(super) fn number(&self) -> usize {
        self.number
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({})", self.number)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.drops.counts()[self.number] += 1;
    }
}

/// How often each item of a run was dropped.
#[derive(Clone, Default)]
pub(super) struct Drops(Arc<Mutex<Vec<u32>>>);

impl Drops {
    /// The next item.
    pub(super) fn item(&self) -> Item {
        let mut counts = self.counts();
        counts.push(0);
        Item { number: counts.len() - 1, drops: self.clone() }
    }

    /// The first item that was not dropped once, and how often it was.
    pub(super) fn odd(&self) -> Option<(usize, u32)> {
        let counts = self.counts();
        counts.iter().copied().enumerate().find(|(_, drops)| *drops != 1)
    }

    fn counts(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
