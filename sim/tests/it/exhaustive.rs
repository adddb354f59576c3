//! A sampler that goes through all schedules, depth first; for counting.

use crate::calm;
use reveille_sim::{Faults, Kind, Outcome, Sampler, World};

/// Remembers, for the choices of the last run, what was offered and taken.
#[derive(Default)]
pub(crate) struct Exhaustive {
    path: Vec<(u32, u32)>,
    at: usize,
}

impl Exhaustive {
    /// Goes to the next schedule; false if that was the last.
    fn advance(&mut self) -> bool {
        while let Some((taken, offered)) = self.path.pop() {
            if taken + 1 < offered {
                self.path.push((taken + 1, offered));
                return true;
            }
        }
        false
    }
}

impl Sampler for Exhaustive {
    fn begin(&mut self, _run: u64, permitted: Faults) -> Faults {
        self.at = 0;
        permitted
    }

    fn choose(&mut self, _kind: Kind, options: u32) -> u32 {
        if self.at == self.path.len() {
            self.path.push((0, options));
        }
        let (taken, offered) = self.path[self.at];
        assert_eq!(offered, options, "the same choices offer the same options");
        self.at += 1;
        taken
    }
}

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
    loop {
        outcomes.push(world.run(&settings, &mut sampler, 0, &mut body));
        if !sampler.advance() {
            return outcomes;
        }
    }
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
