//! Operations on paths, in tokio's names.

use super::directory::ReadDir;
use super::disk::Disk;
use super::metadata::{Metadata, Permissions};
use super::node::Node;
use super::options::OpenOptions;
use super::path::error;
use super::pool::on_pool;
use crate::world::Core;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::rc::Rc;

/// Makes public functions of operations on a path.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $verb:literal -> $type:ty: $job:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// Outside a run.
        pub async fn $name(path: impl AsRef<Path>) -> io::Result<$type> {
            let path = path.as_ref().to_owned();
            on_pool(concat!("fs::", stringify!($name)), $verb, path, $job).await
        }
    )*};
}

operations! {
    /// What a file contains.
    ///
    /// # Errors
    ///
    /// `NotFound`, `IsADirectory`.
    read "reads" -> Vec<u8>: |_, disk, path| contents(disk, path);

    /// What a file contains, as text.
    ///
    /// # Errors
    ///
    /// As [`read()`], and `InvalidData` if it is not UTF-8.
    read_to_string "reads" -> String: |_, disk, path| {
        String::from_utf8(contents(disk, path)?).map_err(|_| {
            let text = format!("`{}`: expected UTF-8", path.display());
            io::Error::new(ErrorKind::InvalidData, text)
        })
    };

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// `NotFound`, `IsADirectory`, `PermissionDenied`.
    remove_file "removes" -> (): |_, disk, path| disk.remove_file(path);

    /// Makes a directory.
    ///
    /// # Errors
    ///
    /// `NotFound` if that which it is to be in is not there, `AlreadyExists`.
    create_dir "makes" -> (): |_, disk, path| disk.create_dir(path);

    /// Makes a directory and those on the way to it.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` and `NotADirectory` if a file is in the way.
    create_dir_all "makes" -> (): |_, disk, path| disk.create_dir_all(path);

    /// Removes an empty directory.
    ///
    /// # Errors
    ///
    /// `NotFound`, `NotADirectory`, `DirectoryNotEmpty`, `ResourceBusy` for the root.
    remove_dir "removes" -> (): |_, disk, path| disk.remove_dir(path);

    /// Removes a directory with all that is in it.
    ///
    /// # Errors
    ///
    /// `NotFound`, `NotADirectory`, `ResourceBusy` for the root.
    remove_dir_all "removes" -> (): |_, disk, path| {
        if !disk.find(path)?.is_directory() {
            return Err(error(ErrorKind::NotADirectory, path));
        }
        disk.remove_dir_all(path)
    };

    /// What is in a directory.
    ///
    /// # Errors
    ///
    /// `NotFound`, `NotADirectory`.
    read_dir "lists" -> ReadDir: |_, disk, path| {
        let node = disk.find(path)?;
        if !node.is_directory() {
            return Err(error(ErrorKind::NotADirectory, path));
        }
        Ok(ReadDir::of(&node, path))
    };

    /// What is known of a file or a directory.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    metadata "looks at" -> Metadata: |_, disk, path| Ok(Metadata::of(&*disk.find(path)?));

    /// Whether there is something of that name.
    ///
    /// # Errors
    ///
    /// If that cannot be said: a file is on the way to it.
    try_exists "looks for" -> bool: |_, disk, path| match disk.find(path) {
        Ok(_) => Ok(true),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    };
}

fn contents(disk: &Disk, path: &Path) -> io::Result<Vec<u8>> {
    let node = disk.find(path)?;
    let content = node.content().ok_or_else(|| error(ErrorKind::IsADirectory, path))?;
    Ok(content.with(|content| content.bytes().to_vec()))
}

/// Makes a file with these bytes, or gives them to one that is there. Nothing of it is
/// safe: that takes [`File::sync_all`](super::File::sync_all).
///
/// # Errors
///
/// `NotFound` if its directory is not there, `IsADirectory`, `PermissionDenied`,
/// `StorageFull`.
///
/// # Panics
///
/// Outside a run.
pub async fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let bytes = contents.as_ref().to_owned();
    let write = move |core: &_, disk: &Rc<_>, path: &Path| {
        fill(core, disk, &*empty(disk, path)?, path, &bytes)
    };
    on_pool("fs::write", "writes", path.as_ref().to_owned(), write).await
}

/// An empty file of that name.
fn empty(disk: &Disk, path: &Path) -> io::Result<Rc<Node>> {
    disk.open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

fn fill(core: &Core, disk: &Disk, node: &Node, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut written = 0;
    while written < bytes.len() {
        written += disk.write(core, node, written as u64, &bytes[written..], path)?;
    }
    Ok(())
}

/// Copies a file; answers how many bytes it has.
///
/// # Errors
///
/// As [`read()`] and [`write()`], but `InvalidInput` for a directory.
///
/// # Panics
///
/// Outside a run.
pub async fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<u64> {
    let to = to.as_ref().to_owned();
    let copy = move |core: &_, disk: &Rc<Disk>, from: &Path| {
        let source = disk.find(from)?;
        let content = source.content().ok_or_else(|| error(ErrorKind::InvalidInput, from))?;
        let target = empty(disk, &to)?;
        // Copied to itself a file is empty, as everywhere.
        let bytes = content.with(|content| content.bytes().to_vec());
        fill(core, disk, &target, &to, &bytes)?;
        Ok(bytes.len() as u64)
    };
    on_pool("fs::copy", "copies", from.as_ref().to_owned(), copy).await
}

/// Gives a file or a directory another name; a file of that name is replaced.
///
/// # Errors
///
/// `NotFound`, `IsADirectory`, `NotADirectory` and `DirectoryNotEmpty` for what is in the
/// way, `InvalidInput` for a directory that would be in itself.
///
/// # Panics
///
/// Outside a run.
pub async fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    let to = to.as_ref().to_owned();
    let rename = move |_: &_, disk: &Rc<Disk>, from: &Path| disk.rename(from, &to);
    on_pool("fs::rename", "renames", from.as_ref().to_owned(), rename).await
}

/// Forbids or permits writing to a file, or adding to a directory; files that are open
/// stay as they are.
///
/// # Errors
///
/// `NotFound`.
///
/// # Panics
///
/// Outside a run.
pub async fn set_permissions(path: impl AsRef<Path>, permissions: Permissions) -> io::Result<()> {
    let set = move |_: &_, disk: &Rc<Disk>, path: &Path| {
        disk.find(path)?.read_only.set(permissions.readonly());
        Ok(())
    };
    on_pool("fs::set_permissions", "sets permissions of", path.as_ref().to_owned(), set).await
}
