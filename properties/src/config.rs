//! What the environment says about a test.
//!
//! | variable | values | meaning |
//! | --- | --- | --- |
//! | `REVEILLE_RUNS` | 1, 2, ... | runs per test |
//! | `REVEILLE_SEED` | a number, decimal or `0x..`, or `random` | where random choices begin |
//! | `REVEILLE_REPLAY` | a tape, or a file with one | the one run to repeat; tests it does not name run as ever |
//! | `REVEILLE_KEEP` | 1 or 0 | whether the run to repeat, if it fails, is made small and kept in the corpus |
//! | `REVEILLE_CORPUS` | a directory, or `off` in any case | where past failures are read and written |
//! | `REVEILLE_STRICT` | 1 or 0 | whether a corpus that cannot be used as it is fails the test |
//! | `REVEILLE_TRACE` | a directory | where the traces of failures and replays are written |
//! | `REVEILLE_BREAK` | 1, 2, ... | the step before which a replay stops for a debugger |
//! | `REVEILLE_WEAK_MEMORY` | 1 or 0 | whether loads of the engine of threads may give values that are not the newest |
//! | `REVEILLE_KERNEL_THREADS` | 1 or 0 | whether each strand of the engine of threads keeps its thread of the kernel, as a debugger wants it; slower |
//!
//! A value that cannot be read fails the test, and so does an empty one: a typo must not
//! look like a pass. A variable that begins like these and is none of them is warned of.

mod misspelt;

use crate::corpus::{Corpus, Entry, EntryError};
use crate::seed::Seed;
use reveille_sim::{Tape, TapeError};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) const RUNS: &str = "REVEILLE_RUNS";
pub(crate) const SEED: &str = "REVEILLE_SEED";
pub(crate) const REPLAY: &str = "REVEILLE_REPLAY";
pub(crate) const CORPUS: &str = "REVEILLE_CORPUS";
pub(crate) const STRICT: &str = "REVEILLE_STRICT";
pub(crate) const TRACE: &str = "REVEILLE_TRACE";
/// For the processes of `cargo reveille test`.
pub(crate) const GATE: &str = "REVEILLE_GATE";
pub(crate) const BREAK: &str = "REVEILLE_BREAK";
pub(crate) const KEEP: &str = "REVEILLE_KEEP";
pub(crate) const KERNEL_THREADS: &str = "REVEILLE_KERNEL_THREADS";
pub(crate) const WEAK_MEMORY: &str = "REVEILLE_WEAK_MEMORY";
pub(crate) const VARIABLES: [&str; 10] =
    [RUNS, SEED, REPLAY, KEEP, CORPUS, STRICT, TRACE, BREAK, WEAK_MEMORY, KERNEL_THREADS];

/// What was found in the environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) runs: Option<u64>,
    pub(crate) seed: Option<Seed>,
    /// The test that the tape is for, and the tape.
    pub(crate) replay: Option<(String, Tape)>,
    /// `Off`, or a directory.
    pub(crate) corpus: Option<Corpus>,
    pub(crate) strict: bool,
    /// Whether loads may give values that are not the newest.
    pub(crate) weak_memory: bool,
    /// Whether the run to repeat is kept.
    pub(crate) keep: bool,
    /// Where traces are written.
    pub(crate) trace: Option<PathBuf>,
    /// Before which step a replay stops.
    pub(crate) stops: Option<u64>,
}

/// Whether a binary that is built as this one can repeat the run of a tape.
pub(crate) fn is_of_this_engine(tape: &Tape) -> bool {
    tape.is_of_threads() == cfg!(reveille_threads) && (cfg!(reveille_races) || !tape.is_of_races())
}

/// Whether strands are handed over by the kernel.
#[cfg(reveille_threads)]
pub(crate) fn by_the_kernel() -> bool {
    std::env::var(KERNEL_THREADS).is_ok_and(|value| value.trim() == "1")
}

impl Config {
    pub(crate) fn from_env() -> Result<Config, ConfigError> {
        misspelt::warn_once();
        Config::from_lookup(|name| std::env::var_os(name))
    }

