//! Runs that follow a script of turns.

use crate::sampled;
use proptest::prelude::*;
use reveille_sim::{
    Faults, Kind, Path, Random, Runnable, Sampler, Script, Strand, draw, point, spawn_local,
    yield_now,
};
use std::cell::RefCell;
use std::rc::Rc;

/// A sampler, and the turns that its last run had.
struct Noting<S> {
    sampler: S,
    turns: Vec<(Path, u32)>,
}

impl<S: Sampler> Noting<S> {
    fn new(sampler: S) -> Noting<S> {
        Noting { sampler, turns: Vec::new() }
    }
}

impl<S: Sampler> Sampler for Noting<S> {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.turns.clear();
        self.sampler.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.sampler.choose(kind, options)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        self.sampler.schedule(runnable)
    }

    fn turn(&mut self, strand: &Strand) {
        self.turns.push((strand.path(), strand.turns() - 1));
        self.sampler.turn(strand);
    }
}

/// Points, yields, wakes and a draw.
async fn busy() -> String {
    let log = Rc::new(RefCell::new(String::new()));
    let tasks: Vec<_> = ["abcd", "mno", "xyz"]
        .into_iter()
        .map(|word| {
            let log = log.clone();
            spawn_local(async move {
                for (at, letter) in word.chars().enumerate() {
                    if at % 2 == 0 {
                        point().await
                    } else {
                        yield_now().await
                    }
                    log.borrow_mut().push(letter);
                }
                draw(3)
            })
        })
        .collect();
    for task in tasks {
        let drawn = task.await.unwrap();
        log.borrow_mut().push_str(&drawn.to_string());
    }
    log.take()
}

proptest! {
    /// The turns of a run, followed as a script, are that run, and its tape, again.
    #[test]
    fn the_turns_of_a_run_repeat_it(seed in any::<u64>(), run in 0..9u64) {
        let mut noting = Noting::new(Random::new(seed));
        let (outcome, tape) = sampled(&mut noting, run, busy);
        let mut script = Noting::new(Script::new(noting.turns.clone(), tape.clone()));
        let (again, tape_again) = sampled(&mut script, 0, busy);
        prop_assert_eq!(again.output, outcome.output);
        prop_assert!(tape_again.deviations().eq(tape.deviations()));
        prop_assert_eq!(script.turns, noting.turns);
    }

    /// Two turns next to each other that do not need each other change places.
    #[test]
    fn a_swap_in_the_script_is_a_swap_in_the_run(seed in any::<u64>(), at in 0..3usize) {
        let writers = || async {
            for _ in 0..2 {
                drop(spawn_local(async { for _ in 0..3 { point().await } }));
            }
            for _ in 0..9 { yield_now().await }
        };
        let mut noting = Noting::new(Random::new(seed));
        sampled(&mut noting, 1, writers);
        let turns = noting.turns;
        let of_both = |pair: &[(Path, u32)]| {
            pair[0].0 != pair[1].0 && pair.iter().all(|(path, _)| *path != Path::ROOT)
        };
        let swaps: Vec<usize> = (1..turns.len()).filter(|at| of_both(&turns[at - 1..=*at])).collect();
        prop_assume!(!swaps.is_empty());
        let at = swaps[at % swaps.len()];
        let mut swapped = turns.clone();
        swapped.swap(at - 1, at);
        let mut script = Noting::new(Script::new(swapped.clone(), Default::default()));
        sampled(&mut script, 0, writers);
        prop_assert_eq!(&script.turns[..=at], &swapped[..=at]);
    }
}
