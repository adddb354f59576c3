//! One of several machines that share the tests.
//!
//! A shard takes every n-th unit of work. Where there are as many tests as shards or more, the
//! units are the tests, and together the shards do what one would; where there are fewer, the
//! rest of the shards search the same tests from other seeds.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;

/// The shard `index`, from 1 on, of `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharding {
    /// This one.
    Given(Shard),
    /// The one that the variables of the environment name.
    Auto,
}

/// No shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// The text is none.
    #[error("expected a shard such as 2/4, the second of four, or `auto`, got `{0}`")]
    NoShard(String),
    /// A variable has a value that is no number, or none that fits.
    #[error("{name}: expected the number of a shard below {} or at it, got `{value}`", count.map_or("its count".to_owned(), |count| count.to_string()))]
    Variable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// How many shards there are.
        count: Option<usize>,
    },
    /// A variable has the number of the shard, and that of all is missing.
    #[error("{index} is set and {count} is not: expected the number of all shards there")]
    NoCount {
        /// The one that is set.
        index: &'static str,
        /// The one that is missing.
        count: &'static str,
    },
    /// Nothing says which shard it is.
    #[error("--shard auto: none of {} is set", KNOWN.map(|known| known.index).join(", "))]
    Nothing,
}

/// Variables by which a system says which of how many jobs it runs.
struct Known {
    index: &'static str,
    count: &'static str,
    /// The lowest number, or the variable that has it.
    first: First,
}

enum First {
    Number(usize),
    Variable(&'static str),
}

const KNOWN: [Known; 6] = [
    // GitHub: the job sets them, from `strategy.job-index` and `strategy.job-total`.
    Known { index: "STRATEGY_JOB_INDEX", count: "STRATEGY_JOB_TOTAL", first: First::Number(0) },
    // GitLab, with `parallel`.
    Known { index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: First::Number(1) },
    // Slurm, an array.
    Known {
        index: "SLURM_ARRAY_TASK_ID",
        count: "SLURM_ARRAY_TASK_COUNT",
        first: First::Variable("SLURM_ARRAY_TASK_MIN"),
    },
    // Kubernetes, an indexed job, which must say `completions` once more in a variable.
    Known { index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: First::Number(0) },
    Known {
        index: "BUILDKITE_PARALLEL_JOB",
        count: "BUILDKITE_PARALLEL_JOB_COUNT",
        first: First::Number(0),
    },
    Known { index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", first: First::Number(0) },
];

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { index: 1, count: 1 };

    fn new(index: usize, count: usize) -> Option<Shard> {
        (1..=count).contains(&index).then_some(Shard { index, count })
    }

    /// The units of this shard of the work on `tests` tests: the number of a test, and which of
    /// its seeds, from 0 on.
    pub fn units(self, tests: usize) -> impl Iterator<Item = (usize, u64)> {
        let all = if tests == 0 { 0 } else { tests.max(self.count) };
        (0..all)
            .skip(self.index - 1)
            .step_by(self.count)
            .map(move |unit| (unit % tests, (unit / tests) as u64))
    }

    /// How many seeds of a test the shards take together, at most: further ones begin there.
    #[must_use]
    pub fn seeds(self, tests: usize) -> u64 {
        if tests == 0 { 1 } else { tests.max(self.count).div_ceil(tests) as u64 }
    }
}

impl Sharding {
    /// The shard; `lookup` is the environment.
    ///
    /// # Errors
    ///
    /// If the environment is asked and has no answer that can be read.
    pub fn find(self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Shard, ShardError> {
        match self {
            Sharding::Given(shard) => Ok(shard),
            Sharding::Auto => of_environment(lookup),
        }
    }
}

fn of_environment(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Shard, ShardError> {
    let text = |name: &str| lookup(name).map(|value| value.to_string_lossy().into_owned());
    let known =
        KNOWN.iter().find(|known| text(known.index).is_some()).ok_or(ShardError::Nothing)?;
    let number = |name: &'static str, value: String, count| {
        value.trim().parse::<usize>().map_err(|_| ShardError::Variable { name, value, count })
    };
    let count =
        text(known.count).ok_or(ShardError::NoCount { index: known.index, count: known.count })?;
    let count = number(known.count, count, None)?;
    let first = match known.first {
        First::Number(first) => first,
        First::Variable(name) => number(name, text(name).unwrap_or_else(|| "0".into()), None)?,
    };
    let value = text(known.index).unwrap_or_default();
    let index = number(known.index, value.clone(), Some(count))?;
    let shard = index.checked_sub(first).and_then(|index| Shard::new(index + 1, count));
    shard.ok_or(ShardError::Variable { name: known.index, value, count: Some(count) })
}

impl FromStr for Sharding {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Sharding, ShardError> {
        if text == "auto" {
            return Ok(Sharding::Auto);
        }
        // As nextest writes a partition, too.
        let numbers = text.strip_prefix("count:").unwrap_or(text).split_once('/');
        let shard =
            numbers.and_then(|(index, count)| Shard::new(index.parse().ok()?, count.parse().ok()?));
        shard.map(Sharding::Given).ok_or_else(|| ShardError::NoShard(text.to_owned()))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn units(shard: &str, tests: usize) -> Vec<(usize, u64)> {
        let Ok(Sharding::Given(shard)) = shard.parse() else { panic!("{shard}") };
        shard.units(tests).collect()
    }

