//! Arguments: integers that are searched by halves, as proptest's are.

use super::fake::{Asked, Fake};
use super::{deviations, shrunk, tape};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use reveille_sim::Kind::{Argument, Schedule};

/// Reads one argument from the tape, as the lane is laid out: a refused move is not
/// on the tape that is made.
fn argument<S: Strategy>(asked: &mut Asked<'_>, strategy: &S) -> S::Value {
    let seed = [asked.choose(Argument, u32::MAX), asked.choose(Argument, u32::MAX)];
    let mut tree = plant(strategy, seed).unwrap();
    loop {
        let moved = match asked.choose(Argument, 3) {
            1 => tree.simplify(),
            2 => tree.complicate(),
            _ => return tree.current(),
        };
        if !moved {
            asked.take_back(Argument);
        }
    }
}

fn plant<S: Strategy>(strategy: &S, seed: [u32; 2]) -> NewTree<S> {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&seed[0].to_le_bytes());
    bytes[4..8].copy_from_slice(&seed[1].to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    strategy.new_tree(&mut TestRunner::new_with_rng(Config::default(), rng))
}

#[test]
fn one_argument_goes_to_the_smallest_that_fails() {
    let mut last = 0;
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        last = argument(asked, &(0..1_000_000u32));
        (last >= 4_321).then_some("large")
    });
    let result = shrunk(&mut host, &tape(&[(Argument, &[3, 9])]));
    assert_eq!(deviations(&result.record.tape), []);
    assert!(result.replays < 60, "{} replays", result.replays);
    assert_eq!(last, 4_321, "the last run is the replay of the result");
}

#[test]
fn several_arguments_are_simplified_one_after_the_other() {
    let mut last = (0, Vec::new());
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        last = (argument(asked, &(0..1_000u32)), argument(asked, &vec(0..100u8, 0..20)));
        (last.0 >= 10 && last.1.iter().any(|item| *item > 50)).then_some("both")
    });
    let seeds = (0..).map(|low| vec![low, 1, 0, low, 2, 0]);
    let start = seeds.map(|lane| tape(&[(Argument, &lane)])).find(|tape| {
        use crate::host::{Host, Plan};
        host.run(&Plan::replay(tape.clone())).unwrap().broken.is_some()
    });
    shrunk(&mut host, &start.unwrap());
    assert_eq!(last, (10, vec![51]));
}

/// With a smaller argument a deviation of the schedule is not needed any more.
#[test]
fn arguments_and_schedule_get_small_in_turns() {
    let mut last = 0;
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let size = argument(asked, &(0..1_000u32));
        let taken: Vec<u32> = (0..6).map(|_| asked.schedule(2)).collect();
        last = size;
        (taken[4] == 1 && size >= 5 && (size < 100 || taken[2] == 1)).then_some("both")
    });
    let start = tape(&[(Argument, &[1, 1]), (Schedule, &[1; 6])]);
    let result = shrunk(&mut host, &start);
    assert_eq!(deviations(&result.record.tape), [(Schedule, 4, 1)]);
    assert_eq!(last, 5);
}

/// The passes over schedules leave a lane of arguments alone, whatever is in it.
#[test]
fn arguments_are_no_deviations() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let seed = [asked.choose(Argument, 10), asked.choose(Argument, 10)];
        while asked.choose(Argument, 3) != 0 {
            asked.take_back(Argument);
        }
        let taken: Vec<u32> = (0..6).map(|_| asked.schedule(2)).collect();
        (seed == [3, 4] && taken[4] == 1).then_some("both")
    });
    let start = tape(&[(Argument, &[3, 4]), (Schedule, &[1; 6])]);
    let result = shrunk(&mut host, &start);
    assert_eq!(result.record.tape.lane(Argument), [3, 4, 0]);
    assert_eq!(deviations(&result.record.tape), [(Schedule, 4, 1)]);
}
