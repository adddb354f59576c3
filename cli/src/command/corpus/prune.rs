//! Removes what nobody needs.

use super::place::{Tests, find, from_here};
use super::{refuse, say};
use crate::args::Corpora;
use crate::cargo::CargoError;
use crate::exit::Exit;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) fn run(dry_run: bool, gone: bool, corpora: &Corpora) -> Exit {
    let places = match find(corpora) {
        Ok(places) => places,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let tests = match gone.then(|| Tests::build(corpora.manifest_path.as_deref())).transpose() {
        Ok(tests) => tests,
        Err(CargoError::NotBuilt) => return refuse(Exit::NotBuilt, CargoError::NotBuilt),
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let mut files: BTreeSet<PathBuf> = BTreeSet::new();
    for place in &places {
        let store = place.store();
        files.extend(store.superfluous());
        if let Some(tests) = &tests {
            let entries = store.load_all().entries.into_iter();
            files.extend(entries.filter(|(_, entry)| tests.lacks(entry)).map(|(path, _)| path));
        }
    }
    let mut text = String::new();
    for path in &files {
        let what = if dry_run { "would remove" } else { "removed" };
        if !dry_run && let Err(error) = std::fs::remove_file(path) {
            return refuse(Exit::NotReady, format!("{}: {error}", from_here(path)));
        }
        text.push_str(&format!("{what} {}\n", from_here(path)));
        if let Some(directory) = path.parent().filter(|_| !dry_run) {
            // It goes if it is empty.
            let _ = std::fs::remove_dir(directory);
        }
    }
    text.push_str(&format!("{} files\n", files.len()));
    say(&text)
}
