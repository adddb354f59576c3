//! What a thing under test hands to many: numbered values whose clones are counted.

use crate::breach::{Breach, broken};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a thing under test hands to many: a value that may be cloned. Each clone is to be
/// dropped once.
#[must_use = "a value that is dropped counts as lost"]
pub struct Value {
    number: usize,
    /// Its place among all clones of all values.
    place: usize,
    copies: Values,
}

impl Value {
    /// Which value it is: they are numbered in the order in which they were made, and their
    /// clones are of the same number.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }
}

impl Clone for Value {
    fn clone(&self) -> Value {
        self.copies.copy(self.number)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.number == other.number
    }
}

impl Eq for Value {}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.number)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.copies.copies().drops[self.place].1 += 1;
    }
}

/// The values of a run.
#[derive(Clone, Default)]
pub(in crate::laws) struct Values(Arc<Mutex<Copies>>);

#[derive(Default)]
struct Copies {
    /// How many values there are, clones left aside.
    made: usize,
    /// Of each clone, of which value it is and how often it was dropped.
    drops: Vec<(usize, u32)>,
}

impl Values {
    /// The next value.
    pub(in crate::laws) fn value(&self) -> Value {
        let mut copies = self.copies();
        let number = copies.made;
        copies.made += 1;
        drop(copies);
        self.copy(number)
    }

    fn copy(&self, number: usize) -> Value {
        let mut copies = self.copies();
        copies.drops.push((number, 0));
        Value { number, place: copies.drops.len() - 1, copies: self.clone() }
    }

    /// Whether each clone was dropped once, now that nobody should have one. `laws` is the
    /// suite.
    pub(in crate::laws) fn judge(&self, laws: &str) -> Result<(), Breach> {
        let copies = self.copies();
        let odd = copies.drops.iter().find(|(_, drops)| *drops != 1).copied();
        match odd {
            None => Ok(()),
            Some((value, 0)) => broken(format!(
                "{laws}: a clone of value {value} was not dropped, and nobody has it any more"
            )),
            Some((value, drops)) => {
                broken(format!("{laws}: one clone of value {value} was dropped {drops} times"))
            }
        }
    }

    fn copies(&self) -> MutexGuard<'_, Copies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
