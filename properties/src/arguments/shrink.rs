//! Makes the arguments of a failing run simpler, by proptest's own protocol.
//!
//! A value tree is asked to `simplify`; if the run still fails, again; if it passes,
//! the tree is asked to `complicate`, which takes some of it back, until the run fails
//! again or the tree refuses. Here a question is a move at the end of the argument's
//! span, and every question a replay. What is kept is the tape of the last run that
//! failed: its moves, whatever they were, lead to the simplest value found.
//!
//! A smaller argument often makes fewer choices, and the deviations of the schedule then
//! strike elsewhere. So a candidate that passes is tried again with its deviations moved
//! a little towards the beginning, before it counts as passed.
//!
//! A list of a thousand elements that all may go would cost a replay each. So after
//! [some that went well](super::stride) several moves are made before the run is asked
//! again.
//!
//! Arguments are taken one after the other, as proptest takes the parts of a tuple.

use super::spans::{COMPLICATE, SIMPLIFY, Span, deviations, spans, with_spans};
use super::stride::Stride;
use reveille_sim::{Kind, Tape};

/// Deviations that are moved, the first ones, and places by which they are.
const MOVED: usize = 4;
const PLACES: [usize; 2] = [1, 2];

/// Moves of one argument at most.
const MOST_MOVES: usize = 1 << 16;
/// Moves on the tapes of all replays together at most: each is read and recorded.
const MOST_RECORDED: usize = 8_000_000;
/// Moves made again where a leap went too far. In a large list a single one counts all
/// its elements.
const MOST_REPEATED: usize = 100_000;

/// A replay of a candidate.
#[derive(Debug)]
pub(crate) struct Tried {
    /// What the run recorded, also if it passed: the moves that it took are those that
    /// were not refused.
    pub(crate) tape: Tape,
    /// Whether it failed for the same reason.
    pub(crate) fails: bool,
}

/// The tape of the failing run with the simplest arguments found. `replay` runs a tape
/// that it is given; none when there were enough replays.
pub(crate) fn shrink_arguments(tape: Tape, replay: impl FnMut(Tape) -> Option<Tried>) -> Tape {
    let spans = spans(&tape);
    let arguments = spans.len();
    let (to_record, to_repeat) = (MOST_RECORDED, MOST_REPEATED);
    let mut walk = Walk { best: tape, spans, replay, to_record, to_repeat };
    // None says that there were enough replays.
    let _ = (0..arguments).try_for_each(|which| walk.simplify(which));
    walk.best
}

struct Walk<R> {
    /// The last tape that failed.
    best: Tape,
    /// Its arguments.
    spans: Vec<Span>,
    replay: R,
    to_record: usize,
    to_repeat: usize,
}

/// What came of a candidate.
enum Answer {
    /// It fails alike, and is the best now.
    Fails,
    Passes,
    /// The argument refused the last move.
    Refused,
}

impl<R: FnMut(Tape) -> Option<Tried>> Walk<R> {
    /// Makes one argument as simple as it gets.
    fn simplify(&mut self, which: usize) -> Option<()> {
        let mut stride = Stride::default();
        while self.leap(which, &mut stride)? && self.ask(which, &mut stride)? {}
        Some(())
    }

    /// One question of proptest's protocol, and what follows if the run passes; false
    /// if that was the end.
    fn ask(&mut self, which: usize, stride: &mut Stride) -> Option<bool> {
        let mut wanted = self.spans[which].moves.clone();
        let mut question = SIMPLIFY;
        loop {
            wanted.push(question);
            match self.attempt(which, &wanted, PLACES)? {
                Answer::Refused => return Some(false),
                Answer::Fails => break,
                Answer::Passes => question = COMPLICATE,
            }
        }
        stride.asked(question == SIMPLIFY);
        Some(true)
    }

    /// Simplifies by many moves at once as long as that goes well; false if the end
    /// was reached so.
    fn leap(&mut self, which: usize, stride: &mut Stride) -> Option<bool> {
        while let Some(length) = stride.leap() {
            let mut wanted = self.spans[which].moves.clone();
            let before = wanted.len();
            if before + length > MOST_MOVES || before > self.to_repeat {
                break;
            }
            wanted.resize(before + length, SIMPLIFY);
            match self.attempt(which, &wanted, PLACES.map(|places| places * length))? {
                Answer::Fails => stride.landed(true),
                Answer::Passes => {
                    self.to_repeat -= before;
                    stride.landed(false);
                }
                Answer::Refused if self.spans[which].moves.len() > before => return Some(false),
                Answer::Refused => {
                    self.to_repeat -= before;
                    stride.landed(false);
                }
            }
        }
        Some(true)
    }

    /// Replays the best tape with those moves, and if that passes, with its deviations
    /// moved by one of so many places.
    fn attempt(&mut self, which: usize, wanted: &[u32], places: [usize; 2]) -> Option<Answer> {
        let known = self.spans[which].moves.len();
        let candidate = self.asking(which, wanted);
        let mut tried = self.replay(candidate.clone())?;
        let taken = spans(&tried.tape).get(which).map_or(0, |span| span.moves.len());
        let refused = taken < wanted.len();
        // Of a leap what was taken counts; a `complicate` that is refused is the end.
        let simpler = taken > known && wanted[known..].iter().all(|step| *step == SIMPLIFY);
        if simpler || !refused {
            for nearby in nearby(&candidate, places) {
                if tried.fails {
                    break;
                }
                tried = self.replay(nearby)?;
            }
        }
        let fails = tried.fails;
        if fails && (simpler || !refused) {
            self.spans = spans(&tried.tape);
            self.best = tried.tape;
        }
        Some(match (refused, fails) {
            (true, _) => Answer::Refused,
            (false, true) => Answer::Fails,
            (false, false) => Answer::Passes,
        })
    }

