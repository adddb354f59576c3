//! Marks: states that a test wants to have seen in one of its runs.
//!
//! A state that no run reaches is not tested, however many runs pass. So looks and
//! sightings are counted over all runs of a check, and a mark that was never seen is
//! told. The names that stand in the test's own body are known even if nothing comes
//! by: the attribute lists them.

use crate::callsite::short_path;
use reveille_sim::Sighting;
use std::collections::BTreeMap;
use std::panic::Location;

/// Counts that the state `name` was reached, over all runs of the check.
///
/// A mark in the body of a `#[reveille::test]` that is reached in no run is a warning.
/// For code outside of it see [`Checker::expect_mark`](crate::Checker::expect_mark).
/// Outside a run it does nothing.
///
/// ```
/// let passed = reveille::Checker::new().try_check(|| async {
///     if reveille::draw(2) == 1 {
///         reveille::reachable!("drew a one");
///     }
/// });
/// assert!(passed.unwrap().marks[0].seen > 0);
/// ```
#[macro_export]
macro_rules! reachable {
    ($name:literal $(,)?) => {
        $crate::__private::look_for($name, true)
    };
}

/// Counts how often a condition was looked at and how often it held, over all runs of
/// the check.
///
/// A condition that never held is a warning, and so is a mark in the body of a
/// `#[reveille::test]` that nothing comes by. Outside a run it does nothing.
///
/// ```
/// let passed = reveille::Checker::new().runs(50).try_check(|| async {
///     let number = reveille::draw(4);
///     reveille::sometimes!("a three", number == 3);
/// });
/// let mark = &passed.unwrap().marks[0];
/// assert_eq!((mark.name.as_str(), mark.looks), ("a three", 50));
/// assert!(mark.seen > 0);
/// ```
#[macro_export]
macro_rules! sometimes {
    ($name:literal, $condition:expr $(,)?) => {
        $crate::__private::look_for($name, $condition)
    };
}

/// How often a mark was looked for, and seen, in all runs of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// File and line.
    pub at: String,
    /// How often a run came by.
    pub looks: u64,
    /// How often it was there.
    pub seen: u64,
}

impl Mark {
    pub(crate) fn of(sighting: &Sighting) -> Mark {
        let Sighting { name, at, looks, seen, .. } = sighting;
        Mark { name: (*name).to_owned(), at: place(at), looks: *looks, seen: *seen }
    }

    /// A mark that somebody may come by.
    pub(crate) fn expected(name: &str, at: &Location<'_>) -> Mark {
        Mark { name: name.to_owned(), at: place(at), looks: 0, seen: 0 }
    }

    /// A mark that was never seen in so many runs, in words.
    fn missed(&self, test: &str, runs: u64) -> Option<String> {
        let Mark { name, at, looks, seen } = self;
        let (file, line) = at.rsplit_once(':').unwrap_or((at, ""));
        let at = format!("{}:{line}", short_path(file));
        let what = match (looks, seen) {
            (0, _) => format!("was reached in none of {runs} runs"),
            (_, 0) => format!("was looked for {looks} times in {runs} runs and never seen"),
            _ => return None,
        };
        Some(format!(
            "warning[mark] in `{test}`: `{name}`, at {at}, {what}\n  \
             try: more runs, other arguments or smaller limits, so that the test gets there"
        ))
    }
}

fn place(at: &Location<'_>) -> String {
    format!("{}:{}", at.file(), at.line())
}

/// The marks of a check, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks(BTreeMap<String, Mark>);

impl Marks {
    pub(crate) fn add(&mut self, marks: Vec<Mark>) {
        for mark in marks {
            match self.0.get_mut(&mark.name) {
                Some(known) => {
                    known.looks += mark.looks;
                    known.seen += mark.seen;
                }
                None => {
                    self.0.insert(mark.name.clone(), mark);
                }
            }
        }
    }

    /// What is to be said of those that were never seen.
    pub(crate) fn warnings(&self, test: &str, runs: u64) -> Vec<String> {
        self.0.values().filter_map(|mark| mark.missed(test, runs)).collect()
    }

    pub(crate) fn into_list(self) -> Vec<Mark> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(name: &str, looks: u64, seen: u64) -> Mark {
        Mark { name: name.into(), at: "tests/a.rs:7".into(), looks, seen }
    }

    #[test]
    fn counts_are_added_by_name_and_listed_in_order() {
        let mut marks = Marks::default();
        marks.add(vec![mark("b", 1, 0), mark("a", 2, 2)]);
        marks.add(vec![mark("b", 3, 1)]);
        assert_eq!(marks.clone().into_list(), [mark("a", 2, 2), mark("b", 4, 1)]);
        assert_eq!(marks.warnings("t", 9), Vec::<String>::new());
    }

    #[test]
    fn marks_that_were_never_seen_are_told() {
        let mut marks = Marks::default();
        marks.add(vec![mark("full", 0, 0), mark("empty", 40, 0), mark("fine", 1, 1)]);
        let told: Vec<String> = marks.warnings("t", 10);
        let first: Vec<&str> = told.iter().filter_map(|text| text.lines().next()).collect();
        assert_eq!(
            first,
            [
                "warning[mark] in `t`: `empty`, at tests/a.rs:7, was looked for 40 times in 10 runs and never seen",
                "warning[mark] in `t`: `full`, at tests/a.rs:7, was reached in none of 10 runs",
            ]
        );
    }
}
