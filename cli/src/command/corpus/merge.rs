//! Brings entries from elsewhere together.

use super::place::{from_here, read};
use super::{refuse, say, warn};
use crate::cargo::Workspace;
use crate::exit::Exit;
use reveille::corpus::{Added, Entry, Store};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(super) fn run(from: &[PathBuf], into: Option<&Path>, manifest_path: Option<&Path>) -> Exit {
    let workspace = match into.is_none().then(|| read(manifest_path)).transpose() {
        Ok(workspace) => workspace,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let (mut new, mut known, mut lost) = (0, 0, 0);
    for directory in from {
        let files = match files_below(directory) {
            Ok(files) => files,
            Err(error) => {
                return refuse(Exit::NotReady, format!("{}: {error}", directory.display()));
            }
        };
        for path in files {
            let entry = match read_entry(&path) {
                Ok(entry) => entry,
                Err(why) => {
                    warn(format!("{} is left out: {why}", from_here(&path)));
                    lost += 1;
                    continue;
                }
            };
            let root = match (into, &workspace) {
                (Some(into), _) => Some(into.to_owned()),
                (None, workspace) => workspace.as_ref().and_then(|w| corpus_of(w, &entry)),
            };
            let Some(root) = root else {
                warn(format!(
                    "{} is left out: no package of the workspace has a test `{}`; --into says where it goes",
                    from_here(&path),
                    entry.test()
                ));
                lost += 1;
                continue;
            };
            match Store::at(root).add(&entry) {
                Ok(Added::Kept(_)) => new += 1,
                // What is not kept has a shorter one in its place.
                Ok(_) => known += 1,
                Err(error) => return refuse(Exit::NotReady, error),
            }
        }
    }
    let told =
        format!("{new} new entries; {known} were known, or have a shorter one in their place\n");
    match (say(&told), lost) {
        (said, 0) => said,
        (_, lost) => refuse(Exit::Failed, format!("{lost} files could not be used")),
    }
}

/// The corpus of the package that has the test of an entry.
fn corpus_of(workspace: &Workspace, entry: &Entry) -> Option<PathBuf> {
    let krate = entry.test().split("::").next()?;
    let has = |target: &(String, bool)| target.0.replace('-', "_") == krate;
    let package = workspace.packages.values().find(|package| package.targets.iter().any(has))?;
    Some(package.manifest.parent()?.join("corpus"))
}

fn read_entry(path: &Path) -> Result<Entry, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Entry::from_bytes(&bytes).map_err(|error| error.to_string())
}

/// The entries below a directory, in the order of their names.
fn files_below(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)?
        .map(|file| file.map(|file| file.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if path.extension() == Some(OsStr::new("tape")) {
            files.push(path);
        }
    }
    Ok(files)
}
