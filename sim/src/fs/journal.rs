//! Names that were given and taken, and are not on the disk yet.

use super::node::{Names, Node};
use std::ffi::OsString;
use std::rc::Rc;

/// A name in a directory.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) directory: Rc<Node>,
    pub(super) name: OsString,
}

impl Place {
    fn is(&self, other: &Place) -> bool {
        Rc::ptr_eq(&self.directory, &other.directory) && self.name == other.name
    }

    fn change(&self, which: Which, node: Option<Rc<Node>>) {
        let Some(listing) = self.directory.listing() else { return };
        let before = listing.with(|listing| {
            let names: &mut Names = match which {
                Which::Now => &mut listing.now,
                Which::Safe => &mut listing.safe,
            };
            match node {
                Some(node) => names.insert(self.name.clone(), node),
                None => names.remove(&self.name),
            }
        });
        drop(before);
    }
}

#[derive(Clone, Copy)]
enum Which {
    Now,
    Safe,
}

/// A change of names, which happens wholly or not at all.
#[derive(Debug)]
struct Record {
    takes: Option<Place>,
    gives: Option<(Place, Rc<Node>)>,
}

impl Record {
    fn places(&self) -> impl Iterator<Item = &Place> {
        self.takes.iter().chain(self.gives.iter().map(|(place, _)| place))
    }

    fn apply(&self, which: Which) {
        if let Some(place) = &self.takes {
            place.change(which, None);
        }
        if let Some((place, node)) = &self.gives {
            place.change(which, Some(node.clone()));
        }
    }
}

/// Changes that wait at most; then the oldest is written back.
const MOST_UNSAFE: usize = 4096;

/// The changes that are not safe, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal(Vec<Record>);

impl Journal {
    /// Changes names, as programs see them.
    pub(super) fn change(&mut self, takes: Option<Place>, gives: Option<(Place, Rc<Node>)>) {
        let record = Record { takes, gives };
        record.apply(Which::Now);
        if self.0.len() == MOST_UNSAFE {
            self.0.remove(0).apply(Which::Safe);
        }
        self.0.push(record);
    }

    /// The names in `directory` are on the disk, and with them what was done before to
    /// the same names.
    pub(super) fn sync(&mut self, directory: &Rc<Node>) {
        let mut settled: Vec<Place> = Vec::new();
        let mut safe = vec![false; self.0.len()];
        for (record, safe) in self.0.iter().zip(&mut safe).rev() {
            let is_here = |place: &Place| Rc::ptr_eq(&place.directory, directory);
            let is_settled = |place: &Place| settled.iter().any(|other| other.is(place));
            if record.places().any(|place| is_here(place) || is_settled(place)) {
                *safe = true;
                settled.extend(record.places().cloned());
            }
        }
        let mut safe = safe.into_iter();
        self.0.retain(|record| {
            let is_safe = safe.next() == Some(true);
            if is_safe {
                record.apply(Which::Safe);
            }
            !is_safe
        });
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The machine goes down: these changes are on the disk, and the others are not.
    pub(super) fn crash(&mut self, survive: &[bool]) {
        for (record, _) in self.0.drain(..).zip(survive).filter(|(_, survives)| **survives) {
            record.apply(Which::Safe);
        }
    }
}
