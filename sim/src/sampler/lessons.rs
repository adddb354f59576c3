//! What the runs so far showed, for the samplers of the runs to come.
//!
//! All of it is a heuristic: it decides what is tried first and with what chance,
//! and never that a schedule is not worth trying. A run made with it is replayed
//! from its tape alone.
//!
//! Some runs are long only because a strand spins while another is kept back. So of
//! each strand the fewest turns count that it ever needed, and the length of a run
//! is not believed beyond a multiple of the first one's, which is the plain run.

use super::observation::{Observation, Seen};
use crate::strand::{Path, Resource, Strand, Touch};
use std::collections::BTreeMap;

/// A run may be so many times as long as the first.
const MOST_GROWTH: u32 = 4;
const LEAST_LENGTH: u32 = 16;

/// What the runs so far showed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lessons {
    choices: Option<Length>,
    turns: Option<Length>,
    strands: BTreeMap<Path, Strands>,
    users: BTreeMap<Resource, Users>,
    shared: Shared,
    touches: BTreeMap<Resource, BTreeMap<Path, u32>>,
    links: BTreeMap<(Path, Path), u32>,
    /// The sets of turns that a sampler may select.
    selections: Vec<Selection>,
    all_turns: BTreeMap<Path, u32>,
}

#[derive(Clone, Copy, Debug)]
struct Strands {
    parent: Option<Path>,
    turns: u32,
}

/// How many of something runs have, at most.
#[derive(Clone, Copy, Debug)]
struct Length {
    first: u32,
    most: u32,
}

impl Length {
    fn grow(known: &mut Option<Length>, seen: u32) {
        let length = known.get_or_insert(Length { first: seen, most: seen });
        let limit = length.first.max(LEAST_LENGTH).saturating_mul(MOST_GROWTH);
        length.most = length.most.max(seen.min(limit));
    }
}

/// Some of the resources that have many users: where threads touch one in every turn, a look into
/// the map would cost as much as the turn.
#[derive(Clone, Debug, Default)]
struct Shared([Option<Resource>; 32]);

impl Shared {
    #[inline]
    fn at(resource: Resource) -> usize {
        (resource.word() >> 7) as usize % 32
    }

    #[inline]
    fn has(&self, resource: Resource) -> bool {
        self.0[Shared::at(resource)] == Some(resource)
    }

    fn add(&mut self, resource: Resource) {
        self.0[Shared::at(resource)] = Some(resource);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Users {
    One(Path),
    Many,
}

/// A set of turns whose order matters.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    pub(crate) what: Selected,
    /// How many of them a strand and its descendants are expected to take.
    pub(crate) shares: BTreeMap<Path, u32>,
    total: u64,
}

/// What makes a turn one of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selected {
    /// It touches the resource.
    Touching(Resource),
    /// It is one of two strands of which one has woken the other.
    Linked(Path, Path),
}

impl Selected {
    #[inline]
    pub(crate) fn has(self, strand: &Strand) -> bool {
        match self {
            Selected::Touching(resource) => strand.next().resource() == Some(resource),
            Selected::Linked(one, two) => strand.path() == one || strand.path() == two,
        }
    }
}

impl Lessons {
    /// The largest number of choices seen in a run.
    pub(crate) fn choices(&self) -> Option<u32> {
        self.choices.map(|length| length.most)
    }

    /// The largest number of turns seen in a run.
    pub(crate) fn turns(&self) -> Option<u32> {
        self.turns.map(|length| length.most)
    }

    /// Whether the next turn of the strand touches only what nobody else was ever seen to
    /// touch.
    #[inline]
    pub(crate) fn is_private(&self, strand: &Strand) -> bool {
        self.is_private_to(strand.next(), strand.path())
    }

    /// Whether a turn like this of the strand at `path` is one.
    #[inline]
    pub(crate) fn is_private_to(&self, touch: Touch, path: Path) -> bool {
        match touch {
            Touch::Anything => false,
            Touch::Nothing => true,
            Touch::Read(resource) | Touch::Write(resource) => match self.users.get(&resource) {
                None => true,
                Some(users) => *users == Users::One(path),
            },
        }
    }

