//! A policy made into a sampler: with random bits, an environment, and what the runs
//! so far showed.

use super::Sampler;
use super::eager::Eager;
use super::environment::Environment;
use super::foresight::Foresight;
use super::gathering::Gathering;
use super::lessons::Lessons;
use super::observation::{Observation, Observer};
use super::policy::{Policy, Run};
use super::random::RandomWalk;
use crate::choice::Kind;
use crate::entropy::Entropy;
use crate::fault::Faults;
use crate::strand::{Runnable, Strand};

/// A sampler that chooses strands by a policy and everything else at random.
///
/// Its runs depend on the seed, the number of the run and, for policies that learn,
/// on the runs before.
#[derive(Clone, Debug)]
pub struct Seeded<P> {
    policy: P,
    shared: Shared,
    eager: Option<Eager>,
    gathers: bool,
    gathering: Gathering,
    learns: bool,
}

/// The random walk from a seed.
pub type Random = Seeded<RandomWalk>;

impl Random {
    /// A random walk; run `i` of two walks with the same seed is the same.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Seeded { learns: false, ..Seeded::with(seed, RandomWalk) }
    }
}

impl<P> Seeded<P> {
    /// Chooses by `policy`.
    #[must_use]
    pub fn with(seed: u64, policy: P) -> Seeded<P> {
        let (shared, gathering) = (Shared::new(seed, false), Gathering::default());
        Seeded { policy, shared, eager: None, gathers: false, gathering, learns: true }
    }

    /// Lets turns that nobody else can see go before the policy is asked.
    #[must_use]
    pub fn eager(mut self) -> Seeded<P> {
        self.shared.run.is_eager = true;
        Seeded { eager: Some(Eager::default()), learns: true, ..self }
    }

    /// Lets strands that one strand spawns begin together, where it passes scheduling points
    /// between two of them: who is new is held back until as many are there as in former runs.
    #[must_use]
    pub fn gathering(self) -> Seeded<P> {
        Seeded { gathers: true, learns: true, ..self }
    }
}

impl<P: Policy> Sampler for Seeded<P> {
    #[inline]
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        let faults = self.shared.begin(run, permitted, self.learns);
        if let Some(eager) = &mut self.eager {
            eager.begin();
        }
        self.gathering.begin(self.gathers);
        self.policy.begin(&mut self.shared.run);
        faults
    }

    #[inline]
    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.shared.choose(kind, options)
    }

    #[inline]
    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        self.gathering.look(runnable);
        if let Some(eager) = &mut self.eager
            && let Some(option) = eager.pick(runnable, &self.shared.run.lessons)
        {
            return option;
        }
        let Seeded { policy, shared, gathering, .. } = self;
        gathering.schedule(runnable, shared, |runnable, run| policy.schedule(runnable, run))
    }

    #[inline]
    fn foresee(&mut self, options: u32, option: u32) -> &[u32] {
        self.policy.foresee(options, option, &mut self.shared.run)
    }

    #[inline]
    fn turn(&mut self, strand: &Strand) {
        self.policy.turn(strand, &mut self.shared.run);
        if self.learns {
            self.shared.turn(strand);
        }
    }

    #[inline]
    fn end(&mut self) {
        self.shared.end();
    }
}

/// Runs from which samplers learn: the first ones, and every so many later.
const LEARN_FIRST: u64 = 32;
const LEARN_EVERY: u64 = 32;

/// What all policies have in common.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) run: Run,
    environment: Environment,
    observer: Observer,
    observes: bool,
}

impl Shared {
    pub(crate) fn new(seed: u64, is_eager: bool) -> Shared {
        let entropy = Entropy::new(seed);
        let foresight = Foresight::new(&entropy);
        Shared {
            run: Run { entropy, lessons: Lessons::default(), is_eager, foresight },
            environment: Environment::default(),
            observer: Observer::default(),
            observes: false,
        }
    }

    #[inline]
    pub(crate) fn begin(&mut self, run: u64, permitted: Faults, learns: bool) -> Faults {
        self.observes = learns && (run < LEARN_FIRST || run.is_multiple_of(LEARN_EVERY));
        if self.observes {
            self.observer.begin();
        }
        self.run.entropy.begin(run);
        self.environment.begin(permitted, &mut self.run.entropy)
    }

    #[inline]
    pub(crate) fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.environment.choose(kind, options, &mut self.run.entropy)
    }

    #[inline]
    pub(crate) fn note_choice(&mut self) {
        if self.observes {
            self.observer.chose();
        }
    }

    #[inline]
    pub(crate) fn turn(&mut self, strand: &Strand) {
        self.run.lessons.note(strand);
        if self.observes {
            self.observer.turn(strand);
        }
    }

    #[inline]
    pub(crate) fn end(&mut self) {
        if self.observes {
            self.run.lessons.learn(self.observer.seen());
        }
    }

    /// What the run that is ending showed, if it was watched.
    pub(crate) fn observation(&self) -> Option<&Observation> {
        self.observes.then(|| self.observer.seen())
    }

    /// Takes in what a run in another process showed.
    pub(crate) fn learn(&mut self, seen: &Observation) {
        self.run.lessons.learn(seen);
    }
}
