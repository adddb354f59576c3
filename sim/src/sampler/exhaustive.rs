//! Every run that there is: each option of each choice, the last choice first.
//!
//! Depth-first search without a bound (Godefroid, "Model Checking for Programming Languages using
//! VeriSoft", POPL 1997, without its reductions). Its runs multiply with every choice, so it is for
//! programs with a dozen of them; of larger ones it sees but variations of the plain run, and
//! [`Bounded`](super::Bounded) is the better search.

use super::Sampler;
use crate::choice::Kind;
use crate::fault::Faults;

/// Goes through all runs of a small program, one after the other.
///
/// ```
/// use reveille_sim::{Exhaustive, Faults, Settings, World, spawn, yield_now};
///
/// let (mut world, mut exhaustive) = (World::new(), Exhaustive::default());
/// // Each fault that may strike is a choice, too.
/// let mut settings = Settings::default();
/// settings.faults = Faults::NONE;
/// let mut runs = 0;
/// while exhaustive.advance() {
///     world.run(&settings, &mut exhaustive, 0, || async {
///         let tasks = [spawn(yield_now()), spawn(yield_now())];
///         for task in tasks {
///             task.await.unwrap();
///         }
///     });
///     runs += 1;
/// }
/// assert!(runs > 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Exhaustive {
    /// The option that is taken at each choice, and how many there are.
    path: Vec<(u32, u32)>,
    at: usize,
    began: bool,
}

impl Exhaustive {
    /// Goes to the next run; false if there is none left.
    pub fn advance(&mut self) -> bool {
        if !std::mem::replace(&mut self.began, true) {
            return true;
        }
        while let Some((taken, options)) = self.path.pop() {
            if taken + 1 < options {
                self.path.push((taken + 1, options));
                return true;
            }
        }
        false
    }
}

impl Exhaustive {
    /// How many options each choice of the last run had.
    pub fn options(&self) -> impl Iterator<Item = u32> {
        self.path[..self.at].iter().map(|(_, options)| *options)
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
        debug_assert_eq!(offered, options, "the same choices offer the same options");
        self.at += 1;
        taken
    }
}
