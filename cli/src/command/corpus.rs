//! `cargo reveille corpus`: past failures as files.

mod import;
mod list;
mod merge;
mod place;
mod prune;
mod verify;

use super::{refuse, say, warn};
use crate::args::Corpus;
use crate::exit::Exit;

pub(super) fn run(corpus: &Corpus) -> Exit {
    match corpus {
        Corpus::List(corpora) => list::run(corpora),
        Corpus::Verify { build, corpora } => verify::run(*build, corpora),
        Corpus::Merge { from, into, manifest_path } => {
            merge::run(from, into.as_deref(), manifest_path.as_deref())
        }
        Corpus::Prune { dry_run, gone, corpora } => prune::run(*dry_run, *gone, corpora),
        Corpus::Import { what, of, binaries_metadata, selection } => {
            import::run(what, of.as_deref(), selection, binaries_metadata.as_deref())
        }
    }
}
