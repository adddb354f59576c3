//! What the runs so far showed, for the samplers of the runs to come.
//!
//! All of it is a heuristic: it decides what is tried first and with what chance,
//! and never that a schedule is not worth trying. A run made with it is replayed
//! from its tape alone.
//!
//! Some runs are long only because a strand spins while another is kept back. So of
//! each strand the fewest turns count that it ever needed, and the length of a run
//! is not believed beyond a multiple of the first one's, which is the plain run.

use super::observation::{Observation, Seen, Touched};
use super::users::Users;
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
    /// The most children that a strand was seen to have.
    children: BTreeMap<Path, u32>,
    users: BTreeMap<Resource, Users>,
    at_hand: AtHand,
    /// Resources whose users became more, in that order; each is here three times at most.
    changed: Vec<Resource>,
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

/// The users of some of the resources: where threads touch one in every turn, a look into the map
/// would cost as much as the turn.
#[derive(Clone, Debug)]
struct AtHand([Option<(Resource, Users)>; AtHand::PLACES]);

impl AtHand {
    const PLACES: usize = 64;

    #[inline]
    fn place(resource: Resource) -> usize {
        (resource.word() >> 7) as usize % AtHand::PLACES
    }

    #[inline]
    fn users(&self, resource: Resource) -> Option<Users> {
        match self.0[AtHand::place(resource)] {
            Some((known, users)) if known == resource => Some(users),
            _ => None,
        }
    }

    fn put(&mut self, resource: Resource, users: Users) {
        self.0[AtHand::place(resource)] = Some((resource, users));
    }
}

impl Default for AtHand {
    fn default() -> Self {
        AtHand([None; AtHand::PLACES])
    }
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

    /// Whether nobody else was ever seen to touch what the next turn of the strand touches, or
    /// nobody to write it.
    #[inline]
    pub(crate) fn is_private(&self, strand: &Strand) -> bool {
        self.is_private_to(strand.next(), strand.path())
    }

    /// Whether a turn like this of the strand at `path` is one.
    #[inline]
    pub(crate) fn is_private_to(&self, touch: Touch, path: Path) -> bool {
        let Some(resource) = touch.resource() else { return touch == Touch::Nothing };
        let users = self.users_of(resource);
        users.is_none_or(|users| users.are_blind_to(path, touch.writes()))
    }

    #[inline]
    fn users_of(&self, resource: Resource) -> Option<Users> {
        self.at_hand.users(resource).or_else(|| self.users.get(&resource).copied())
    }

    /// Notes at once what the strand touches: a resource may become shared in this run.
    #[inline]
    pub(crate) fn note(&mut self, strand: &Strand) {
        if let Some(resource) = strand.next().resource() {
            self.note_touch(resource, strand.path(), strand.next().writes());
        }
    }

    #[inline]
    fn note_touch(&mut self, resource: Resource, path: Path, writes: bool) {
        let known = self.at_hand.users(resource);
        if known.is_none_or(|users| Users::and(known, path, writes) != users) {
            self.note_user(resource, path, writes);
        }
    }

    fn note_user(&mut self, resource: Resource, path: Path, writes: bool) {
        let known = self.users.get(&resource).copied();
        let users = Users::and(known, path, writes);
        if known != Some(users) {
            self.users.insert(resource, users);
            self.changed.push(resource);
        }
        self.at_hand.put(resource, users);
    }

    /// The resources whose users became more after the first `heard` times that this happened:
    /// what was private to a strand and is none of them still is.
    pub(crate) fn changed_since(&self, heard: usize) -> &[Resource] {
        self.changed.get(heard..).unwrap_or_default()
    }

    /// The most children that the strand at `path` was seen to have.
    pub(crate) fn children_of(&self, path: Path) -> u32 {
        self.children.get(&path).copied().unwrap_or(0)
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
        self.count_children(seen);
        for Touched { resource, path, count, writes } in &seen.touches {
            self.note_touch(*resource, *path, *writes);
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

    fn count_children(&mut self, seen: &Observation) {
        let mut counts: BTreeMap<Path, u32> = BTreeMap::new();
        for parent in seen.strands.iter().filter_map(|strand| strand.parent) {
            *counts.entry(parent).or_default() += 1;
        }
        for (parent, count) in counts {
            let most = self.children.entry(parent).or_default();
            *most = count.max(*most);
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::sampler) fn siblings() -> [Strand; 2] {
        let root = Strand::root();
        [1, 2].map(|number| root.spawn(number))
    }

    pub(in crate::sampler) fn touch(lessons: &mut Lessons, strand: &Strand, resource: Resource) {
        strand.set_next(Touch::Write(resource));
        lessons.note(strand);
    }

    /// Whether the turn of each strand that touches it is private.
    fn private_to(lessons: &Lessons, strands: &[Strand; 2], resource: Resource) -> [bool; 2] {
        [0, 1].map(|at| lessons.is_private_to(Touch::Write(resource), strands[at].path()))
    }

    #[test]
    fn users_are_known_of_more_resources_than_are_at_hand() {
        let strands = siblings();
        // Far more than there are places, so that each place is taken many times.
        let resources: Vec<_> = (0..1_000).map(|n| Resource::named("cell").at(n)).collect();
        let mut lessons = Lessons::default();
        for _ in 0..3 {
            for (n, resource) in resources.iter().enumerate() {
                touch(&mut lessons, &strands[n % 2], *resource);
                if n % 3 == 0 {
                    touch(&mut lessons, &strands[(n + 1) % 2], *resource);
                }
            }
        }
        for (n, resource) in resources.iter().enumerate() {
            let expected = [0, 1].map(|at| n % 3 != 0 && n % 2 == at);
            assert_eq!(private_to(&lessons, &strands, *resource), expected, "resource {n}");
        }
    }

    #[test]
    fn of_a_resource_few_changes_are_told() {
        let strands = siblings();
        let resource = Resource::named("cell");
        let mut lessons = Lessons::default();
        let told = |lessons: &Lessons| lessons.changed_since(0).to_vec();
        touch(&mut lessons, &strands[0], resource);
        touch(&mut lessons, &strands[0], resource);
        assert_eq!(told(&lessons), [resource]);
        for _ in 0..2 {
            touch(&mut lessons, &strands[1], resource);
            touch(&mut lessons, &strands[0], resource);
            assert_eq!(told(&lessons), [resource; 2]);
        }
        assert_eq!(lessons.changed_since(1), [resource]);
        assert_eq!(lessons.changed_since(2), []);
    }

    #[test]
    fn what_all_read_is_private_to_each_until_somebody_writes() {
        let strands = siblings();
        let flag = Resource::named("flag");
        let mut lessons = Lessons::default();
        let private = |lessons: &Lessons, touch| {
            [0, 1].map(|at| lessons.is_private_to(touch, strands[at].path()))
        };
        for _ in 0..2 {
            for strand in &strands {
                strand.set_next(Touch::Read(flag));
                lessons.note(strand);
            }
        }
        assert_eq!(private(&lessons, Touch::Read(flag)), [true; 2]);
        assert_eq!(private(&lessons, Touch::Write(flag)), [false; 2]);
        touch(&mut lessons, &strands[1], flag);
        assert_eq!(private(&lessons, Touch::Read(flag)), [false; 2]);
        assert_eq!(lessons.changed_since(0), [flag; 3]);
    }
}
