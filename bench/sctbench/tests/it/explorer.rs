//! All schedules of a program, and how likely a random walk takes each that fails.

use reveille_sctbench::{Program, fails};
use reveille_sim::{Exhaustive, World};
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
    let (mut world, mut exhaustive) = (World::new(), Exhaustive::default());
    let mut all = Explored { schedules: 0, failing: 0, chance: Fraction(0, 1) };
    while exhaustive.advance() {
        let fails = fails(&mut world, &mut exhaustive, 0, program);
        all.schedules += 1;
        if fails {
            all.failing += 1;
            let options = exhaustive.options().map(u128::from);
            all.chance = all.chance.plus(Fraction(1, options.product()));
        }
    }
    all
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
