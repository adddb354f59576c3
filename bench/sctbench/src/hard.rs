//! What others reported of the programs of tier T2.
//!
//! Those are made of atomic operations, of threads that spin, and of memory that is used
//! after it was freed: they are real threads, in `bench/strands`. Their figures stand here
//! beside those of the other tiers.

use crate::figures::{Figure, Figures, Published};
use crate::program::Tier;
use crate::programs::ALL;

/// What others reported of a program, whatever it is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// What the program is called.
    pub name: &'static str,
    /// What it is good for.
    pub tier: Tier,
    /// What others reported.
    pub published: Published,
}

/// The row of the program of that name.
///
/// ```
/// use reveille_sctbench::{Tier, row};
///
/// assert_eq!(row("reorder_3").unwrap().tier, Tier::T0);
/// assert_eq!(row("SafeStack").unwrap().published.points, Some(117));
/// assert_eq!(row("none of that name"), None);
/// ```
#[must_use]
pub fn row(name: &str) -> Option<Row> {
    let ours = ALL.iter().map(|program| Row {
        name: program.name,
        tier: program.tier,
        published: program.published,
    });
    ours.chain(HARD).find(|row| row.name == name)
}

const fn hard(name: &'static str, points: Option<u32>, artifact: Figures) -> Row {
    let published = Published { points, artifact, model: Figures::UNKNOWN };
    Row { name, tier: Tier::T2, published }
}

const fn partly(mean: f64, found: u8) -> Figure {
    Figure::Partly { mean, found }
}

const HARD: [Row; 13] = {
    use Figure::{Mean, Never, Unknown};
    [
        // At most 1,000,000 schedules a trial, and not 10,000 as in the others.
        hard("SafeStack", Some(117), Figures::of(Never, Never, Never, partly(368_921.0, 19))),
        hard("WorkStealQueue", Some(161), Figures::of(Unknown, Mean(48.0), Mean(12.0), Mean(6.0))),
        hard(
            "InterlockedWorkStealQueue",
            Some(169),
            Figures::of(Never, Mean(48.0), Mean(14.0), Mean(6.5)),
        ),
        hard(
            "InterlockedWorkStealQueueWithState",
            Some(660),
            Figures::means(26.0, 907.0, 5.0, 6.0),
        ),
        hard(
            "StateWorkStealQueue",
            Some(2406),
            Figures::of(Unknown, Mean(842.0), Mean(6.2), Mean(6.8)),
        ),
        hard(
            "qsort_mt",
            Some(81),
            Figures::of(
                partly(3442.0, 19),
                partly(4714.0, 14),
                partly(3004.0, 18),
                partly(3048.0, 19),
            ),
        ),
        hard(
            "RADBench bug4",
            Some(330),
            Figures::of(partly(1688.0, 19), partly(1973.0, 19), Mean(240.0), Mean(23.0)),
        ),
        hard("RADBench bug6", Some(101), Figures::means(48.0, 42.0, 18.0, 4.3)),
        hard("CVE-2013-1792", None, Figures::means(364.0, 95.0, 39.0, 15.0)),
        hard(
            "CVE-2016-1972",
            None,
            Figures::of(Mean(299.0), partly(4902.0, 16), Mean(34.0), Mean(11.0)),
        ),
        hard("CVE-2016-1973", None, Figures::means(308.0, 10.0, 5.4, 4.8)),
        hard("CVE-2016-9806", None, Figures::means(2209.0, 6.7, 7.0, 3.1)),
        hard("CVE-2017-15265", None, Figures::of(Never, Never, Never, Never)),
    ]
};
