//! All runs of a body, for counting.

use crate::calm;
use reveille_sim::{Exhaustive, Faults, Outcome, World};

/// Runs `body` under every schedule and gives what each run returned.
pub(crate) fn all_outcomes<F: Future>(body: impl FnMut() -> F) -> Vec<Outcome<F::Output>> {
    all_outcomes_under(Faults::NONE, body)
}

/// The same under every schedule and every way in which these faults may strike.
pub(crate) fn all_outcomes_under<F: Future>(
    faults: Faults,
    mut body: impl FnMut() -> F,
) -> Vec<Outcome<F::Output>> {
    let mut settings = calm();
    settings.faults = faults;
    let mut world = World::new();
    let mut sampler = Exhaustive::default();
    let mut outcomes = Vec::new();
    while sampler.advance() {
        outcomes.push(world.run(&settings, &mut sampler, 0, &mut body));
    }
    outcomes
}

/// The same for bodies that pass.
pub(crate) fn all<F: Future>(body: impl FnMut() -> F) -> Vec<F::Output> {
    passing(all_outcomes(body))
}

/// The same under faults.
pub(crate) fn all_under<F: Future>(faults: Faults, body: impl FnMut() -> F) -> Vec<F::Output> {
    passing(all_outcomes_under(faults, body))
}

fn passing<T>(outcomes: Vec<Outcome<T>>) -> Vec<T> {
    let outputs = outcomes.into_iter().map(|outcome| {
        assert_eq!(outcome.verdict, None);
        outcome.output.unwrap()
    });
    outputs.collect()
}
