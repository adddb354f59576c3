//! How many schedules a sampler needs to the first failure, from many runs.
//!
//! Runs of a sampler without memory are independent, so the number of schedules to
//! the first failure is distributed geometrically, and its mean is 1/p. Estimating p
//! from all runs uses every one of them, where a mean over trials that end at their
//! first failure (or at their cap) does not.

use crate::program::{Program, fails};
use reveille_sim::{Sampler, World};
use std::fmt;
use std::ops::Range;

/// Runs, and how many of them failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// The runs.
    pub runs: u64,
    /// Those that failed.
    pub failures: u64,
}

impl Estimate {
    /// Runs of `sampler` on `program` with these numbers.
    ///
    /// ```
    /// use reveille_sctbench::{ALL, Estimate};
    /// use reveille_sim::{Random, World};
    ///
    /// let program = ALL.iter().find(|program| program.name == "deadlock01").unwrap();
    /// let estimate = Estimate::of(&mut World::new(), &mut Random::new(1), 0..1_000, program);
    /// let (least, most) = estimate.interval();
    /// assert!(least < estimate.schedules() && estimate.schedules() < most);
    /// ```
    pub fn of(
        world: &mut World,
        sampler: &mut impl Sampler,
        runs: Range<u64>,
        program: &Program,
    ) -> Estimate {
        runs.fold(Estimate::default(), |estimate, run| Estimate {
            runs: estimate.runs + 1,
            failures: estimate.failures + u64::from(fails(world, sampler, run, program)),
        })
    }

    /// Runs from number 1 on, of which `fails` tells whether they fail: until `enough`
    /// failed, or `go_on`, asked after every hundred, says that they must do.
    ///
    /// ```
    /// use reveille_sctbench::Estimate;
    ///
    /// let estimate = Estimate::until(10, |_| true, |run| run % 40 == 0);
    /// assert_eq!(estimate, Estimate { runs: 400, failures: 10 });
    /// let estimate = Estimate::until(10, |estimate| estimate.runs < 1_000, |_| false);
    /// assert_eq!(estimate, Estimate { runs: 1_000, failures: 0 });
    /// ```
    pub fn until(
        enough: u64,
        mut go_on: impl FnMut(&Estimate) -> bool,
        mut fails: impl FnMut(u64) -> bool,
    ) -> Estimate {
        let mut estimate = Estimate::default();
        while estimate.failures < enough && go_on(&estimate) {
            for _ in 0..100 {
                estimate.runs += 1;
                estimate.failures += u64::from(fails(estimate.runs));
            }
        }
        estimate
    }

    /// The share of runs that failed.
    #[must_use]
    pub fn probability(&self) -> f64 {
        self.failures as f64 / self.runs as f64
    }

    /// The mean number of schedules to the first failure; infinite if none failed.
    #[must_use]
    pub fn schedules(&self) -> f64 {
        self.runs as f64 / self.failures as f64
    }

    /// The ends of its 95 % interval (Wilson's, which is sound for few failures, too).
    /// Without a failure the upper end is infinite.
    ///
    /// ```
    /// let estimate = reveille_sctbench::Estimate { runs: 100_000, failures: 2_500 };
    /// let (least, most) = estimate.interval();
    /// assert_eq!((estimate.schedules(), least.round(), most.round()), (40.0, 38.0, 42.0));
    /// ```
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        const Z: f64 = 1.959_964;
        let (runs, p) = (self.runs as f64, self.probability());
        let center = p + Z * Z / (2.0 * runs);
        let half = Z * (p * (1.0 - p) / runs + Z * Z / (4.0 * runs * runs)).sqrt();
        let scale = 1.0 + Z * Z / runs;
        let most = if self.failures == 0 { f64::INFINITY } else { scale / (center - half) };
        (scale / (center + half), most)
    }
}

/// A mean number of schedules, with a digit after the point if it is small.
#[must_use]
pub fn rounded(mean: f64) -> String {
    let digits = usize::from(mean < 99.95);
    format!("{mean:.digits$}")
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = self.interval();
        if self.failures == 0 {
            return write!(f, "> {least:.0}");
        }
        let digits = usize::from(self.schedules() < 99.95);
        write!(f, "{:.digits$} ({least:.digits$} to {most:.digits$})", self.schedules())
    }
}
