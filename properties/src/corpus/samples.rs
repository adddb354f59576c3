//! Entries for tests.

use super::entry::{Entry, Fresh, Notes};
use super::format;
use super::lines::Remark;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use reveille_sim::{Deviation, Fingerprint, Kind, Law, Lineage, Tape, Turn};

fn lineage() -> impl Strategy<Value = Lineage> {
    let root = prop_oneof![Just(Lineage::root()), (1..9u32).prop_map(Lineage::of_nobody)];
    (root, vec(0..4u32, 0..4))
        .prop_map(|(root, ordinals)| ordinals.into_iter().fold(root, Lineage::child))
}

fn turn() -> impl Strategy<Value = Turn> {
    (lineage(), any::<u32>()).prop_map(|(strand, number)| Turn { strand, number })
}

fn fingerprint(kind: Kind) -> BoxedStrategy<Fingerprint> {
    if kind == Kind::Schedule {
        (turn(), turn()).prop_map(|(taken, before)| Fingerprint::Schedule { taken, before }).boxed()
    } else {
        (option::of(turn()), any::<u32>())
            .prop_map(|(turn, nth)| Fingerprint::Within { turn, nth })
            .boxed()
    }
}

/// The kinds of deviations that an entry lists: what arguments are made of it does not.
fn listed_kinds() -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Argument).collect()
}

/// Deviations at different places, in any order.
fn deviations() -> impl Strategy<Value = Vec<Deviation>> {
    let places = btree_map((select(listed_kinds()), 0..60usize), (1..9u32, 1..9u32), 0..6);
    let all = places.prop_flat_map(|places| {
        let one = |((kind, index), (option, more)): ((Kind, usize), (u32, u32))| {
            fingerprint(kind).prop_map(move |fingerprint| Deviation {
                kind,
                index,
                options: option + more,
                option,
                fingerprint,
            })
        };
        places.into_iter().map(one).collect::<Vec<_>>()
    });
    all.prop_shuffle()
}

/// The tape with those deviations.
pub(super) fn tape_of(deviations: &[Deviation]) -> Tape {
    let mut tape = Tape::new();
    for deviation in deviations {
        let lane = tape.lane_mut(deviation.kind);
        if lane.len() <= deviation.index {
            lane.resize(deviation.index + 1, 0);
        }
        lane[deviation.index] = deviation.option;
    }
    tape
}

/// Text in a file: lines, blanks, escapes.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ab\n #|\\\\\"]{0,8}", Just(String::new())]
}

prop_compose! {
    /// Any entry at all, without remarks.
    fn bare_entry()(
        test in text().prop_filter("a name", |test| !test.is_empty()),
        law in select(Law::ALL),
        task in option::of(lineage()),
        cause in text(),
        message in text(),
        variant in 1..4u32,
        found in text(),
        inputs in text(),
        ended in prop_oneof![3 => Just(String::new()), 1 => text()],
        deviations in deviations(),
        arguments in vec(prop_oneof![any::<u32>(), 0..3u32], 0..20),
        names in btree_map(lineage(), text(), 0..4),
    ) -> Entry {
        let mut tape = tape_of(&deviations);
        *tape.lane_mut(Kind::Argument) = arguments;
        let date = "2026-05-03".to_owned();
        let (test, cause, message, inputs) = (&*test, &*cause, &*message, &*inputs);
        let fresh = Fresh { test, law, cause, message, date, found, inputs, tape: &tape };
        let deviations = if ended.is_empty() { deviations } else { Vec::new() };
        Entry { variant, ended, ..Entry::new(fresh, Notes { deviations, task, names }) }
    }
}

/// Any entry at all.
pub(super) fn entry() -> impl Strategy<Value = Entry> {
    bare_entry().prop_flat_map(|entry| {
        let lines = format::content(&entry).len();
        let remark = (0..lines + 2, "#( [a-z#:]{0,9}[a-z])?");
        vec(remark.prop_map(|(after, text)| Remark { after, text }), 0..3).prop_map(
            move |mut remarks| {
                // In a file they come in their order.
                remarks.sort_by_key(|remark| remark.after);
                Entry { remarks, ..entry.clone() }
            },
        )
    })
}

/// A test fails because of `cause`, with schedule deviations at `indices`.
pub(super) fn failure(test: &str, cause: &str, indices: &[usize]) -> Entry {
    let turn = |strand: &str, number| Turn { strand: strand.parse().unwrap(), number };
    let deviation = |index: &usize| Deviation {
        kind: Kind::Schedule,
        index: *index,
        options: 3,
        option: 1,
        fingerprint: Fingerprint::Schedule {
            taken: turn("root.1", 1 + *index as u32),
            before: turn("root.0", 3),
        },
    };
    let deviations: Vec<_> = indices.iter().map(deviation).collect();
    let tape = tape_of(&deviations);
    let (date, found) = ("2026-05-03".to_owned(), "run 17 of 1000, seed 0x2a".to_owned());
    let (message, inputs) = ("", "");
    let law = Law::Panic;
    let fresh = Fresh { test, law, cause, message, date, found, inputs, tape: &tape };
    Entry::new(fresh, Notes { deviations, ..Notes::default() })
}

prop_compose! {
    /// One of few tests, causes and tapes.
    fn one_of_few()(
        test in select(vec!["a::b", "a::c"]),
        cause in select(vec!["x", "y", "z", "u", "v"]),
        indices in select(vec![vec![], vec![1], vec![2], vec![1, 2], vec![0, 1, 2]]),
        found in select(vec!["run 1", "run 2"]),
        remark in option::of(select(vec!["# one", "# two"])),
    ) -> Entry {
        let remarks = remark.map(|text| Remark { after: 2, text: text.to_owned() });
        let remarks = remarks.into_iter().collect();
        Entry { remarks, found: found.to_owned(), ..failure(test, cause, &indices) }
    }
}

/// Entries of which some are alike, some share a cause and some a test.
pub(super) fn few_entries() -> impl Strategy<Value = Vec<Entry>> {
    vec(one_of_few(), 0..14)
}
