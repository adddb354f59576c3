//! What is left of a process that is killed: a file in memory, in which the number of the
//! present run stands and, if they are asked for, the choices of one run.
//!
//! ```text
//! word 0     the run that is being made, from 1 on; 0 before the first
//! word 1     the entry of the corpus that is being replayed, from 1 on; 0 if none is
//! word 2     how many choices follow
//! word 3     the steps of that run
//! word 4 ..  a choice each: its kind in the upper half, the option in the lower
//! ```
//!
//! The file belongs to the gate, which makes it as long as is wanted: with room for choices
//! only where a run is to be rescued. One process writes, and the gate reads when that is gone.

use crate::overseen::Overseer;
use reveille_sim::{Kind, Tape};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Words before the choices.
const HEAD: usize = 4;

/// A file in memory that outlives the process.
#[derive(Debug)]
pub(crate) struct Board {
    words: &'static [AtomicU64],
}

impl Board {
    /// Takes the file as it is. It stays in memory as long as the process lives.
    #[cfg(unix)]
    pub(super) fn open(path: &Path) -> io::Result<&'static Board> {
        use std::os::fd::AsRawFd;

        let file = std::fs::File::options().read(true).write(true).open(path)?;
        let bytes = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        if bytes < HEAD * size_of::<u64>() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too short"));
        }
        // SAFETY: the file is open, and nothing is asked for at a certain address.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the mapping is as long as that, begins at a page and is never taken back; that
        // others may write to it is what atomics are for. Should somebody cut the file, an
        // access would end the process, and nobody does.
        let words = unsafe {
            std::slice::from_raw_parts(start.cast::<AtomicU64>(), bytes / size_of::<u64>())
        };
        Ok(Box::leak(Box::new(Board { words })))
    }

    #[cfg(not(unix))]
    pub(super) fn open(_path: &Path) -> io::Result<&'static Board> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The search is about to make that run.
    #[inline]
    pub(crate) fn making(&self, run: u64) {
        self.words[0].store(run + 1, Ordering::Relaxed);
    }

    /// That entry of the corpus is about to be replayed, the first being 0; or no more is.
    pub(crate) fn replaying(&self, entry: Option<usize>) {
        self.words[1].store(entry.map_or(0, |entry| entry as u64 + 1), Ordering::Relaxed);
    }

    fn clear_choices(&self) {
        self.words[2].store(0, Ordering::Relaxed);
        self.words[3].store(0, Ordering::Relaxed);
    }

    /// Puts a choice down, if there is room.
    fn push(&self, kind: Kind, option: u32) {
        let count = self.words[2].load(Ordering::Relaxed);
        let place = usize::try_from(count).ok().and_then(|count| self.words.get(HEAD + count));
        if let Some(word) = place {
            word.store(u64::from(kind as u8) << 32 | u64::from(option), Ordering::Relaxed);
            self.words[2].store(count + 1, Ordering::Relaxed);
        }
    }

    fn step(&self) {
        self.words[3].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn steps(&self) -> u64 {
        self.words[3].load(Ordering::Relaxed)
    }

    /// The entry that was being replayed.
    pub(crate) fn entry(&self) -> Option<usize> {
        let entry = self.words[1].load(Ordering::Relaxed);
        usize::try_from(entry).unwrap_or(usize::MAX).checked_sub(1)
    }

    /// The run that was being made last; none before the first.
    pub(crate) fn run(&self) -> Option<u64> {
        self.words[0].load(Ordering::Relaxed).checked_sub(1)
    }

    /// The choices that were put down.
    pub(crate) fn tape(&self) -> Tape {
        let count = usize::try_from(self.words[2].load(Ordering::Relaxed)).unwrap_or(usize::MAX);
        let mut tape = Tape::new();
        tape.set_of_threads(cfg!(reveille_threads));
        for word in self.words[HEAD..].iter().take(count) {
            let word = word.load(Ordering::Relaxed);
            if let Some(kind) =
                Kind::ALL.into_iter().find(|kind| u64::from(*kind as u8) == word >> 32)
            {
                tape.push(kind, word as u32);
            }
        }
        tape
    }
}

/// Where a run is to be rescued its choices are put down before they take effect.
impl Overseer for &Board {
    fn begins(&mut self) {
        self.clear_choices();
    }

    fn chosen(&mut self, kind: Kind, option: u32) {
        self.push(kind, option);
    }

    fn turn(&mut self) {
        self.step();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_down_is_there_for_the_next_who_opens_it() {
        let path = std::env::temp_dir().join(format!("reveille-board-{}", std::process::id()));
        std::fs::write(&path, [0; 8 * (HEAD + 3)]).unwrap();
        let board = Board::open(&path).unwrap();
        assert_eq!((board.run(), board.tape()), (None, Tape::new()));
        board.making(7);
        board.replaying(Some(1));
        let mut tape = Tape::new();
        for (kind, option) in [(Kind::Schedule, 3), (Kind::Argument, u32::MAX), (Kind::Schedule, 0)]
        {
            tape.push(kind, option);
            board.push(kind, option);
            board.step();
        }
        // There is no room.
        board.push(Kind::Schedule, 1);
        let again = Board::open(&path).unwrap();
        assert_eq!((again.run(), again.steps(), again.tape()), (Some(7), 3, tape));
        again.clear_choices();
        assert_eq!(board.tape(), Tape::new());
        std::fs::write(&path, [0; 8]).unwrap();
        assert!(Board::open(&path).is_err());
        std::fs::remove_file(&path).unwrap();
    }
}
