//! Figures by others: schedules to the first failure, for the samplers that are
//! measured here.

use crate::estimate::rounded;
use std::fmt;

/// The mean number of schedules to the first failure, as somebody reported it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Figure {
    /// Nobody reported one.
    Unknown,
    /// The mean over all trials.
    Mean(f64),
    /// The mean over those of 20 trials that found the failure at all, which flatters.
    Partly {
        /// The mean.
        mean: f64,
        /// How many of the 20 found it.
        found: u8,
    },
    /// None of 20 trials found it.
    Never,
}

impl Figure {
    /// The mean, if there is one.
    #[must_use]
    pub const fn mean(self) -> Option<f64> {
        match self {
            Figure::Mean(mean) | Figure::Partly { mean, .. } => Some(mean),
            Figure::Unknown | Figure::Never => None,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Unknown => f.write_str("-"),
            Figure::Mean(mean) => f.write_str(&rounded(*mean)),
            Figure::Partly { mean, found } => write!(f, "{} in {found}/20", rounded(*mean)),
            Figure::Never => f.write_str("0/20"),
        }
    }
}

/// One figure for each sampler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The random walk.
    pub random: Figure,
    /// PCT for failures of depth 3.
    pub pct3: Figure,
    /// POS.
    pub pos: Figure,
    /// SURW.
    pub surw: Figure,
}

impl Figures {
    pub(crate) const UNKNOWN: Figures = {
        let unknown = Figure::Unknown;
        Figures { random: unknown, pct3: unknown, pos: unknown, surw: unknown }
    };

    pub(crate) const fn of(random: Figure, pct3: Figure, pos: Figure, surw: Figure) -> Figures {
        Figures { random, pct3, pos, surw }
    }

    pub(crate) const fn means(random: f64, pct3: f64, pos: f64, surw: f64) -> Figures {
        use Figure::Mean;
        Figures::of(Mean(random), Mean(pct3), Mean(pos), Mean(surw))
    }
}

/// What others reported of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// The scheduling points of a run, from the list that comes with SCTBench.
    pub points: Option<u32>,
    /// Means over 20 trials of at most 10,000 schedules each, from the artifact of
    /// SURW. Its scheduling points are all accesses to memory, and PCT and SURW
    /// include a run that counts them.
    pub artifact: Figures,
    /// Means from a model in which accesses under a lock are scheduling points, too.
    /// So they compare where no lock protects any data, as in `reorder`; `twostage`
    /// made that fine fails one random walk in 46.5, as in the model, and one in 12.8
    /// as it is here.
    pub model: Figures,
}
