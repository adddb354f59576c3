//! From a path to what it names.

use super::disk::Disk;
use super::journal::Place;
use super::node::Node;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Component, Path};
use std::rc::Rc;

/// The longest name, as with Linux.
const LONGEST: usize = 255;

/// An error that names the path.
pub(super) fn error(kind: ErrorKind, path: &Path) -> io::Error {
    io::Error::new(kind, format!("`{}`: {kind}", path.display()))
}

/// The names on the way to `path` from the root; relative paths begin there, too.
fn names(path: &Path) -> io::Result<Vec<OsString>> {
    if path.as_os_str().is_empty() {
        return Err(error(ErrorKind::NotFound, path));
    }
    let mut names: Vec<OsString> = Vec::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
            Component::ParentDir => drop(names.pop()),
            Component::Normal(name) if name.as_encoded_bytes().contains(&0) => {
                let text = format!("`{}` contains a NUL byte", path.display());
                return Err(io::Error::new(ErrorKind::InvalidInput, text));
            }
            Component::Normal(name) if name.len() > LONGEST => {
                return Err(error(ErrorKind::InvalidFilename, path));
            }
            Component::Normal(name) => names.push(name.to_owned()),
        }
    }
    Ok(names)
}

impl Disk {
    fn walk(&self, names: &[OsString], path: &Path) -> io::Result<Rc<Node>> {
        let mut node = self.root.clone();
        for name in names {
            if !node.is_directory() {
                return Err(error(ErrorKind::NotADirectory, path));
            }
            node = node.child(name).ok_or_else(|| error(ErrorKind::NotFound, path))?;
        }
        Ok(node)
    }

    /// What `path` names.
    pub(super) fn find(&self, path: &Path) -> io::Result<Rc<Node>> {
        self.walk(&names(path)?, path)
    }

    /// The directory and the name that `path` leads to; none for the root.
    pub(super) fn place(&self, path: &Path) -> io::Result<Option<Place>> {
        let mut names = names(path)?;
        let Some(name) = names.pop() else { return Ok(None) };
        let directory = self.walk(&names, path)?;
        if !directory.is_directory() {
            return Err(error(ErrorKind::NotADirectory, path));
        }
        Ok(Some(Place { directory, name }))
    }

    /// The same, of a directory whose names may be changed.
    pub(super) fn place_to_change(&self, path: &Path) -> io::Result<Place> {
        let place = self.place(path)?.ok_or_else(|| error(ErrorKind::ResourceBusy, path))?;
        if place.directory.read_only.get() {
            return Err(error(ErrorKind::PermissionDenied, path));
        }
        Ok(place)
    }
}