    pub(crate) fn from_lookup(
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Config, ConfigError> {
        let text = |name: &'static str| match lookup(name) {
            None => Ok(None),
            Some(value) => match value.into_string() {
                Ok(text) => Ok(Some(text)),
                Err(value) => {
                    Err(ConfigError::new(name, value.to_string_lossy(), Cause::NotUnicode))
                }
            },
        };
        let mut config = Config::default();
        if let Some(value) = text(RUNS)? {
            config.runs = match value.trim().parse() {
                Ok(runs) if runs > 0 => Some(runs),
                _ => return Err(ConfigError::new(RUNS, value, Cause::NoNumberOfRuns)),
            };
        }
        if let Some(value) = text(SEED)? {
            config.seed = match parse_seed(value.trim()) {
                Some(seed) => Some(seed),
                None => return Err(ConfigError::new(SEED, value, Cause::NoSeed)),
            };
        }
        if let Some(value) = text(REPLAY)? {
            let (test, tape) = read_tape(value.clone())?;
            if !is_of_this_engine(&tape) {
                return Err(ConfigError::new(REPLAY, value, Cause::OtherEngine));
            }
            config.replay = Some((test, tape));
        }
        config.corpus = match text(CORPUS)? {
            None => None,
            Some(value) if value.trim().is_empty() => {
                return Err(ConfigError::new(CORPUS, value, Cause::NoDirectory));
            }
            Some(value) if value.trim().eq_ignore_ascii_case("off") => Some(Corpus::Off),
            Some(value) => Some(Corpus::In(value.into())),
        };
        let switch = |name| match text(name)?.as_deref().map(str::trim) {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(value) => Err(ConfigError::new(name, value, Cause::NoSwitch)),
        };
        (config.strict, config.keep) = (switch(STRICT)?, switch(KEEP)?);
        config.weak_memory = switch(WEAK_MEMORY)?;
        if config.weak_memory && !cfg!(reveille_threads) {
            return Err(ConfigError::new(WEAK_MEMORY, "1", Cause::NoThreads));
        }
        // Whoever makes a world asks for it.
        switch(KERNEL_THREADS)?;
        if let Some(value) = text(BREAK)? {
            config.stops = match value.trim().parse() {
                Ok(step) if step > 0 => Some(step),
                _ => return Err(ConfigError::new(BREAK, value, Cause::NoStep)),
            };
        }
        config.trace = match lookup(TRACE) {
            None => None,
            Some(value) if value.to_string_lossy().trim().is_empty() => {
                let value = value.to_string_lossy();
                return Err(ConfigError::new(TRACE, value, Cause::NoTraceDirectory));
            }
            Some(value) => Some(value.into()),
        };
        Ok(config)
    }
}

fn parse_seed(text: &str) -> Option<Seed> {
    if text == "random" {
        return Some(Seed::drawn());
    }
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.ok().map(Seed::Given)
}

/// The value is a tape if it begins like one, else the name of a file, which holds a
/// tape or is an entry of a corpus.
fn read_tape(value: String) -> Result<(String, Tape), ConfigError> {
    let inline = Tape::from_text(&value);
    if !matches!(inline, Err(TapeError::NotATape)) {
        return inline.map_err(|error| ConfigError::new(REPLAY, value, Cause::Tape(error)));
    }
    let bytes = match std::fs::read(Path::new(&value)) {
        Ok(bytes) => bytes,
        Err(error) => return Err(ConfigError::new(REPLAY, value, Cause::NoFile(error))),
    };
    match Entry::from_bytes(&bytes) {
        Ok(entry) => return Ok((entry.test().to_owned(), entry.tape().clone())),
        Err(EntryError::NotAnEntry | EntryError::NotUtf8) => {}
        Err(error) => return Err(ConfigError::new(REPLAY, value, Cause::EntryInFile(error))),
    }
    let text = String::from_utf8_lossy(&bytes);
    Tape::from_text(&text)
        .map_err(|error| ConfigError::new(REPLAY, value, Cause::TapeInFile(error)))
}

/// A variable of the environment has a value that cannot be read.
#[derive(Debug)]
pub struct ConfigError {
    variable: &'static str,
    value: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    NotUnicode,
    NoNumberOfRuns,
    NoSeed,
    Tape(TapeError),
    TapeInFile(TapeError),
    EntryInFile(EntryError),
    NoDirectory,
    NoTraceDirectory,
    NoStep,
    NoSwitch,
    NoFile(std::io::Error),
    NoSuchTest,
    OtherEngine,
    NoThreads,
}

impl ConfigError {
    fn new(variable: &'static str, value: impl Into<String>, cause: Cause) -> Self {
        ConfigError { variable, value: value.into(), cause }
    }

    /// The tape names a test of this binary that the binary does not have.
    pub(crate) fn no_such_test(name: &str) -> Self {
        ConfigError::new(REPLAY, name, Cause::NoSuchTest)
    }

