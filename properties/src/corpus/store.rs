//! Entries on disk.
//!
//! A file gets there whole or not at all: it is written under another name, flushed
//! to the disk and renamed. Its name is its content, so two processes that find the
//! same write the same file, and two that find something else do not meet. No file is
//! ever written over, whatever is in it, but to add what people remarked to the same entry.
//!
//! After the new file is in its place those that it makes superfluous are removed:
//! what [`merge`] would drop of all that are there. A concurrent writer's file is never
//! lost by that. What is removed has a shorter one of its cause beside it, or as many
//! shorter ones as are kept; the shortest of a cause only ever gets shorter, so this
//! stays true whatever the others do.

use super::entry::Entry;
use super::error::EntryError;
use super::format;
use super::merge::merge;
use super::place::directory_of;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

const EXTENSION: &str = "tape";
/// What is being written and has no name yet.
const DRAFT: &str = "draft";
/// After so long nobody is writing a draft any more.
const ABANDONED: Duration = Duration::from_secs(3_600);
/// Nothing longer is read.
const LONGEST: u64 = 64 << 20;

/// The entries in a directory, by test.
///
/// ```
/// use reveille::corpus::Store;
///
/// let store = Store::at("no/such/directory");
/// let loaded = store.load("my_crate::tests::hands_over");
/// assert!(loaded.entries.is_empty() && loaded.problems.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// What was found on disk.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// The entries and their files, in the order of the names of the files.
    pub entries: Vec<(PathBuf, Entry)>,
    /// The files that cannot be used.
    pub problems: Vec<Problem>,
}

/// A file that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub error: EntryError,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Added {
    /// It is kept in this file.
    Kept(PathBuf),
    /// It was there already.
    Known(PathBuf),
    /// This file has a shorter tape of the same cause.
    Shorter(PathBuf),
    /// There are enough others, all shorter.
    Full,
}

impl Store {
    /// The corpus in the directory `root`, which need not exist.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Store {
        Store { root: root.into() }
    }

    /// The directory of the test `test`.
    #[must_use]
    pub fn directory(&self, test: &str) -> PathBuf {
        self.root.join(directory_of(test))
    }

    /// Reads what is known of the test `test`.
    #[must_use]
    pub fn load(&self, test: &str) -> Loaded {
        let mut loaded = Loaded::default();
        loaded.read_directory(&self.directory(test), |entry| entry.test() == test);
        loaded
    }

    /// Reads what is known of every test.
    #[must_use]
    pub fn load_all(&self) -> Loaded {
        let mut loaded = Loaded::default();
        match files_in(&self.root) {
            Ok(directories) => {
                for directory in directories.iter().filter(|path| path.is_dir()) {
                    let belongs = |entry: &Entry| self.directory(entry.test()) == *directory;
                    loaded.read_directory(directory, belongs);
                }
            }
            Err(error) => loaded.cannot_read(&self.root, &error),
        }
        loaded
    }

    /// Writes an entry and removes those that it makes superfluous.
    ///
    /// # Errors
    ///
    /// If the directory or the file cannot be written.
    pub fn add(&self, entry: &Entry) -> Result<Added, StoreError> {
        let directory = self.directory(entry.test());
        fs::create_dir_all(&directory).map_err(|error| StoreError::new(&directory, error))?;
        remove_abandoned(&directory);
        let path = match free_name(&directory, entry) {
            Name::Free(path) => path,
            Name::Known(path) => {
                add_remarks(&path, entry).map_err(|error| StoreError::new(&path, error))?;
                return Ok(Added::Known(path));
            }
            Name::Taken(path) => {
                let error = io::Error::new(ErrorKind::AlreadyExists, "another file has its name");
                return Err(StoreError::new(&path, error));
            }
        };
        write_whole(&path, entry.to_text().as_bytes())
            .map_err(|error| StoreError::new(&path, error))?;
        Ok(self.tidy(entry, path))
    }

    /// The files that nobody needs: of entries that a shorter one of the same cause or as many
    /// shorter ones as are kept stand beside, and what is left of processes that were killed
    /// as they wrote.
    #[must_use]
    pub fn superfluous(&self) -> Vec<PathBuf> {
        let entries = self.load_all().entries;
        let kept = merge(entries.iter().map(|(_, entry)| entry.clone()));
        let mut seen = Vec::new();
        let mut is_needed = |entry: &Entry| {
            let weight = (entry.test(), entry.weight());
            // Of two files with the same content one will do.
            let is_first = !seen.contains(&(entry.test().to_owned(), entry.weight()));
            seen.push((entry.test().to_owned(), entry.weight()));
            is_first && kept.iter().any(|kept| (kept.test(), kept.weight()) == weight)
        };
        let longer = entries.iter().filter(|(_, entry)| !is_needed(entry));
        let mut files: Vec<PathBuf> = longer.map(|(path, _)| path.clone()).collect();
        for directory in
            files_in(&self.root).unwrap_or_default().iter().filter(|path| path.is_dir())
        {
            files.extend(abandoned(directory));
        }
        files.sort();
        files
    }

    /// Removes what is superfluous; says what that means for `own`.
    fn tidy(&self, own: &Entry, own_path: PathBuf) -> Added {
        let entries = self.load(own.test()).entries;
        let kept = merge(entries.iter().map(|(_, entry)| entry.clone()));
        let is_kept = |entry: &Entry| kept.iter().any(|kept| kept.weight() == entry.weight());
        for (path, _) in entries.iter().filter(|(_, entry)| !is_kept(entry)) {
            // If it cannot be removed it stays, and nothing is wrong.
            let _ = fs::remove_file(path);
        }
        if is_kept(own) {
            return Added::Kept(own_path);
        }
        let same_cause = kept.iter().find(|kept| kept.identity() == own.identity());
        let shorter = same_cause
            .and_then(|kept| entries.iter().find(|(_, entry)| entry.weight() == kept.weight()));
        shorter.map_or(Added::Full, |(path, _)| Added::Shorter(path.clone()))
    }
}

