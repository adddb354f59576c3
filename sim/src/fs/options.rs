//! How a file is opened.

use super::file::File;
use super::path::error;
use super::pool::on_pool;
use std::io::{self, ErrorKind};
use std::path::Path;

/// How a file is opened, as in tokio and the standard library.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let log = reveille::fs::OpenOptions::new().append(true).create(true).open("log").await.unwrap();
/// assert_eq!(log.metadata().await.unwrap().len(), 0);
/// # });
/// ```
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    pub(super) read: bool,
    write: bool,
    pub(super) append: bool,
    pub(super) truncate: bool,
    create: bool,
    pub(super) create_new: bool,
}

impl OpenOptions {
    /// Nothing is permitted yet.
    #[must_use]
    pub fn new() -> OpenOptions {
        OpenOptions::default()
    }

    /// It may be read.
    pub fn read(&mut self, read: bool) -> &mut OpenOptions {
        self.read = read;
        self
    }

    /// It may be written.
    pub fn write(&mut self, write: bool) -> &mut OpenOptions {
        self.write = write;
        self
    }

    /// It may be written, always at its end.
    pub fn append(&mut self, append: bool) -> &mut OpenOptions {
        self.append = append;
        self
    }

    /// Its bytes are thrown away.
    pub fn truncate(&mut self, truncate: bool) -> &mut OpenOptions {
        self.truncate = truncate;
        self
    }

    /// It is made if it is not there.
    pub fn create(&mut self, create: bool) -> &mut OpenOptions {
        self.create = create;
        self
    }

    /// It is made, and must not be there.
    pub fn create_new(&mut self, create_new: bool) -> &mut OpenOptions {
        self.create_new = create_new;
        self
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// `NotFound`, `AlreadyExists` with `create_new`, `IsADirectory` and
    /// `PermissionDenied` to write, `InvalidInput` for options that make no sense.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub async fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        let (path, options) = (path.as_ref().to_owned(), self.clone());
        let open = move |core: &_, disk: &_, path: &_| File::opened(core, disk, path, &options);
        on_pool("OpenOptions::open", "opens", path, open).await
    }

    pub(super) fn writes(&self) -> bool {
        self.write || self.append
    }

    pub(super) fn creates(&self) -> bool {
        self.create || self.create_new
    }

    pub(super) fn check(&self, path: &Path) -> io::Result<()> {
        let makes = self.creates() || self.truncate;
        let is_odd = !self.read && !self.writes()
            || makes && !self.writes()
            || self.append && self.truncate && !self.create_new;
        if is_odd { Err(error(ErrorKind::InvalidInput, path)) } else { Ok(()) }
    }
}
