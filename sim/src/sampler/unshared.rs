//! Deviations that are worth nothing as long as something is not shared.
//!
//! Where the next turn of the default strand touches what nobody else was ever seen to touch, there
//! is nothing to deviate from; whoever touches it later makes a choice of what was none. There are
//! hundreds of thousands of such places after some runs, and something becomes shared in very few
//! of them: so they lie under what they wait for, and a run in which nothing changed looks at none.

use super::children::{Deviation, Seen};
use super::lessons::Lessons;
use crate::strand::Resource;
use std::collections::BTreeMap;

/// Choices of former runs before turns that nobody else could see.
#[derive(Clone, Debug, Default)]
pub(super) struct Unshared {
    waiting: BTreeMap<Resource, Vec<Pruned>>,
    /// How many came so far.
    came: u64,
    /// How many changes of the users of resources were seen.
    heard: usize,
}

/// A choice of a run with these deviations.
#[derive(Clone, Debug)]
pub(super) struct Pruned {
    /// Its place among all that came.
    came: u64,
    pub(super) deviations: Vec<Deviation>,
    pub(super) seen: Seen,
}

impl Unshared {
    /// The choice waits until its resource is shared; a choice without one never is.
    pub(super) fn add(&mut self, deviations: &[Deviation], seen: Seen) {
        let Some(resource) = seen.resource() else { return };
        let pruned = Pruned { came: self.came, deviations: deviations.to_vec(), seen };
        self.came += 1;
        self.waiting.entry(resource).or_default().push(pruned);
    }

    /// Takes out what is not private any more, in the order in which it came.
    pub(super) fn take_shared(&mut self, lessons: &Lessons) -> Vec<Pruned> {
        let changed = lessons.changed_since(self.heard);
        self.heard += changed.len();
        let mut shared = Vec::new();
        for resource in changed {
            let Some(waiting) = self.waiting.get_mut(resource) else { continue };
            shared.extend(waiting.extract_if(.., |pruned| !pruned.seen.is_private(lessons)));
        }
        shared.sort_unstable_by_key(|pruned| pruned.came);
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::super::lessons::tests::{siblings, touch};
    use super::*;
    use crate::choice::Kind;
    use crate::strand::{Strand, Touch};

    /// A choice before a turn of `strand`, which touches `resource`.
    fn choice(strand: &Strand, resource: Resource) -> Seen {
        let next = Some((Touch::Write(resource), strand.path()));
        Seen { next, ..Seen::of(Kind::Schedule, 2) }
    }

    #[test]
    fn what_becomes_shared_comes_out_in_the_order_in_which_it_came() {
        let [one, two] = siblings();
        let [a, b, c] = ["a", "b", "c"].map(Resource::named);
        let (mut lessons, mut unshared) = (Lessons::default(), Unshared::default());
        for (at, resource) in [b, a, c, b, a].into_iter().enumerate() {
            touch(&mut lessons, &one, resource);
            unshared.add(&[(at as u32, 1)], choice(&one, resource));
        }
        assert_eq!(unshared.take_shared(&lessons).len(), 0, "it has one user only");
        touch(&mut lessons, &two, a);
        touch(&mut lessons, &two, b);
        let places = |shared: Vec<Pruned>| -> Vec<u32> {
            shared.iter().map(|pruned| pruned.deviations[0].0).collect()
        };
        assert_eq!(places(unshared.take_shared(&lessons)), [0, 1, 3, 4]);
        assert_eq!(places(unshared.take_shared(&lessons)), [0; 0], "it is out already");
        touch(&mut lessons, &two, c);
        assert_eq!(places(unshared.take_shared(&lessons)), [2]);
    }

    #[test]
    fn what_was_untouched_comes_out_when_another_one_touches_it() {
        let [one, two] = siblings();
        let a = Resource::named("a");
        let (mut lessons, mut unshared) = (Lessons::default(), Unshared::default());
        // The default strand was about to touch it, and the run ended before.
        unshared.add(&[], choice(&one, a));
        assert_eq!(unshared.take_shared(&lessons).len(), 0, "nobody ever touched it");
        touch(&mut lessons, &two, a);
        assert_eq!(unshared.take_shared(&lessons).len(), 1);
    }
}
