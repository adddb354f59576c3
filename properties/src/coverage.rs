//! What the runs of a check covered: how many different schedules, what the next run
//! is likely to add, and what was tried in full.
//!
//! The chance that the next run shows a schedule that none has shown is estimated by
//! Good and Turing (Good, Biometrika 1953; for fuzzing Böhme, "STADS", TOSEM 2018): the
//! schedules seen exactly once, over the runs. Two runs show the same schedule if
//! they deviate from the plain run in the same places. The runs of a portfolio are not
//! drawn from one distribution, so it is an estimate and told as one.

use reveille_sim::Exhausted;
use std::collections::HashMap;
use std::fmt;

/// Schedules remembered at most; more are not counted.
const MOST_REMEMBERED: usize = 1 << 22;

/// What the runs of a check covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// Runs that were compared.
    pub runs: u64,
    /// Different schedules among them.
    pub distinct: u64,
    /// Schedules that exactly one run showed.
    pub once: u64,
    /// Up to how many deviations nothing was left out; none if not even the runs with one
    /// deviation were all made.
    pub exhausted: Option<Exhausted>,
}

impl Coverage {
    /// About how likely the next run is to show a schedule that no run has shown; none
    /// if there was no run.
    ///
    /// ```
    /// let passed = reveille::Checker::new().runs(50).try_check(|| async {}).unwrap();
    /// // There is one schedule, and every run shows it.
    /// assert_eq!(passed.coverage.distinct, 1);
    /// assert_eq!(passed.coverage.chance_of_new(), Some(0.0));
    /// ```
    #[must_use]
    pub fn chance_of_new(&self) -> Option<f64> {
        if self.is_everything() {
            return Some(0.0);
        }
        (self.runs > 0).then(|| self.once as f64 / self.runs as f64)
    }

    /// Whether there is no other schedule.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.exhausted.is_some_and(|exhausted| exhausted.everything)
    }

    pub(crate) fn to_text(self) -> String {
        let exhausted = self.exhausted.map_or("-".to_owned(), |e| {
            let flags = [e.everything, e.of_first_input].map(u8::from);
            format!("{}/{}/{}/{}", e.deviations, e.runs, flags[0], flags[1])
        });
        format!("{} {} {} {exhausted}", self.runs, self.distinct, self.once)
    }

    pub(crate) fn from_text<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Coverage> {
        let mut number = || words.next()?.parse().ok();
        let (runs, distinct, once) = (number()?, number()?, number()?);
        let exhausted = match words.next()? {
            "-" => None,
            text => {
                let mut parts = text.split('/');
                let mut exhausted = Exhausted::default();
                exhausted.deviations = parts.next()?.parse().ok()?;
                exhausted.runs = parts.next()?.parse().ok()?;
                exhausted.everything = parts.next()? == "1";
                exhausted.of_first_input = parts.next()? == "1";
                Some(exhausted)
            }
        };
        Some(Coverage { runs, distinct, once, exhausted })
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let different = if self.distinct == 1 { "schedule" } else { "different schedules" };
        write!(f, "{} {different}", grouped(self.distinct))?;
        if self.is_everything() {
            return f.write_str("; there are no others");
        }
        if let Some(chance) = self.chance_of_new() {
            write!(f, "; the next run would show a new one with a chance of {}", per_cent(chance))?;
        }
        match self.exhausted {
            Some(Exhausted { deviations: 0, .. }) | None => Ok(()),
            Some(Exhausted { deviations, runs, of_first_input, .. }) => {
                let s = if deviations == 1 { "" } else { "s" };
                let input = if of_first_input { " for the first input" } else { "" };
                let runs = grouped(runs);
                write!(f, "; all {runs} with at most {deviations} deviation{s}{input} were tried")
            }
        }
    }
}

fn per_cent(chance: f64) -> String {
    match 100.0 * chance {
        0.0 => "about 0 %".into(),
        small if small < 0.1 => "less than 0.1 %".into(),
        small if small < 10.0 => format!("about {small:.1} %"),
        large => format!("about {large:.0} %"),
    }
}

/// A number with commas.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Counts the schedules of a check.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    /// Whether a schedule was shown more than once.
    again: HashMap<u64, bool>,
    coverage: Coverage,
}

impl Counter {
    pub(crate) fn note(&mut self, schedule: u64) {
        if self.again.len() >= MOST_REMEMBERED {
            return;
        }
        self.coverage.runs += 1;
        match self.again.get_mut(&schedule) {
            None => {
                self.again.insert(schedule, false);
                self.coverage.distinct += 1;
                self.coverage.once += 1;
            }
            Some(again) => self.coverage.once -= u64::from(!std::mem::replace(again, true)),
        }
    }

    /// What was covered so far.
    pub(crate) fn coverage(&self, exhausted: Option<Exhausted>) -> Coverage {
        Coverage { exhausted, ..self.coverage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn counts_as_a_list_does(schedules in prop::collection::vec(0..20u64, 0..60)) {
            let mut counter = Counter::default();
            let mut counts = BTreeMap::new();
            for schedule in &schedules {
                counter.note(*schedule);
                *counts.entry(schedule).or_insert(0) += 1;
            }
            let coverage = counter.coverage(None);
            prop_assert_eq!(coverage.runs, schedules.len() as u64);
            prop_assert_eq!(coverage.distinct, counts.len() as u64);
            prop_assert_eq!(coverage.once, counts.values().filter(|n| **n == 1).count() as u64);
        }

        #[test]
        fn text_keeps_everything(
            (runs, distinct, once) in any::<(u64, u64, u64)>(),
            bound in prop::option::of(any::<(u32, u64, bool, bool)>()),
        ) {
            let exhausted = bound.map(|(deviations, runs, everything, of_first_input)| {
                let mut exhausted = Exhausted::default();
                (exhausted.deviations, exhausted.runs) = (deviations, runs);
                (exhausted.everything, exhausted.of_first_input) = (everything, of_first_input);
                exhausted
            });
            let coverage = Coverage { runs, distinct, once, exhausted };
            let text = coverage.to_text();
            prop_assert_eq!(Coverage::from_text(text.split(' ')), Some(coverage));
        }
    }

    #[test]
    fn it_is_told_in_a_sentence() {
        let mut exhausted = Exhausted::default();
        (exhausted.deviations, exhausted.runs) = (1, 1234);
        let told = |coverage: Coverage| coverage.to_string();
        let some = Coverage { runs: 2000, distinct: 1500, once: 30, exhausted: None };
        assert_eq!(
            told(some),
            "1,500 different schedules; the next run would show a new one with a chance of about 1.5 %"
        );
        assert_eq!(
            told(Coverage { exhausted: Some(exhausted), once: 1, ..some }),
            "1,500 different schedules; the next run would show a new one with a chance of less than 0.1 %; \
             all 1,234 with at most 1 deviation were tried"
        );
        exhausted.of_first_input = true;
        assert!(
            told(Coverage { exhausted: Some(exhausted), ..some })
                .ends_with("; all 1,234 with at most 1 deviation for the first input were tried")
        );
        exhausted.of_first_input = false;
        exhausted.everything = true;
        assert_eq!(
            told(Coverage { exhausted: Some(exhausted), distinct: 1, ..some }),
            "1 schedule; there are no others"
        );
    }
}