    fn in_environment(variables: &[(&str, &str)]) -> Result<String, String> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let found = Sharding::Auto.find(lookup);
        found.map(|shard| shard.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn shards_share_the_tests_and_lose_none() {
        for tests in 0..12 {
            for count in 1..8 {
                let all: Vec<_> = (1..=count)
                    .flat_map(|index| units(&format!("{index}/{count}"), tests))
                    .collect();
                let different: BTreeSet<_> = all.iter().copied().collect();
                assert_eq!(different.len(), all.len(), "a unit is done twice");
                let covered: BTreeSet<_> = all.iter().map(|(test, _)| *test).collect();
                assert_eq!(covered.len(), tests);
                assert_eq!(all.len(), if tests == 0 { 0 } else { tests.max(count) });
                let Ok(Sharding::Given(shard)) = format!("1/{count}").parse() else { panic!() };
                assert!(all.iter().all(|(_, seed)| *seed < shard.seeds(tests)));
            }
        }
        assert_eq!(units("2/3", 7), [(1, 0), (4, 0)]);
        assert_eq!(units("3/4", 2), [(0, 1)]);
    }

    #[test]
    fn shards_are_read() {
        assert_eq!("2/4".parse(), Ok(Sharding::Given(Shard { index: 2, count: 4 })));
        assert_eq!("count:2/4".parse(), Ok(Sharding::Given(Shard { index: 2, count: 4 })));
        for text in ["", "0/4", "5/4", "1/0", "2", "a/b", "-1/2", "1/2/3", "hash:1/2"] {
            assert_eq!(text.parse::<Sharding>(), Err(ShardError::NoShard(text.into())));
        }
    }

    #[test]
    fn systems_say_it_in_their_ways() {
        for (variables, shard) in [
            (&[("STRATEGY_JOB_INDEX", "0"), ("STRATEGY_JOB_TOTAL", "3")][..], "1/3"),
            (&[("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "3")], "3/3"),
            (&[("JOB_COMPLETION_INDEX", "1"), ("JOB_COMPLETIONS", "2")], "2/2"),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "7"),
                    ("SLURM_ARRAY_TASK_COUNT", "4"),
                    ("SLURM_ARRAY_TASK_MIN", "5"),
                ],
                "3/4",
            ),
            (&[("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_COUNT", "4")], "1/4"),
        ] {
            assert_eq!(in_environment(variables), Ok(shard.to_owned()));
        }
        let refused = |variables: &[(&str, &str)]| in_environment(variables).unwrap_err();
        assert_eq!(
            refused(&[]),
            "--shard auto: none of STRATEGY_JOB_INDEX, CI_NODE_INDEX, SLURM_ARRAY_TASK_ID, \
             JOB_COMPLETION_INDEX, BUILDKITE_PARALLEL_JOB, CIRCLE_NODE_INDEX is set"
        );
        assert_eq!(
            refused(&[("JOB_COMPLETION_INDEX", "1")]),
            "JOB_COMPLETION_INDEX is set and JOB_COMPLETIONS is not: expected the number of all shards there"
        );
        assert_eq!(
            refused(&[("CI_NODE_INDEX", "4"), ("CI_NODE_TOTAL", "3")]),
            "CI_NODE_INDEX: expected the number of a shard below 3 or at it, got `4`"
        );
        assert_eq!(
            refused(&[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "3")]),
            "CI_NODE_INDEX: expected the number of a shard below 3 or at it, got `x`"
        );
    }
}
