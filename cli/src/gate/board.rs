//! The boards of checks: files in which a process that is killed leaves what it was doing; see
//! the module `gate` of the crate `reveille`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A board without choices: four numbers.
const BARE: u64 = 32;
/// With room for the choices of a run; what is not written takes no room on the disk.
const WITH_CHOICES: u64 = BARE + (64 << 20);

#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) path: PathBuf,
}

impl Board {
    pub(super) fn new(directory: &Path, number: usize, with_choices: bool) -> io::Result<Board> {
        let path = directory.join(format!("board-{number}"));
        let length = if with_choices { WITH_CHOICES } else { BARE };
        File::create(&path)?.set_len(length)?;
        Ok(Board { path })
    }

    /// The run of the search that was being made, the first being 0; none before that.
    pub(super) fn run(&self) -> Option<u64> {
        self.number(0)?.checked_sub(1)
    }

    /// Whether an entry of the corpus was being replayed.
    pub(super) fn is_replaying(&self) -> bool {
        self.number(1).is_some_and(|entry| entry > 0)
    }

    fn number(&self, place: usize) -> Option<u64> {
        let mut bytes = [0; BARE as usize];
        File::open(&self.path).ok()?.read_exact(&mut bytes).ok()?;
        let bytes = bytes.chunks_exact(8).nth(place)?;
        bytes.try_into().ok().map(u64::from_ne_bytes)
    }

    pub(super) fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
