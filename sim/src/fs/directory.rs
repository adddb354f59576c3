//! What is in a directory.

use super::metadata::{FileType, Metadata};
use super::node::Node;
use super::pool::on_pool;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

/// The entries of a directory as they were when it was opened, in the order of their
/// names; a kernel promises no order.
#[derive(Debug)]
pub struct ReadDir(std::vec::IntoIter<DirEntry>);

/// A name in a directory.
#[derive(Debug)]
pub struct DirEntry {
    directory: PathBuf,
    name: OsString,
    file_type: FileType,
}

impl ReadDir {
    pub(super) fn of(node: &Node, path: &Path) -> ReadDir {
        let entry = |(name, child): (OsString, std::rc::Rc<Node>)| DirEntry {
            directory: path.to_owned(),
            name,
            file_type: FileType::of(&child),
        };
        ReadDir(node.children().into_iter().map(entry).collect::<Vec<_>>().into_iter())
    }

    /// The next entry; none if that was all.
    ///
    /// # Errors
    ///
    /// None.
    pub async fn next_entry(&mut self) -> io::Result<Option<DirEntry>> {
        Ok(self.0.next())
    }

    /// The same as a poll.
    pub fn poll_next_entry(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<Option<DirEntry>>> {
        Poll::Ready(Ok(self.0.next()))
    }
}

impl DirEntry {
    /// Its name in the directory.
    #[must_use]
    pub fn file_name(&self) -> OsString {
        self.name.clone()
    }

    /// The path of the directory and its name.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Whether it is a file or a directory.
    ///
    /// # Errors
    ///
    /// None.
    pub async fn file_type(&self) -> io::Result<FileType> {
        Ok(self.file_type)
    }

    /// What is known of it now.
    ///
    /// # Errors
    ///
    /// `NotFound` if it is gone.
    pub async fn metadata(&self) -> io::Result<Metadata> {
        let look = |_: &_, disk: &std::rc::Rc<super::disk::Disk>, path: &Path| {
            Ok(Metadata::of(&*disk.find(path)?))
        };
        on_pool("DirEntry::metadata", "looks at", self.path(), look).await
    }
}
