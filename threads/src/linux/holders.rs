//! Which strand holds the lock that is at a place, by the numbers of places.

use reveille_sim::carried::shielded;
use std::cell::{Cell, RefCell};

#[derive(Debug, Default)]
pub(crate) struct Holders(RefCell<Vec<Cell<u32>>>);

const NOBODY: u32 = u32::MAX;

impl Holders {
    pub(crate) fn forget_all(&self) {
        self.0.borrow_mut().clear();
    }

    #[inline]
    pub(crate) fn get(&self, place: u32) -> Option<u32> {
        let holder = self.0.borrow().get(place as usize).map_or(NOBODY, Cell::get);
        (holder != NOBODY).then_some(holder)
    }

    #[inline]
    pub(crate) fn set(&self, place: u32, by: Option<u32>) {
        let by = by.unwrap_or(NOBODY);
        match self.0.borrow().get(place as usize) {
            Some(holder) => return holder.set(by),
            None if by == NOBODY => return,
            None => {}
        }
        self.add(place, by);
    }

    #[cold]
    fn add(&self, place: u32, by: u32) {
        // The allocator may be the user's, and its operations are no points while this is borrowed.
        shielded(|| self.0.borrow_mut().resize(place as usize + 1, Cell::new(NOBODY)));
        self.set(place, Some(by));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_who_took_a_lock_and_has_not_given_it_back_holds_it() {
        let holders = Holders::default();
        assert_eq!(holders.get(7), None);
        holders.set(7, None);
        holders.set(7, Some(1));
        holders.set(3, Some(2));
        assert_eq!([3, 5, 7, 9].map(|place| holders.get(place)), [Some(2), None, Some(1), None]);
        holders.set(7, None);
        holders.set(900, Some(0));
        assert_eq!([7, 900].map(|place| holders.get(place)), [None, Some(0)]);
        holders.forget_all();
        assert_eq!([3, 900].map(|place| holders.get(place)), [None; 2]);
    }
}
