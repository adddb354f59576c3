//! The lane of the arguments, in spans: a span for each argument, in order.
//!
//! ```text
//! [seed low, seed high, moves .., 0]    moves: 1 `simplify`, 2 `complicate`
//! ```
//!
//! A missing tail means defaults, as everywhere on a tape: no moves, and words 0. A run
//! records the moves that were taken, so a move that is asked for and not found in the
//! tape of the run was refused.

use reveille_sim::{Kind, Tape};

/// The move that asks a value tree for something simpler.
pub(crate) const SIMPLIFY: u32 = 1;

/// The move that takes some of the last simplification back.
pub(crate) const COMPLICATE: u32 = 2;

/// What one argument is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) seed: [u32; 2],
    pub(crate) moves: Vec<u32>,
}

/// The arguments on a tape, as far as it has them.
pub(crate) fn spans(tape: &Tape) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut words = tape.lane(Kind::Argument).iter().copied();
    while let Some(low) = words.next() {
        let seed = [low, words.next().unwrap_or(0)];
        let moves = words.by_ref().take_while(|word| *word != 0).collect();
        spans.push(Span { seed, moves });
    }
    spans
}

/// The same tape with other arguments.
pub(crate) fn with_spans(tape: &Tape, spans: &[Span]) -> Tape {
    let mut tape = tape.clone();
    let lane = tape.lane_mut(Kind::Argument);
    lane.clear();
    for span in spans {
        lane.extend(span.seed);
        lane.extend(&span.moves);
        lane.push(0);
    }
    tape
}

/// The deviations of the schedule, the faults and so on: the lane of arguments is a program,
/// not a list of choices, and is told by the values that it makes.
pub(crate) fn deviations(tape: &Tape) -> impl Iterator<Item = (Kind, usize, u32)> + '_ {
    tape.deviations().filter(|(kind, ..)| *kind != Kind::Argument)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn tape(lane: &[u32]) -> Tape {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Argument) = lane.to_vec();
        tape
    }

    fn some_spans() -> impl Strategy<Value = Vec<Span>> {
        let span = (any::<[u32; 2]>(), vec(1..3u32, 0..9));
        vec(span.prop_map(|(seed, moves)| Span { seed, moves }), 0..4)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(spans_written in some_spans(), schedule in vec(0..3u32, 0..5)) {
            let mut before = tape(&[9, 9, 9]);
            *before.lane_mut(Kind::Schedule) = schedule;
            let after = with_spans(&before, &spans_written);
            prop_assert_eq!(spans(&after), spans_written);
            prop_assert_eq!(after.lane(Kind::Schedule), before.lane(Kind::Schedule));
        }
    }

    #[test]
    fn a_missing_tail_means_defaults() {
        assert_eq!(spans(&tape(&[])), []);
        assert_eq!(spans(&tape(&[7])), [Span { seed: [7, 0], moves: vec![] }]);
        let two = [Span { seed: [0, 0], moves: vec![1] }, Span { seed: [3, 4], moves: vec![1, 2] }];
        assert_eq!(spans(&tape(&[0, 0, 1, 0, 3, 4, 1, 2])), two);
    }

    #[test]
    fn arguments_are_no_deviations_of_the_schedule() {
        let mut tape = tape(&[1, 2, 1, 1, 0]);
        tape.push(Kind::Schedule, 0);
        tape.push(Kind::SpuriousPoll, 1);
        assert_eq!(deviations(&tape).collect::<Vec<_>>(), [(Kind::SpuriousPoll, 0, 1)]);
    }
}