impl Loaded {
    /// Reads the entries in a directory; those that do not belong there are a problem.
    fn read_directory(&mut self, directory: &Path, belongs: impl Fn(&Entry) -> bool) {
        let mut paths = match files_in(directory) {
            Ok(paths) => paths,
            Err(error) => return self.cannot_read(directory, &error),
        };
        paths.retain(|path| path.extension() == Some(OsStr::new(EXTENSION)));
        for path in paths {
            match read(&path) {
                // Removed since, by somebody who knows a shorter one.
                Ok(None) => {}
                Ok(Some(entry)) if belongs(&entry) => self.entries.push((path, entry)),
                Ok(Some(entry)) => {
                    let error = EntryError::OtherTest(entry.test().to_owned());
                    self.problems.push(Problem { path, error });
                }
                Err(error) => self.problems.push(Problem { path, error }),
            }
        }
    }

    fn cannot_read(&mut self, path: &Path, error: &io::Error) {
        let error = EntryError::Unreadable(error.to_string());
        self.problems.push(Problem { path: path.to_owned(), error });
    }
}

/// What is in a directory, in the order of the names; nothing if there is no such
/// directory.
fn files_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let files = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut paths = Vec::new();
    for file in files {
        paths.push(file?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Reads a file; none if it is not there.
fn read(path: &Path) -> Result<Option<Entry>, EntryError> {
    let unreadable = |error: io::Error| EntryError::Unreadable(error.to_string());
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(unreadable)?,
    };
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(EntryError::Unreadable("it is longer than 64 MiB".into()));
    }
    Entry::from_bytes(&bytes).map(Some)
}

enum Name {
    Free(PathBuf),
    /// The entry is there.
    Known(PathBuf),
    /// Something else is there, under the longest name too.
    Taken(PathBuf),
}

/// A short name; a longer one if some other file has it.
fn free_name(directory: &Path, entry: &Entry) -> Name {
    let path = |digits| directory.join(entry.file_name(digits));
    for digits in [8, 16] {
        let path = path(digits);
        match read(&path) {
            Ok(None) => return Name::Free(path),
            Ok(Some(other)) if format::content(&other) == format::content(entry) => {
                return Name::Known(path);
            }
            _ => {}
        }
    }
    Name::Taken(path(16))
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut file, draft) = new_draft(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    let written = written.and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written?;
    flush_directory(path);
    Ok(())
}

/// A new file beside `path`. A process of this number may have left one behind, or write
/// one on another machine right now.
fn new_draft(path: &Path) -> io::Result<(File, PathBuf)> {
    static DRAFTS: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = path.with_extension(format!("{}-{number}.{DRAFT}", std::process::id()));
        match File::create_new(&draft) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            file => return file.map(|file| (file, draft)),
        }
    }
}

/// Has the new name reach the disk, where that can be asked for.
fn flush_directory(path: &Path) {
    #[cfg(unix)]
    if let Some(directory) = path.parent()
        && let Ok(directory) = File::open(directory)
    {
        let _ = directory.sync_all();
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Removes the drafts of processes that were killed.
fn remove_abandoned(directory: &Path) {
    for path in abandoned(directory) {
        let _ = fs::remove_file(&path);
    }
}

/// The drafts in a directory that nobody is writing any more.
fn abandoned(directory: &Path) -> Vec<PathBuf> {
    let is_abandoned = |path: &PathBuf| {
        let is_draft = path.extension() == Some(OsStr::new(DRAFT));
        let written = fs::metadata(path).and_then(|data| data.modified());
        let age = written.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
        is_draft && age.is_some_and(|age| age > ABANDONED)
    };
    files_in(directory).unwrap_or_default().into_iter().filter(is_abandoned).collect()
}

/// Adds what people remarked in `entry` to the file of the same entry. Remarks are the one
/// thing for which a file is written anew; who writes at the same moment may be the one that
/// stays, so it is looked at again.
fn add_remarks(path: &Path, entry: &Entry) -> io::Result<()> {
    const TRIES: u32 = 8;
    for _ in 0..TRIES {
        let Ok(Some(mut known)) = read(path) else { return Ok(()) };
        let before = known.clone();
        known.take_remarks(entry);
        if known == before {
            return Ok(());
        }
        write_whole(path, known.to_text().as_bytes())?;
    }
    Ok(())
}

/// An entry could not be written.
#[derive(Debug)]
pub struct StoreError {
    path: PathBuf,
    cause: io::Error,
}

impl StoreError {
    fn new(path: &Path, cause: io::Error) -> StoreError {
        StoreError { path: path.to_owned(), cause }
    }

    /// The file or directory that could not be written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be written: {}", super::place::shown(&self.path), self.cause)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

#[cfg(test)]
mod tests;
