//! Whether every file of a corpus can be used.

use super::place::{Tests, find, from_here};
use super::{refuse, say, warn};
use crate::args::Corpora;
use crate::cargo::CargoError;
use crate::exit::Exit;
use reveille::corpus::EntryError;

pub(super) fn run(build: bool, corpora: &Corpora) -> Exit {
    let places = match find(corpora) {
        Ok(places) => places,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let tests = match build.then(|| Tests::build(corpora.manifest_path.as_deref())).transpose() {
        Ok(tests) => tests,
        Err(CargoError::NotBuilt) => return refuse(Exit::NotBuilt, CargoError::NotBuilt),
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let (mut entries, mut wrong) = (0, 0);
    for place in &places {
        let store = place.store();
        let loaded = store.load_all();
        entries += loaded.entries.len();
        for problem in &loaded.problems {
            let why = match &problem.error {
                EntryError::OtherTest(test) => {
                    format!("it is of the test `{test}`, whose directory is another one")
                }
                error => error.to_string(),
            };
            warn(format!("{}: {why}", from_here(&problem.path)));
            wrong += 1;
        }
        for path in store.superfluous() {
            warn(format!("{}: it is superfluous; `corpus prune` removes it", from_here(&path)));
            wrong += 1;
        }
        let gone = |entry: &reveille::corpus::Entry| {
            tests.as_ref().is_some_and(|tests| tests.lacks(entry))
        };
        for (path, entry) in loaded.entries.iter().filter(|(_, entry)| gone(entry)) {
            warn(format!("{}: there is no test `{}`", from_here(path), entry.test()));
            wrong += 1;
        }
    }
    match wrong {
        0 => say(&format!("{entries} entries, all of use\n")),
        _ => refuse(Exit::Failed, format!("{wrong} files of the corpus are not as they should be")),
    }
}
