//! What a thing under test holds or hands over: numbered items whose drops are counted.

use crate::breach::{Breach, broken};
use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a thing under test holds, or hands over.
///
/// Items have an order, for those who sort them. It is not the one that they are made in.
#[must_use = "an item that is dropped counts as lost"]
pub struct Item {
    number: usize,
    drops: Drops,
}

impl Item {
    pub(in crate::laws) fn number(&self) -> usize {
        self.number
    }
}

/// Where an item stands in the order of items.
pub(in crate::laws) fn rank(number: usize) -> usize {
    number.reverse_bits()
}

impl Ord for Item {
    fn cmp(&self, other: &Item) -> Ordering {
        rank(self.number).cmp(&rank(other.number))
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Item) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Item) -> bool {
        self.number == other.number
    }
}

impl Eq for Item {}

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
pub(in crate::laws) struct Drops(Arc<Mutex<Vec<u32>>>);

impl Drops {
    /// The next item.
    pub(in crate::laws) fn item(&self) -> Item {
        let mut counts = self.counts();
        counts.push(0);
        Item { number: counts.len() - 1, drops: self.clone() }
    }

    /// How often an item was dropped so far.
    pub(in crate::laws) fn count(&self, item: usize) -> u32 {
        self.counts()[item]
    }

    /// How many were not dropped so far.
    pub(in crate::laws) fn alive(&self) -> usize {
        self.counts().iter().filter(|drops| **drops == 0).count()
    }

    /// Whether each was dropped once, now that nobody should have one. `laws` is the suite.
    pub(in crate::laws) fn judge(&self, laws: &str) -> Result<(), Breach> {
        let counts = self.counts().clone();
        let odd = counts.into_iter().enumerate().find(|(_, drops)| *drops != 1);
        match odd {
            None => Ok(()),
            Some((item, 0)) => {
                broken(format!("{laws}: item {item} was not dropped, and nobody has it any more"))
            }
            Some((item, drops)) => broken(format!("{laws}: item {item} was dropped {drops} times")),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
