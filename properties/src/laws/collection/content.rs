//! What should be in a collection.

use crate::breach::Breach;
use crate::laws::play::driver::Notes;

/// The members whose outputs are to come, in the order of their pushes.
pub(super) struct Content {
    members: Vec<(usize, usize)>,
    is_ordered: bool,
    is_keyed: bool,
    bound: Option<usize>,
    ends: bool,
}

impl Content {
    pub(super) fn new(
        is_ordered: bool,
        is_keyed: bool,
        bound: Option<usize>,
        ends: bool,
    ) -> Content {
        Content { members: Vec::new(), is_ordered, is_keyed, bound, ends }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.bound.is_some_and(|bound| self.members.len() >= bound)
    }

    /// Whether who waits for the next output has reason to, when all is at rest.
    pub(super) fn may_wait(&self) -> bool {
        self.is_empty() && !self.ends
    }

    pub(super) fn pushed(
        &mut self,
        key: usize,
        number: usize,
        was_accepted: bool,
        is_first: bool,
        notes: &Notes,
    ) -> Result<(), Breach> {
        let replaces = self.is_keyed && self.members.iter().any(|member| member.0 == key);
        if !was_accepted && !self.is_full() {
            let count = self.members.len();
            return notes.breach(format_args!("it has {count} futures, and refuses another"));
        }
        if was_accepted && self.is_full() && !replaces {
            let count = self.members.len();
            return notes.breach(format_args!("it has {count} futures, and accepts another"));
        }
        if was_accepted {
            if replaces {
                self.remove(key);
            }
            let at = if is_first { 0 } else { self.members.len() };
            self.members.insert(at, (key, number));
        }
        Ok(())
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, key: usize) -> bool {
        let count = self.members.len();
        self.members.retain(|member| member.0 != key);
        self.members.len() < count
    }

    pub(super) fn clear(&mut self) {
        self.members.clear();
    }

    /// This item came, or none.
    pub(super) fn gave(&mut self, item: Option<usize>, notes: &Notes) -> Result<(), Breach> {
        let left: Vec<_> = self.members.iter().map(|member| member.1).collect();
        match item {
            None if left.is_empty() && self.ends => Ok(()),
            None => notes.breach(format_args!("it says that it is empty, and has {left:?}")),
            Some(item) => match left.iter().position(|other| *other == item) {
                Some(0) => {
                    self.members.remove(0);
                    Ok(())
                }
                Some(at) if !self.is_ordered => {
                    self.members.remove(at);
                    Ok(())
                }
                _ if self.is_ordered => notes
                    .breach(format_args!("it gave item {item}: expected the first of {left:?}")),
                _ => notes.breach(format_args!("it gave item {item}: expected one of {left:?}")),
            },
        }
    }

    pub(super) fn has(&self, count: usize, notes: &Notes) -> Result<(), Breach> {
        let expected = self.members.len();
        if count == expected {
            return Ok(());
        }
        notes.breach(format_args!("it says that it has {count} futures: expected {expected}"))
    }
}
