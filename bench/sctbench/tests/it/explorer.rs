//! A sampler that goes through all schedules of a program, depth first, and knows
//! how likely a random walk takes each.

use reveille_sctbench::{Program, fails};
use reveille_sim::{Faults, Kind, Sampler, World};
use std::fmt;

/// All schedules of a program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Explored {
    pub(crate) schedules: u64,
    pub(crate) failing: u64,
    /// The chance that a random walk fails.
    pub(crate) chance: Fraction,
}

pub(crate) fn explore(program: &Program) -> Explored {
    let mut world = World::new();
    let mut explorer = Explorer::default();
    let mut all = Explored { schedules: 0, failing: 0, chance: Fraction(0, 1) };
    loop {
        let fails = fails(&mut world, &mut explorer, 0, program);
        all.schedules += 1;
        if fails {
            all.failing += 1;
            all.chance = all.chance.plus(explorer.chance());
        }
        if !explorer.advance() {
            return all;
        }
    }
}

/// Remembers, for the choices of the last run, what was taken and offered.
#[derive(Debug, Default)]
struct Explorer {
    path: Vec<(u32, u32)>,
    at: usize,
}

impl Explorer {
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

    /// The chance that a random walk goes this way.
    fn chance(&self) -> Fraction {
        Fraction(1, self.path.iter().map(|(_, offered)| u128::from(*offered)).product())
    }
}

impl Sampler for Explorer {
    fn begin(&mut self, _run: u64, _permitted: Faults) -> Faults {
        self.at = 0;
        Faults::NONE
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

/// A fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fraction(pub(crate) u128, pub(crate) u128);

impl Fraction {
    fn plus(self, other: Fraction) -> Fraction {
        let shared = gcd(self.1, other.1);
        let (own, others) = (self.1 / shared, other.1 / shared);
        let sum = self.0 * others + other.0 * own;
        let whole = self.1 * others;
        let factor = gcd(sum, whole);
        Fraction(sum / factor, whole / factor)
    }

    pub(crate) fn value(self) -> f64 {
        self.0 as f64 / self.1 as f64
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}