    /// The name of the variable.
    #[must_use]
    pub fn variable(&self) -> &str {
        self.variable
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConfigError { variable, value, cause } = self;
        write!(f, "{variable}: ")?;
        match cause {
            Cause::NotUnicode => write!(f, "expected unicode text, got `{value}`"),
            Cause::NoNumberOfRuns => {
                write!(f, "expected a number of runs from 1 on, such as 1000, got `{value}`")
            }
            Cause::NoSeed => write!(
                f,
                "expected a seed such as 7 or 0x2a, below 2^64, or the word `random`, got `{value}`"
            ),
            Cause::Tape(error) => write!(f, "{error}"),
            Cause::TapeInFile(error) => write!(f, "in the file `{value}`: {error}"),
            Cause::EntryInFile(error) => {
                write!(f, "the file `{value}` cannot be used as a corpus entry: {error}")
            }
            Cause::NoThreads => f.write_str(
                "only the engine of threads has loads that are not the newest, and this test is not built for \
                 it: `cargo reveille test --weak-memory` does that",
            ),
            Cause::OtherEngine if value.contains("/races/") => write!(
                f,
                "`{value}` is the tape of a race of data, which `cargo reveille replay` builds for"
            ),
            Cause::OtherEngine if cfg!(reveille_threads) => {
                write!(f, "expected a tape of the engine of threads, got `{value}`")
            }
            Cause::OtherEngine => write!(
                f,
                "`{value}` is a tape of the engine of threads, which `cargo reveille replay` builds for"
            ),
            Cause::NoDirectory => {
                write!(f, "expected a directory, or the word `off`, got `{value}`")
            }
            Cause::NoTraceDirectory => write!(f, "expected a directory, got `{value}`"),
            Cause::NoStep => {
                write!(f, "expected the number of a step from 1 on, such as 7, got `{value}`")
            }
            Cause::NoSwitch => write!(f, "expected 1 or 0, got `{value}`"),
            Cause::NoFile(error) => {
                write!(f, "`{value}` is neither a tape nor a file that can be read ({error})")
            }
            Cause::NoSuchTest => write!(
                f,
                "the tape is for the test `{value}`, which this binary does not have; \
                 expected the name of one of its tests"
            ),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Tape(error) | Cause::TapeInFile(error) => Some(error),
            Cause::EntryInFile(error) => Some(error),
            Cause::NoFile(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str, value: &str) -> Result<Config, ConfigError> {
        Config::from_lookup(|asked| (asked == name).then(|| value.into()))
    }

    fn refused(name: &str, value: &str) -> String {
        config(name, value).unwrap_err().to_string()
    }

    #[test]
    fn values_are_read() {
        assert_eq!(config(RUNS, "12").unwrap().runs, Some(12));
        assert_eq!(config(SEED, "0x2a").unwrap().seed, Some(Seed::Given(42)));
        assert_eq!(config(SEED, "42").unwrap().seed, Some(Seed::Given(42)));
        assert!(matches!(config(SEED, "random").unwrap().seed, Some(Seed::Drawn(_))));
        let tape = Tape::new().to_text("a::b");
        assert_eq!(config(REPLAY, &tape).unwrap().replay, Some(("a::b".into(), Tape::new())));
        assert!(config("OTHER", "x").unwrap().replay.is_none());
        for off in ["off", "OFF", "Off", " off "] {
            assert_eq!(config(CORPUS, off).unwrap().corpus, Some(Corpus::Off));
        }
        assert_eq!(config(CORPUS, "./off").unwrap().corpus, Some("./off".into()));
        assert_eq!(config(CORPUS, "some/where").unwrap().corpus, Some("some/where".into()));
        assert!(config(STRICT, "1").unwrap().strict && !config(STRICT, "0").unwrap().strict);
        let nothing = config("OTHER", "x").unwrap();
        assert_eq!((nothing.corpus, nothing.strict), (None, false));
    }

    #[test]
    fn errors_name_the_variable_and_the_expectation() {
        for value in ["", "0", "-1", "1e3", "many", "99999999999999999999999"] {
            assert_eq!(
                refused(RUNS, value),
                format!(
                    "REVEILLE_RUNS: expected a number of runs from 1 on, such as 1000, got `{value}`"
                )
            );
        }
        for value in ["", "0xzz", "-4", "seven", "18446744073709551616"] {
            assert_eq!(
                refused(SEED, value),
                format!(
                    "REVEILLE_SEED: expected a seed such as 7 or 0x2a, below 2^64, or the word `random`, got `{value}`"
                )
            );
        }
        for value in ["", "  "] {
            assert_eq!(
                refused(CORPUS, value),
                format!("REVEILLE_CORPUS: expected a directory, or the word `off`, got `{value}`")
            );
        }
        for value in ["", "2", "yes", "true", "01"] {
            assert_eq!(
                refused(STRICT, value),
                format!("REVEILLE_STRICT: expected 1 or 0, got `{value}`")
            );
        }
        let cut = &Tape::new().to_text("a::b")[..12];
        assert_eq!(
            refused(REPLAY, cut),
            "REVEILLE_REPLAY: the tape is cut: it does not end in `/sum=` and eight digits"
        );
        assert!(refused(REPLAY, "no/such/file").starts_with(
            "REVEILLE_REPLAY: `no/such/file` is neither a tape nor a file that can be read ("
        ));
    }

    #[test]
    fn a_file_is_read_whatever_bytes_it_has() {
        let file = std::env::temp_dir().join(format!("reveille-config-{}", std::process::id()));
        let path = file.to_str().unwrap();
        std::fs::write(&file, [0xff, 0xfe, b'v', b'1', b'/']).unwrap();
        let damaged = refused(REPLAY, path);
        std::fs::write(&file, Tape::new().to_text("a::b") + "\n").unwrap();
        let good = config(REPLAY, path).unwrap().replay;
        std::fs::remove_file(&file).unwrap();
        assert!(
            damaged.contains("in the file") && damaged.contains("expected a tape"),
            "{damaged}"
        );
        assert_eq!(good, Some(("a::b".into(), Tape::new())));
    }
}
