//! A map of few entries, in the order of their keys.
//!
//! It is what a `BTreeMap` is to its user, and where there are dozens of entries it is no slower;
//! with many it is, since whatever comes into the middle moves what is behind. But a `BTreeMap` is
//! sixty functions for every pair of types, which every user of this crate waits for.

use std::borrow::Borrow;
use std::ops::Range;

#[derive(Clone, Debug)]
pub(crate) struct Few<K, V>(Vec<(K, V)>);

impl<K, V> Few<K, V> {
    pub(crate) const fn new() -> Few<K, V> {
        Few(Vec::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }

    /// The entry whose key is the least.
    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        self.0.first().map(|(key, value)| (key, value))
    }

    pub(crate) fn first_mut(&mut self) -> Option<(&K, &mut V)> {
        self.0.first_mut().map(|(key, value)| (&*key, value))
    }

    pub(crate) fn remove_first(&mut self) {
        self.0.remove(0);
    }
}

impl<K: Ord, V> Few<K, V> {
    fn at<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.at(key).ok().map(|at| &self.0[at].1)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.at(key).ok().map(|at| &mut self.0[at].1)
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.at(key).is_ok()
    }

    /// The entries from one key on, and before another.
    pub(crate) fn range(&self, keys: Range<K>) -> impl Iterator<Item = (&K, &V)> {
        let from = self.at(&keys.start).unwrap_or_else(|at| at);
        let to = self.at(&keys.end).unwrap_or_else(|at| at).max(from);
        self.0[from..to].iter().map(|(key, value)| (key, value))
    }

    /// Puts the value there, and takes out the one that was.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.at(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.at(key).ok().map(|at| self.0.remove(at).1)
    }

    /// The value, made if there is none.
    pub(crate) fn of(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let at = self.at(&key).unwrap_or_else(|at| {
            self.0.insert(at, (key, V::default()));
            at
        });
        &mut self.0[at].1
    }
}

impl<K, V> Default for Few<K, V> {
    fn default() -> Few<K, V> {
        Few::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Few;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_does_what_a_tree_does(steps in vec((0..5u8, 0..20u8, any::<u16>()), 0..60)) {
            let (mut few, mut tree) = (Few::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(few.insert(key, value), tree.insert(key, value)),
                    1 => prop_assert_eq!(few.remove(&key), tree.remove(&key)),
                    2 => {
                        *few.of(key) ^= value;
                        *tree.entry(key).or_default() ^= value;
                    }
                    3 => {
                        let to = key.saturating_add(value as u8 % 8);
                        prop_assert!(few.range(key..to).eq(tree.range(key..to)));
                    }
                    _ => {
                        prop_assert_eq!(few.first(), tree.first_key_value());
                        if tree.pop_first().is_some() {
                            few.remove_first();
                        }
                    }
                }
                prop_assert!(few.iter().eq(&tree) && few.len() == tree.len());
                prop_assert_eq!(few.get(&key), tree.get(&key));
                prop_assert_eq!(few.contains_key(&key), tree.contains_key(&key));
                prop_assert_eq!(few.get_mut(&key), tree.get_mut(&key));
            }
        }
    }
}
