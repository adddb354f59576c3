//! Swarm over the environment: which faults a run suffers, and how often.
//!
//! Groce et al., "Swarm Testing" (ISSTA 2012): a run that suffers a random few of
//! the faults finds more than one that suffers a little of everything, since
//! faults hide each other. So each run draws which of the permitted faults are on,
//! each with even chances, and for each of them a rate at which it strikes, from
//! one in two to one in sixteen; FoundationDB's `BUGGIFY` uses one in four for
//! both. Only a waker may be fresh in every poll. One run in four suffers no fault at all: it differs from the plain run in
//! its schedule alone.
//!
//! The faults of I/O are drawn when a run first asks for one, so that a test without
//! I/O makes no draws for them.

use crate::choice::Kind;
use crate::entropy::Entropy;
use crate::fault::Faults;

/// A seed's words have that many options; moves of a generator have fewer.
const WORDS: u32 = 1 << 16;

/// Stands for the rate of a fault that was not drawn yet, and of one that is off.
const NOT_DRAWN: u8 = 0xff;
const OFF: u8 = 0xfe;

/// The environment of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// A fault of a kind strikes if as many random bits are all 0.
    bits: [u8; Kind::ALL.len()],
}

impl Environment {
    /// Draws the faults of a run and their rates.
    #[inline]
    pub(crate) fn begin(&mut self, permitted: Faults, entropy: &mut Entropy) -> Faults {
        let of_io = Kind::SpuriousReadiness as usize;
        // The plan of a network may permit what the test does not.
        self.bits[of_io..].fill(NOT_DRAWN);
        if permitted.is_empty() {
            return Faults::NONE;
        }
        if entropy.bits(2) == 0 {
            self.bits[of_io..].fill(OFF);
            return Faults::NONE;
        }
        let mut on = Faults::NONE;
        for kind in permitted.iter() {
            if kind.is_of_io() || self.draw(kind, entropy) {
                on = on.with(kind);
            }
        }
        on
    }

    /// Draws the rate of a fault, and whether it is on.
    #[inline]
    fn draw(&mut self, kind: Kind, entropy: &mut Entropy) -> bool {
        let drawn = entropy.bits(3);
        let least = u8::from(kind != Kind::FreshWaker);
        self.bits[kind as usize] = least + (drawn >> 1) as u8;
        drawn & 1 == 1
    }

    /// Whether a fault of I/O strikes now, and how.
    fn strike(&mut self, kind: Kind, options: u32, entropy: &mut Entropy) -> u32 {
        let rate = self.bits[kind as usize];
        if rate == NOT_DRAWN && !self.draw(kind, entropy) {
            self.bits[kind as usize] = OFF;
        }
        let rate = self.bits[kind as usize];
        if rate == OFF || entropy.bits(rate.into()) != 0 {
            return 0;
        }
        1 + entropy.below(options - 1)
    }

    /// Makes a choice that is not between strands.
    #[inline]
    pub(crate) fn choose(&mut self, kind: Kind, options: u32, entropy: &mut Entropy) -> u32 {
        match kind {
            Kind::Argument if options < WORDS => 0,
            kind if kind.is_of_io() => self.strike(kind, options, entropy),
            Kind::StaleLoad => self.strike(kind, options, entropy),
            kind if kind.is_fault() => {
                u32::from(entropy.bits(self.bits[kind as usize].into()) == 0)
            }
            _ => entropy.below(options),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_runs_is_calm_and_every_pair_of_faults_meets() {
        let mut entropy = Entropy::new(3);
        let mut environment = Environment::default();
        let runs: Vec<Faults> = (0..4000)
            .map(|run| {
                entropy.begin(run);
                environment.begin(Faults::ALL, &mut entropy)
            })
            .collect();
        let share = |wanted: &dyn Fn(&Faults) -> bool| {
            runs.iter().filter(|faults| wanted(faults)).count() as f64 / runs.len() as f64
        };
        assert!((share(&|faults| faults.is_empty()) - 0.25).abs() < 0.03);
        let drawn = || Faults::ALL.iter().filter(|kind| !kind.is_of_io());
        for one in drawn() {
            for two in drawn().filter(|two| *two != one) {
                let both = share(&|faults| faults.has(one) && faults.has(two));
                assert!((both - 0.75 / 4.0).abs() < 0.03, "{one} and {two}: {both}");
            }
        }
    }

    #[test]
    fn each_fault_of_io_strikes_in_three_eighths_of_the_runs_and_in_every_way() {
        let mut entropy = Entropy::new(5);
        let mut environment = Environment::default();
        let mut struck = [0; 4];
        let mut runs = 0;
        for run in 0..4000 {
            entropy.begin(run);
            let on = environment.begin(Faults::ALL, &mut entropy);
            let mut ways = [(); 200].map(|()| match on.has(Kind::ShortIo) {
                true => environment.choose(Kind::ShortIo, 4, &mut entropy),
                false => 0,
            });
            runs += u32::from(ways.iter().any(|way| *way != 0));
            ways.iter_mut().for_each(|way| struck[*way as usize] += 1);
        }
        assert!((f64::from(runs) / 4000.0 - 0.375).abs() < 0.03, "{runs}");
        let expected = f64::from(struck[1..].iter().sum::<i32>()) / 3.0;
        assert!(struck[1..].iter().all(|way| (f64::from(*way) / expected - 1.0).abs() < 0.05));
    }

    #[test]
    fn only_permitted_faults_are_on() {
        let mut entropy = Entropy::new(4);
        let permitted = Faults::NONE.with(Kind::LateTimer);
        let mut environment = Environment::default();
        let seen = (0..100).fold(Faults::NONE, |seen, run| {
            entropy.begin(run);
            environment.begin(permitted, &mut entropy).iter().fold(seen, Faults::with)
        });
        assert_eq!(seen, permitted);
    }
}