    fn replay(&mut self, tape: Tape) -> Option<Tried> {
        let length = tape.lane(Kind::Argument).len();
        self.to_record = self.to_record.checked_sub(length)?;
        (self.replay)(tape)
    }

    fn asking(&mut self, which: usize, moves: &[u32]) -> Tape {
        let known = std::mem::replace(&mut self.spans[which].moves, moves.to_vec());
        let tape = with_spans(&self.best, &self.spans);
        self.spans[which].moves = known;
        tape
    }
}

/// The same tape with a deviation, and all that follow it, a little earlier.
fn nearby(tape: &Tape, places: [usize; 2]) -> impl Iterator<Item = Tape> {
    let moves = deviations(tape)
        .take(MOVED)
        .flat_map(move |deviation| places.map(|places| (deviation, places)));
    moves.filter_map(|((kind, index, _), places)| {
        let first = index.checked_sub(places)?;
        let defaults = tape.lane(kind)[first..index].iter().all(|option| *option == 0);
        defaults.then(|| {
            let mut nearby = tape.clone();
            nearby.lane_mut(kind).drain(first..index);
            nearby
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

    /// Makes a value of a span as a run does, and gives the moves that were taken.
    fn value<S: Strategy>(strategy: &S, span: &Span) -> (S::Value, Vec<u32>) {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&span.seed[0].to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Default::default(), rng);
        let mut tree = strategy.new_tree(&mut runner).unwrap();
        let mut taken = span.moves.clone();
        taken.retain(|step| if *step == SIMPLIFY { tree.simplify() } else { tree.complicate() });
        (tree.current(), taken)
    }

    /// The simplest pair of values with which `fails` is true, and the replays.
    fn simplest<A: Strategy, B: Strategy>(
        seeds: [u32; 2],
        first: A,
        second: B,
        fails: impl Fn(&A::Value, &B::Value) -> bool,
    ) -> ((A::Value, B::Value), u32) {
        let begin = seeds.map(|seed| Span { seed: [seed, 0], moves: vec![] });
        let tape = with_spans(&Tape::new(), &begin);
        let made = |tape: &Tape| {
            let spans = spans(tape);
            (value(&first, &spans[0]), value(&second, &spans[1]), spans)
        };
        let mut replays = 0;
        let best = shrink_arguments(tape, |candidate| {
            replays += 1;
            let ((a, taken_a), (b, taken_b), mut spans) = made(&candidate);
            (spans[0].moves, spans[1].moves) = (taken_a, taken_b);
            Some(Tried { tape: with_spans(&candidate, &spans), fails: fails(&a, &b) })
        });
        let ((a, _), (b, _), _) = made(&best);
        ((a, b), replays)
    }

    #[test]
    fn each_argument_becomes_as_simple_as_the_failure_allows() {
        for seed in 1..40 {
            let begin = [seed, seed + 1];
            let big = |n: &u32, _: &bool| *n >= 1_000;
            let anything = proptest::bool::ANY;
            let start = value(&(0..100_000u32), &Span { seed: [seed, 0], moves: vec![] }).0;
            if start < 1_000 {
                continue;
            }
            let (found, replays) = simplest(begin, 0..100_000u32, anything, big);
            assert_eq!(found, (1_000, false), "seed {seed}");
            assert!(replays < 60, "{replays} replays");
        }
    }

    #[test]
    fn a_list_loses_what_does_not_matter() {
        let list = || vec(0..255u8, 12..30);
        let fails = |list: &Vec<u8>, least: &u8| list.iter().filter(|n| *n > least).count() >= 2;
        let ((_, least), _) = simplest([5, 6], list(), 0..9u8, fails);
        assert_eq!(least, 0);
        let short = |list: &Vec<u8>, _: &u8| list.len() >= 15 && list[14] > 9;
        let start = value(&list(), &Span { seed: [7, 0], moves: vec![] }).0;
        assert!(start.len() >= 15 && start[14] > 9, "{start:?}");
        let ((found, _), _) = simplest([7, 8], list(), 0..9u8, short);
        assert_eq!(found, [[0; 14].as_slice(), &[10]].concat());
    }

    #[test]
    fn what_cannot_be_simplified_costs_one_replay_an_argument() {
        let one = || proptest::strategy::Just(1);
        assert_eq!(simplest([1, 2], one(), one(), |_, _| true), ((1, 1), 2));
    }

    #[test]
    fn deviations_follow_an_argument_that_becomes_smaller() {
        // As many defaults as the number says, and then a deviation.
        let number = 3..40usize;
        let made = |tape: &Tape| value(&number, &spans(tape)[0]);
        let mut tape = with_spans(&Tape::new(), &[Span { seed: [4, 0], moves: vec![] }]);
        let begin = made(&tape).0;
        tape.lane_mut(Kind::Schedule).resize(begin, 0);
        tape.push(Kind::Schedule, 1);
        let best = shrink_arguments(tape, |candidate| {
            let (number, moves) = made(&candidate);
            let fails = candidate.get(Kind::Schedule, number) == 1;
            Some(Tried { tape: with_spans(&candidate, &[Span { seed: [4, 0], moves }]), fails })
        });
        assert_eq!(made(&best).0, 3);
    }

    #[test]
    fn without_replays_left_the_best_so_far_is_given() {
        let tape = with_spans(&Tape::new(), &[Span { seed: [1, 2], moves: vec![1] }]);
        assert_eq!(shrink_arguments(tape.clone(), |_| None), tape);
    }
}
