//! A benchmark program, and what it means that a run of it fails.

use crate::figures::Published;
use crate::process::Main;
use reveille_sim::{Faults, Sampler, Settings, World};
use std::fmt;

/// What a program is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Sanity: every decent search finds these failures soon.
    T0,
    /// Scaling: the same with many threads, which tells samplers apart.
    T1,
    /// Hard: failures that some searches find soon and others never.
    T2,
}

/// A benchmark program.
#[derive(Clone, Copy)]
pub struct Program {
    /// Its name in SCTBench, without `_bad`.
    pub name: &'static str,
    /// What it is good for.
    pub tier: Tier,
    /// Its threads, with the main one.
    pub threads: u32,
    /// The scheduling points of its plain run; the first spawn is none, as nothing
    /// else could go then.
    pub points: u32,
    /// What others reported.
    pub published: Published,
    /// The main thread.
    pub body: fn() -> Main,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("name", &self.name)
            .field("tier", &self.tier)
            .field("threads", &self.threads)
            .field("points", &self.points)
            .finish_non_exhaustive()
    }
}

/// Whether run number `run` of `sampler` finds the failure of `program`.
///
/// ```
/// use reveille_sctbench::{ALL, fails};
/// use reveille_sim::{Random, World};
///
/// let program = ALL.iter().find(|program| program.name == "deadlock01").unwrap();
/// let (mut world, mut random) = (World::new(), Random::new(1));
/// assert!((0..100).any(|run| fails(&mut world, &mut random, run, program)));
/// ```
pub fn fails(world: &mut World, sampler: &mut impl Sampler, run: u64, program: &Program) -> bool {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    world.run(&settings, sampler, run, program.body).verdict.is_some()
}
