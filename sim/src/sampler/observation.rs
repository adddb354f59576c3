//! What one run showed: who took how many turns, who touched what, who woke whom.
//!
//! It is plain numbers, so that a run in another process can tell it; see
//! [`Words`].

use super::table::Table;
use crate::strand::{Path, Resource, Strand};
use std::collections::BTreeMap;

/// What one run showed to the samplers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Observation {
    /// Choices between strands that the eager rule did not make.
    pub(crate) choices: u32,
    /// The strands in the order in which they had their first turns.
    pub(crate) strands: Vec<Seen>,
    /// Which resource was touched by which of them, how often.
    pub(crate) touches: Vec<Touched>,
    /// Which of them woke which, how often.
    pub(crate) wakes: Vec<(Path, Path, u32)>,
}

/// A strand that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) path: Path,
    pub(crate) parent: Option<Path>,
    pub(crate) turns: u32,
}

/// What a strand was seen to do to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) resource: Resource,
    pub(crate) path: Path,
    pub(crate) count: u32,
    pub(crate) writes: bool,
}

/// Numbers in a row, read from the front.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a>(pub(crate) &'a [u64]);

impl Words<'_> {
    pub(crate) fn next(&mut self) -> Option<u64> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn small(&mut self) -> Option<u32> {
        self.next()?.try_into().ok()
    }

    /// As many items as the next number says, if there are enough words for them.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = usize::try_from(self.next()?).ok()?;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| item(self)).collect()
    }
}

impl Observation {
    pub(crate) fn write(&self, words: &mut Vec<u64>) {
        words.push(self.choices.into());
        words.push(self.strands.len() as u64);
        for Seen { path, parent, turns } in &self.strands {
            words.extend([path.word(), u64::from(parent.is_some())]);
            words.extend([parent.map_or(0, Path::word), (*turns).into()]);
        }
        words.push(self.touches.len() as u64);
        for Touched { resource, path, count, writes } in &self.touches {
            words.extend([resource.word(), path.word(), (*count).into(), (*writes).into()]);
        }
        words.push(self.wakes.len() as u64);
        for (waker, woken, count) in &self.wakes {
            words.extend([waker.word(), woken.word(), (*count).into()]);
        }
    }

    /// None if the words end too early or say nothing.
    pub(crate) fn read(words: &mut Words<'_>) -> Option<Observation> {
        Some(Observation {
            choices: words.small()?,
            strands: words.list(|words| {
                let path = Path::from_word(words.next()?);
                let has_parent = words.next()? == 1;
                let parent = Path::from_word(words.next()?);
                let turns = words.small()?;
                Some(Seen { path, parent: has_parent.then_some(parent), turns })
            })?,
            touches: words.list(|words| {
                let resource = Resource::from_word(words.next()?);
                let path = Path::from_word(words.next()?);
                Some(Touched { resource, path, count: words.small()?, writes: words.next()? == 1 })
            })?,
            wakes: words.list(|words| {
                let waker = Path::from_word(words.next()?);
                Some((waker, Path::from_word(words.next()?), words.small()?))
            })?,
        })
    }
}

/// Watches a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observer {
    seen: Observation,
    /// The place of each strand among those seen, plus 1.
    places: Table<u32>,
    touched: BTreeMap<(Resource, Path), usize>,
    woken: BTreeMap<(Path, Path), usize>,
}

impl Observer {
    pub(crate) fn begin(&mut self) {
        self.seen.choices = 0;
        self.seen.strands.clear();
        self.seen.touches.clear();
        self.seen.wakes.clear();
        self.places.clear();
        self.touched.clear();
        self.woken.clear();
    }

    pub(crate) fn chose(&mut self) {
        self.seen.choices += 1;
    }

    pub(crate) fn turn(&mut self, strand: &Strand) {
        let path = strand.path();
        let place = match *self.places.of(strand) {
            0 => {
                let parent = strand.parent().and_then(|parent| self.path_of(parent));
                self.seen.strands.push(Seen { path, parent, turns: 0 });
                *self.places.of(strand) = self.seen.strands.len() as u32;
                self.seen.strands.len() - 1
            }
            place => place as usize - 1,
        };
        self.seen.strands[place].turns += 1;
        if let Some(resource) = strand.next().resource() {
            self.touched(resource, path, strand.next().writes());
        }
        if let Some(waker) = strand.woken_by()
            && waker != strand.number()
            && let Some(waker) = self.path_of(waker)
        {
            let wakes = &mut self.seen.wakes;
            let place = *self.woken.entry((waker, path)).or_insert(wakes.len());
            match wakes.get_mut(place) {
                Some((.., count)) => *count += 1,
                None => wakes.push((waker, path, 1)),
            }
        }
    }

    fn touched(&mut self, resource: Resource, path: Path, writes: bool) {
        let touches = &mut self.seen.touches;
        let place = *self.touched.entry((resource, path)).or_insert(touches.len());
        match touches.get_mut(place) {
            Some(touched) => {
                touched.count += 1;
                touched.writes |= writes;
            }
            None => touches.push(Touched { resource, path, count: 1, writes }),
        }
    }

    pub(crate) fn seen(&self) -> &Observation {
        &self.seen
    }

    fn path_of(&mut self, number: usize) -> Option<Path> {
        let place = (*self.places.numbered(number) as usize).checked_sub(1)?;
        Some(self.seen.strands[place].path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    prop_compose! {
        fn observations()(
            choices in any::<u32>(),
            strands in vec((any::<u64>(), prop::option::of(any::<u64>()), any::<u32>()), 0..5),
            touches in vec((any::<u64>(), any::<u64>(), any::<u32>(), any::<bool>()), 0..5),
            wakes in vec((any::<u64>(), any::<u64>(), any::<u32>()), 0..5),
        ) -> Observation {
            let path = Path::from_word;
            Observation {
                choices,
                strands: strands
                    .into_iter()
                    .map(|(p, q, turns)| Seen { path: path(p), parent: q.map(path), turns })
                    .collect(),
                touches: touches
                    .into_iter()
                    .map(|(r, p, count, writes)| {
                        Touched { resource: Resource::from_word(r), path: path(p), count, writes }
                    })
                    .collect(),
                wakes: wakes.into_iter().map(|(p, q, count)| (path(p), path(q), count)).collect(),
            }
        }
    }

    proptest! {
        #[test]
        fn words_keep_everything(seen in observations()) {
            let mut words = Vec::new();
            seen.write(&mut words);
            prop_assert_eq!(Observation::read(&mut Words(&words)), Some(seen));
        }

        #[test]
        fn cut_words_are_refused(seen in observations(), at in any::<prop::sample::Index>()) {
            let mut words = Vec::new();
            seen.write(&mut words);
            let cut = &words[..at.index(words.len())];
            prop_assert_eq!(Observation::read(&mut Words(cut)), None);
        }

        #[test]
        fn any_words_are_read_or_refused(words in vec(0..9u64, 0..20)) {
            let _ = Observation::read(&mut Words(&words));
        }
    }
}
