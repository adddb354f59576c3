//! The file of one failing interleaving.
//!
//! It holds loom's path through its choices, by which the iteration is repeated at once,
//! and what the threads did in it, by which a model is recognized: loom follows the path of
//! another model into a loop without end. JSON, whose first field is the version:
//!
//! ```json
//! { "reveille-loom": 1, "test": "tests::keeps_the_token", "model": "park_unpark of MyParker: ...",
//!   "preemptions": null, "branches": 1000, "steps": [...], "path": "...", "sum": "0123456789abcdef" }
//! ```

use crate::recorder::Step;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TraceFile {
    #[serde(rename = "reveille-loom")]
    version: u32,
    pub(crate) test: String,
    pub(crate) model: String,
    pub(crate) preemptions: Option<usize>,
    pub(crate) branches: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) path: String,
    sum: String,
}

/// Why a file is not taken.
#[derive(Debug)]
pub(crate) enum TraceError {
    Read(PathBuf, std::io::Error),
    Parse(PathBuf, serde_json::Error),
    Version(PathBuf, u32),
    Damaged(PathBuf),
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TraceError::Read(path, error) => {
                write!(f, "expected a trace in `{}`, which cannot be read: {error}", path.display())
            }
            TraceError::Parse(path, error) => {
                write!(f, "expected a trace of reveille-loom in `{}`: {error}", path.display())
            }
            TraceError::Version(path, version) => write!(
                f,
                "expected a trace of version {VERSION} in `{}`, got version {version}",
                path.display()
            ),
            TraceError::Damaged(path) => write!(
                f,
                "expected the sum of `{}` to be that of its content: it was cut off or changed",
                path.display()
            ),
        }
    }
}

impl TraceFile {
    pub(crate) fn new(
        test: &str,
        model: &str,
        preemptions: Option<usize>,
        branches: usize,
        steps: Vec<Step>,
        path: String,
    ) -> TraceFile {
        let mut trace = TraceFile {
            version: VERSION,
            test: test.into(),
            model: model.into(),
            preemptions,
            branches,
            steps,
            path,
            sum: String::new(),
        };
        trace.sum = trace.computed_sum();
        trace
    }

    fn computed_sum(&self) -> String {
        let unsummed = TraceFile { sum: String::new(), ..self.clone() };
        let text = serde_json::to_string(&unsummed).unwrap_or_default();
        format!("{:016x}", fnv1a(text.as_bytes()))
    }

    pub(crate) fn sum(&self) -> &str {
        &self.sum
    }

    pub(crate) fn read(path: &Path) -> Result<TraceFile, TraceError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| TraceError::Read(path.into(), error))?;
        TraceFile::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<TraceFile, TraceError> {
        let trace: TraceFile =
            serde_json::from_str(text).map_err(|error| TraceError::Parse(path.into(), error))?;
        match trace.version {
            VERSION if trace.sum == trace.computed_sum() => Ok(trace),
            VERSION => Err(TraceError::Damaged(path.into())),
            version => Err(TraceError::Version(path.into(), version)),
        }
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// Fowler, Noll, Vo: FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::Place;
    use proptest::prelude::*;

    fn step() -> impl Strategy<Value = Step> {
        (0..5usize, any::<Option<u32>>(), ".*", ".*", any::<Option<usize>>()).prop_map(
            |(thread, object, operation, result, missed)| Step {
                thread,
                object,
                operation,
                result,
                at: Place { file: "src/lib.rs".into(), line: 1 },
                missed,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            test in ".*",
            model in ".*",
            preemptions in any::<Option<usize>>(),
            steps in proptest::collection::vec(step(), 0..8),
            path in ".*",
        ) {
            let trace = TraceFile::new(&test, &model, preemptions, 7, steps, path);
            prop_assert_eq!(TraceFile::parse(&trace.text(), Path::new("x")).unwrap(), trace);
        }

        #[test]
        fn a_file_that_was_cut_off_or_changed_is_refused(cut in 0..200usize, byte in any::<u8>()) {
            let trace = TraceFile::new("a", "b", None, 7, Vec::new(), "path".into());
            let text = trace.text();
            let cut = cut % (text.len() - 1);
            prop_assert!(TraceFile::parse(&text[..cut], Path::new("x")).is_err());
            let mut changed = text.into_bytes();
            changed[cut] = byte;
            if let Ok(changed) = String::from_utf8(changed)
                && let Ok(read) = TraceFile::parse(&changed, Path::new("x"))
            {
                prop_assert_eq!(read, trace, "it may only say the same in other letters");
            }
        }
    }

    #[test]
    fn another_version_is_named() {
        let trace = TraceFile {
            version: 2,
            ..TraceFile::new("a", "b", None, 7, Vec::new(), String::new())
        };
        let error = TraceFile::parse(&trace.text(), Path::new("x.loom")).unwrap_err();
        assert_eq!(error.to_string(), "expected a trace of version 1 in `x.loom`, got version 2");
    }
}
