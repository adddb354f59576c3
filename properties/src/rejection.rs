//! Runs that prove nothing, because their arguments were not what the test wants.
//!
//! A rejected run is neither a pass nor a failure; another one takes its place. That
//! must end: once more than [`MOST`] runs were rejected, and more than were accepted,
//! the check fails and says who rejected them. A strategy that gives up did so after
//! very many tries, so it weighs more: one that rejects everything is told at its third
//! run.

use std::collections::BTreeMap;
use std::fmt;

/// Rejected runs that are borne, however few were accepted.
const MOST: u64 = 1_024;

/// As many rejected runs a strategy weighs that gave up.
const GIVING_UP: u64 = 512;

/// Why a run was rejected.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejection {
    /// The argument whose strategy gave up; none if it was the body.
    pub(crate) argument: Option<String>,
    pub(crate) reason: String,
}

impl Rejection {
    pub(crate) fn by_strategy(argument: &str, reason: String) -> Rejection {
        Rejection { argument: Some(argument.to_owned()), reason }
    }

    pub(crate) fn by_body(reason: &str) -> Rejection {
        Rejection { argument: None, reason: reason.to_owned() }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.argument {
            Some(argument) => {
                write!(f, "the strategy of the argument `{argument}` gave up: {}", self.reason)
            }
            None => write!(f, "the body rejected its arguments: {}", self.reason),
        }
    }
}

/// The rejected runs of a check.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rejections {
    runs: u64,
    weight: u64,
    /// Whether the plain arguments were rejected.
    plain: bool,
    reasons: BTreeMap<Rejection, u64>,
}

impl Rejections {
    /// Counts a rejected run, which had the arguments of the plain run or others; an
    /// error if there are too many beside `accepted` ones. That the plain arguments are
    /// rejected says nothing new the second time.
    pub(crate) fn note(
        &mut self,
        rejection: Rejection,
        plain: bool,
        accepted: u64,
    ) -> Result<(), Rejected> {
        self.runs += 1;
        self.weight += match rejection.argument {
            _ if plain && std::mem::replace(&mut self.plain, true) => 0,
            Some(_) => GIVING_UP,
            None => 1,
        };
        *self.reasons.entry(rejection).or_insert(0) += 1;
        if self.weight <= MOST || self.weight <= accepted {
            return Ok(());
        }
        let mut reasons: Vec<_> = std::mem::take(&mut self.reasons).into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let reasons = reasons.into_iter().map(|(rejection, _)| rejection.to_string()).take(3);
        Err(Rejected { accepted, rejected: self.runs, reasons: reasons.collect() })
    }

    pub(crate) fn runs(&self) -> u64 {
        self.runs
    }
}

/// Too many runs were rejected, by their strategies or by the body of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// Runs that were accepted.
    pub accepted: u64,
    /// Runs that were rejected.
    pub rejected: u64,
    /// Who rejected them and why, the most frequent first; three at most.
    pub reasons: Vec<String>,
}

impl Rejected {
    pub(crate) fn new(accepted: u64, rejected: u64, reasons: Vec<String>) -> Rejected {
        Rejected { accepted, rejected, reasons }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rejected { accepted, rejected, reasons } = self;
        let all = accepted + rejected;
        writeln!(
            f,
            "{rejected} of {all} runs were rejected, which leaves too few that test anything\n"
        )?;
        for (place, reason) in reasons.iter().enumerate() {
            writeln!(f, "  {:<4} {reason}", if place == 0 { "why" } else { "" })?;
        }
        f.write_str(
            "\n  try: make only values that the test wants, by narrower ranges, `prop_map` or `prop_flat_map`,\n       \
             instead of refusing others with `prop_filter` or `prop_assume!`",
        )
    }
}

impl std::error::Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(rejections: &mut Rejections, rejection: &Rejection, accepted: u64) -> Option<u64> {
        (1..=10_000).find(|_| rejections.note(rejection.clone(), false, accepted).is_err())
    }

    #[test]
    fn a_strategy_that_gives_up_is_told_at_once() {
        let strategy = Rejection::by_strategy("n", "no".into());
        assert_eq!(noted(&mut Rejections::default(), &strategy, 0), Some(3));
        assert_eq!(noted(&mut Rejections::default(), &strategy, 5_000), Some(10));
    }

    #[test]
    fn a_body_may_reject_as_many_runs_as_it_accepts() {
        let body = Rejection::by_body("no");
        assert_eq!(noted(&mut Rejections::default(), &body, 0), Some(1_025));
        assert_eq!(noted(&mut Rejections::default(), &body, 5_000), Some(5_001));
    }

    #[test]
    fn plain_arguments_count_once() {
        let mut rejections = Rejections::default();
        for _ in 0..10_000 {
            rejections.note(Rejection::by_body("no"), true, 0).unwrap();
        }
        assert_eq!(noted(&mut rejections, &Rejection::by_body("no"), 0), Some(1_024));
    }

    #[test]
    fn the_most_frequent_reason_is_told_first() {
        let mut rejections = Rejections::default();
        rejections.note(Rejection::by_body("seldom"), false, 0).unwrap();
        for _ in 0..1_023 {
            rejections.note(Rejection::by_body("often"), false, 0).unwrap();
        }
        let error = rejections.note(Rejection::by_body("often"), false, 0).unwrap_err();
        assert_eq!((error.accepted, error.rejected), (0, 1_025));
        let told = "the body rejected its arguments: ";
        assert_eq!(error.reasons, [format!("{told}often"), format!("{told}seldom")]);
    }
}
