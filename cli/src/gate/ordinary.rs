//! Tests that are none of ours, remembered for as long as their binaries stay the same.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// What is remembered. It is a help and no more: if the file is lost every test is asked again.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Ordinary {
    binaries: BTreeMap<PathBuf, Of>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Of {
    /// What says that it is the same: its length and when it was written.
    stamp: (u64, u128),
    tests: BTreeSet<String>,
}

impl Ordinary {
    /// Reads the file in `directory`.
    #[must_use]
    pub fn read(directory: &Path) -> Ordinary {
        let text = std::fs::read_to_string(directory.join(FILE)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Whether the test `name` of that binary is none of ours.
    #[must_use]
    pub fn has(&self, binary: &Path, name: &str) -> bool {
        let of = self.binaries.get(binary);
        of.is_some_and(|of| of.tests.contains(name) && stamp(binary) == Some(of.stamp))
    }

    /// Remembers it.
    pub fn add(&mut self, binary: &Path, name: &str) {
        let Some(stamp) = stamp(binary) else { return };
        let of = self.binaries.entry(binary.to_owned()).or_default();
        if of.stamp != stamp {
            *of = Of { stamp, tests: BTreeSet::new() };
        }
        of.tests.insert(name.to_owned());
    }

    /// Writes it, without binaries that are gone.
    pub fn write(mut self, directory: &Path) {
        self.binaries.retain(|path, of| stamp(path) == Some(of.stamp));
        let draft = directory.join(format!("{FILE}.{}", std::process::id()));
        let text = serde_json::to_string(&self).unwrap_or_default();
        let written = std::fs::write(&draft, text)
            .and_then(|()| std::fs::rename(&draft, directory.join(FILE)));
        if written.is_err() {
            let _ = std::fs::remove_file(&draft);
        }
    }
}

const FILE: &str = "ordinary.json";

fn stamp(path: &Path) -> Option<(u64, u128)> {
    let data = std::fs::metadata(path).ok()?;
    let written = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((data.len(), written.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_forgotten_with_the_binary() {
        let directory = tempfile::tempdir().unwrap();
        let binary = directory.path().join("binary");
        std::fs::write(&binary, "one").unwrap();
        let mut ordinary = Ordinary::read(directory.path());
        ordinary.add(&binary, "a");
        ordinary.add(&directory.path().join("none"), "a");
        assert!(ordinary.has(&binary, "a") && !ordinary.has(&binary, "b"));
        ordinary.write(directory.path());
        let ordinary = Ordinary::read(directory.path());
        assert!(ordinary.has(&binary, "a"));
        std::fs::write(&binary, "another").unwrap();
        assert!(!ordinary.has(&binary, "a"));
        std::fs::write(directory.path().join(FILE), "garbage").unwrap();
        assert!(!Ordinary::read(directory.path()).has(&binary, "a"));
    }
}