    /// Notes at once what the strand touches: a resource may become shared in this run.
    #[inline]
    pub(crate) fn note(&mut self, strand: &Strand) {
        if let Some(resource) = strand.next().resource() {
            self.note_touch(resource, strand.path());
        }
    }

    #[inline]
    fn note_touch(&mut self, resource: Resource, path: Path) {
        if !self.shared.has(resource) {
            self.note_user(resource, path);
        }
    }

    fn note_user(&mut self, resource: Resource, path: Path) {
        let users = self.users.entry(resource).or_insert(Users::One(path));
        if *users != Users::One(path) {
            *users = Users::Many;
            self.shared.add(resource);
        }
    }

    /// The turns that each strand and its descendants are expected to take.
    pub(crate) fn all_turns(&self) -> &BTreeMap<Path, u32> {
        &self.all_turns
    }

    /// A selection, drawn with a chance proportional to its turns; `word` is random.
    pub(crate) fn select(&self, draw: impl FnOnce(u64) -> u64) -> Option<&Selection> {
        let total: u64 = self.selections.iter().map(|selection| selection.total).sum();
        if total == 0 {
            return None;
        }
        let mut at = draw(total);
        self.selections.iter().find(|selection| {
            let found = at < selection.total;
            at = at.saturating_sub(selection.total);
            found
        })
    }

    /// Takes in what a run showed.
    pub(crate) fn learn(&mut self, seen: &Observation) {
        Length::grow(&mut self.choices, seen.choices);
        Length::grow(&mut self.turns, seen.strands.iter().map(|strand| strand.turns).sum());
        let mut news = false;
        for Seen { path, parent, turns } in &seen.strands {
            let known = self.strands.entry(*path).or_insert(Strands { parent: *parent, turns: 0 });
            news |= note_fewest(&mut known.turns, *turns);
        }
        for (resource, path, count) in &seen.touches {
            self.note_touch(*resource, *path);
            let known = self.touches.entry(*resource).or_default().entry(*path).or_default();
            news |= note_fewest(known, *count);
        }
        for (waker, woken, count) in &seen.wakes {
            let pair = (*waker.min(woken), *waker.max(woken));
            news |= note_fewest(self.links.entry(pair).or_default(), *count);
        }
        if news {
            self.choose_selections();
        }
    }

    fn choose_selections(&mut self) {
        self.all_turns = self.with_descendants(self.turns_by_path());
        let shared = self.touches.iter().filter(|(resource, _)| {
            self.users.get(resource).is_some_and(|users| *users == Users::Many)
        });
        let touching =
            shared.map(|(resource, counts)| (Selected::Touching(*resource), counts.clone()));
        let mut selections: Vec<_> = touching.collect();
        if selections.is_empty() {
            selections.extend(self.links.keys().map(|(one, two)| {
                let mut counts = BTreeMap::new();
                for path in [*one, *two] {
                    let turns = self.strands.get(&path).map_or(1, |strands| strands.turns);
                    counts.insert(path, turns);
                }
                (Selected::Linked(*one, *two), counts)
            }));
        }
        self.selections = selections
            .into_iter()
            .map(|(what, counts)| {
                let total = counts.values().map(|count| u64::from(*count)).sum();
                let shares = self.with_descendants(counts.into_iter());
                Selection { what, shares, total }
            })
            .collect();
    }

    fn turns_by_path(&self) -> impl Iterator<Item = (Path, u32)> + '_ {
        self.strands.iter().map(|(path, strands)| (*path, strands.turns))
    }

    /// Credits to each strand what its descendants do.
    fn with_descendants(&self, counts: impl Iterator<Item = (Path, u32)>) -> BTreeMap<Path, u32> {
        let mut sums = BTreeMap::new();
        for (path, count) in counts {
            let mut next = Some(path);
            while let Some(at) = next {
                *sums.entry(at).or_default() += count;
                next = self.strands.get(&at).and_then(|strands| strands.parent);
            }
        }
        sums
    }
}

/// Keeps the smaller number, or the first; whether it changed.
fn note_fewest(known: &mut u32, seen: u32) -> bool {
    let changed = *known == 0 || seen < *known;
    if changed {
        *known = seen;
    }
    changed
}
