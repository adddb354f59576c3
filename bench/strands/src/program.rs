//! A benchmark program, and what it means that a run of it fails.

use reveille_sctbench::Row;
use reveille_sim::{
    Faults, Kind, Outcome, Plain, Recording, Runnable, Sampler, Settings, Strand, World,
};
use reveille_threads::Threads;
use std::rc::Rc;

/// A benchmark program.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// What it is called, as in [`reveille_sctbench::row`].
    pub name: &'static str,
    /// Its main thread.
    pub main: fn(),
}

/// A world whose strands are threads.
#[must_use]
pub fn world() -> World {
    // What stands before the C library's functions is there only if something of it is used.
    let _ = reveille::Checker::new();
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    world
}

impl Program {
    /// What others reported of it.
    ///
    /// # Panics
    ///
    /// If there is no row of its name.
    #[must_use]
    pub fn row(&self) -> Row {
        reveille_sctbench::row(self.name).expect("every program has a row")
    }

    /// Run number `run` of a sampler.
    pub fn run(
        &self,
        world: &mut World,
        sampler: &mut impl Sampler,
        run: u64,
        recording: Recording,
    ) -> Outcome<()> {
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        settings.recording = recording;
        world.run(&settings, sampler, run, || async { (self.main)() })
    }

    /// Whether that run finds the failure.
    pub fn fails(&self, world: &mut World, sampler: &mut impl Sampler, run: u64) -> bool {
        self.run(world, sampler, run, Recording::Tape).verdict.is_some()
    }

    /// The threads of the plain run, with the main one, and its scheduling points.
    #[must_use]
    pub fn size(&self) -> (u64, u64) {
        let mut plain = Counting::new(Plain);
        let outcome = self.run(&mut world(), &mut plain, 0, Recording::Tape);
        (outcome.tasks, plain.points())
    }
}

/// Counts the scheduling points that another sampler's runs come to.
#[derive(Debug)]
pub struct Counting<S> {
    inner: S,
    points: u64,
}

impl<S> Counting<S> {
    /// None so far.
    pub fn new(inner: S) -> Counting<S> {
        Counting { inner, points: 0 }
    }

    /// How many there were.
    pub fn points(&self) -> u64 {
        self.points
    }
}

impl<S: Sampler> Sampler for Counting<S> {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.inner.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.inner.choose(kind, options)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        self.inner.schedule(runnable)
    }

    fn turn(&mut self, strand: &Strand) {
        self.points += 1;
        self.inner.turn(strand);
    }

    fn end(&mut self) {
        self.inner.end();
    }
}
