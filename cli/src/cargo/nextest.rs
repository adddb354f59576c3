//! Binaries that nextest has built, by the list that it writes of them.

use super::environment::Environment;
use super::{Binary, CargoError, Workspace};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct List {
    #[serde(rename = "rust-binaries")]
    binaries: BTreeMap<String, Built>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Built {
    binary_name: String,
    package_id: String,
    binary_path: PathBuf,
}

/// The binaries of the list in the file `path`, as `cargo nextest list --list-type
/// binaries-only --message-format json` prints it, that can have reveille tests.
pub(super) fn read(path: &Path, workspace: &Workspace) -> Result<Vec<Binary>, CargoError> {
    let wrong = |what: String| CargoError::Nextest { path: path.to_owned(), what };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let list: List = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let binaries = list.binaries.into_values().filter_map(|built| {
        let package = workspace.packages.get(&built.package_id)?.clone();
        package.links_reveille.then(|| Binary {
            package,
            target: built.binary_name,
            path: built.binary_path,
            environment: Environment::default(),
        })
    });
    Ok(binaries.collect())
}

impl Workspace {
    /// The binaries that nextest lists in the file `path`, in place of those that we would
    /// build.
    ///
    /// # Errors
    ///
    /// If the file is no such list.
    pub fn binaries_of_nextest(&self, path: &Path) -> Result<Vec<Binary>, CargoError> {
        read(path, self)
    }
}
