//! Where corpora are, and which tests there are.

use crate::args::Corpora;
use crate::cargo::{CargoError, Listed, Selection, Workspace, build};
use reveille::corpus::{Entry, Store};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A corpus of the workspace.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) root: PathBuf,
}

impl Place {
    pub(super) fn store(&self) -> Store {
        Store::at(&self.root)
    }
}

/// The corpora that are meant and exist.
pub(super) fn find(corpora: &Corpora) -> Result<Vec<Place>, CargoError> {
    if !corpora.directories.is_empty() {
        let places = corpora.directories.iter().map(|root| Place { root: root.clone() });
        return Ok(places.collect());
    }
    let workspace = read(corpora.manifest_path.as_deref())?;
    let directories = workspace.packages.values().filter_map(|package| package.manifest.parent());
    let roots = directories.map(|directory| directory.join("corpus"));
    let places = roots.filter(|root| root.is_dir()).map(|root| Place { root });
    Ok(places.collect())
}

pub(super) fn read(manifest_path: Option<&Path>) -> Result<Workspace, CargoError> {
    Workspace::read_packages(&selection(manifest_path))
}

fn selection(manifest_path: Option<&Path>) -> Selection {
    Selection::of_workspace(manifest_path.map(Path::to_owned))
}

/// A path as it is shown: from here.
pub(super) fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

/// The tests that there are, as entries name them.
pub(super) struct Tests(BTreeSet<String>);

impl Tests {
    pub(super) fn build(manifest_path: Option<&Path>) -> Result<Tests, CargoError> {
        let (_, binaries) = build(&selection(manifest_path))?;
        let mut names = BTreeSet::new();
        for binary in &binaries {
            if let Ok(Listed::Tests(tests)) = binary.list() {
                names.extend(tests.iter().map(|(name, _)| format!("{}::{name}", binary.krate())));
            }
        }
        Ok(Tests(names))
    }

    /// Whether the test of an entry is gone. One that has a name of its own, or that of a place,
    /// cannot be known.
    pub(super) fn lacks(&self, entry: &Entry) -> bool {
        let name = entry.test();
        let is_path = name.contains("::")
            && name.split("::").all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            });
        is_path && !self.0.contains(name)
    }
}
