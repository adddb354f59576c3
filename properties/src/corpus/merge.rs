//! Which entries are kept, whatever order they come in.
//!
//! One for each distinct cause, the shortest; of each test at most [`CAP`], the
//! longest are dropped first. Both are minima in one total order, so merging does not
//! mind in what order, how often and in how many parts it is done: shards of a
//! search bring together what a single one would have kept.

use super::entry::Entry;
use std::collections::BTreeMap;

/// Entries of a test that are kept at most.
pub const CAP: usize = 32;

/// The entries to keep of `entries`, by test and from the shortest on.
#[must_use]
pub fn merge(entries: impl IntoIterator<Item = Entry>) -> Vec<Entry> {
    merge_to(entries, CAP)
}

fn merge_to(entries: impl IntoIterator<Item = Entry>, cap: usize) -> Vec<Entry> {
    type Weight = (usize, usize, String);
    let mut tests: BTreeMap<String, BTreeMap<Weight, Entry>> = BTreeMap::new();
    for entry in entries {
        let of_test = tests.entry(entry.test.clone()).or_default();
        match of_test.entry(entry.weight()) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(entry);
            }
            // The same entry; people may have remarked something else in each.
            std::collections::btree_map::Entry::Occupied(mut place) => {
                place.get_mut().take_remarks(&entry);
            }
        }
    }
    tests.into_values().flat_map(|of_test| kept(of_test.into_values(), cap)).collect()
}

/// The first of each cause, `cap` at most.
fn kept(by_weight: impl Iterator<Item = Entry>, cap: usize) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::new();
    for entry in by_weight {
        if kept.len() == cap {
            break;
        }
        if !kept.iter().any(|other| other.identity() == entry.identity()) {
            kept.push(entry);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::samples::few_entries;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn the_order_does_not_matter(mut entries in few_entries(), seed in any::<u64>()) {
            let merged = merge_to(entries.clone(), 3);
            let mut random = seed | 1;
            for at in (1..entries.len()).rev() {
                random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                entries.swap(at, (random >> 33) as usize % (at + 1));
            }
            prop_assert_eq!(merge_to(entries, 3), merged);
        }

        #[test]
        fn neither_do_the_parts(first in few_entries(), second in few_entries()) {
            let whole = merge_to(first.iter().chain(&second).cloned(), 3);
            let parts = merge_to(merge_to(first.clone(), 3).into_iter().chain(second), 3);
            prop_assert_eq!(&parts, &whole);
            // Nor how often.
            prop_assert_eq!(merge_to(whole.clone(), 3), whole.clone());
            prop_assert_eq!(merge_to(whole.iter().cloned().chain(first), 3), whole);
        }

        #[test]
        fn no_cause_is_lost_but_by_the_cap(entries in few_entries()) {
            let merged = merge_to(entries.clone(), usize::MAX);
            for entry in &entries {
                let alike: Vec<_> =
                    merged.iter().filter(|kept| kept.identity() == entry.identity()).collect();
                prop_assert_eq!(alike.len(), 1);
                prop_assert!(alike[0].weight() <= entry.weight());
            }
            prop_assert!(merged.iter().all(|kept| entries.iter().any(|e| e.weight() == kept.weight())));
            let mut longest: Vec<_> = merged.iter().map(Entry::weight).collect();
            longest.truncate(3);
            let one_test = entries.iter().all(|entry| entry.test == entries[0].test);
            if one_test {
                let capped: Vec<_> = merge_to(entries, 3).iter().map(Entry::weight).collect();
                prop_assert_eq!(capped, longest);
            }
        }
    }
}
