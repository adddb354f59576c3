//! Worlds made at random: what they ask depends on what they were told, and they
//! fail on a few patterns of deviations.

use super::fake::{Asked, Fake};
use super::{deviations, fails_with, shrunk};
use crate::host::{Host, Plan};
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::{Kind, Tape};

/// A world of so many occasions. At each it asks for a choice, unless an earlier
/// answer took the occasion away.
#[derive(Clone, Debug)]
struct Random {
    /// Kind, options, and the occasion whose answer, if it is no default, does away
    /// with this one.
    occasions: Vec<(Kind, u32, usize)>,
    /// It fails if all answers of one pattern were given.
    patterns: Vec<Vec<(usize, u32)>>,
}

impl Random {
    fn run(&self, asked: &mut Asked<'_>) -> Option<&'static str> {
        let mut answers: Vec<u32> = Vec::new();
        for (kind, options, unless) in &self.occasions {
            let gone = answers.get(*unless).is_some_and(|answer| *answer != 0);
            answers.push(if gone { 0 } else { asked.choose(*kind, *options) });
        }
        let given = |(at, answer): &(usize, u32)| answers[*at % answers.len()] == *answer;
        let fails = self.patterns.iter().any(|pattern| pattern.iter().all(given));
        fails.then_some("a pattern")
    }
}

fn worlds() -> impl Strategy<Value = Random> {
    let kind = prop_oneof![6 => Just(Kind::Schedule), 1 => Just(Kind::Input)];
    let occasion = (kind, 2..4u32, 0..40usize);
    let pattern = vec((0..12usize, 1..3u32), 1..4);
    (vec(occasion, 4..11), vec(pattern, 1..4))
        .prop_map(|(occasions, patterns)| Random { occasions, patterns })
}

fn tapes() -> impl Strategy<Value = Tape> {
    (vec(0..3u32, 12), vec(0..3u32, 4)).prop_map(|(schedule, input)| {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = schedule;
        *tape.lane_mut(Kind::Input) = input;
        tape
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_global_rejects: 1 << 20, ..ProptestConfig::default() })]

    /// The result fails alike, is no larger, replays (all of that is seen to in
    /// `shrunk`), and no tape at all fails with fewer deviations.
    #[test]
    fn the_number_of_deviations_is_minimal(world in worlds(), tape in tapes()) {
        let mut host = Fake::new(|asked: &mut Asked<'_>| world.run(asked));
        let record = host.run(&Plan::replay(tape.clone())).unwrap();
        prop_assume!(record.broken.is_some());
        let result = shrunk(&mut host, &tape);
        let left = deviations(&result.record.tape).len();
        if left > 0 {
            prop_assert!(!fails_with(&mut host, &Tape::new(), 0, left - 1, &record));
        }
    }

    #[test]
    fn the_same_tape_is_shrunk_to_the_same(world in worlds(), tape in tapes()) {
        let mut host = Fake::new(|asked: &mut Asked<'_>| world.run(asked));
        prop_assume!(host.run(&Plan::replay(tape.clone())).unwrap().broken.is_some());
        let (one, other) = (shrunk(&mut host, &tape), shrunk(&mut host, &tape));
        prop_assert_eq!((one.record, one.replays), (other.record, other.replays));
    }
}
