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

/// A step on the way from the root.
enum Step {
    Down(OsString),
    Up,
}

/// The way to `path` from the root; relative paths begin there, too.
fn way(path: &Path) -> io::Result<Vec<Step>> {
    if path.as_os_str().is_empty() {
        return Err(error(ErrorKind::NotFound, path));
    }
    let mut steps = Vec::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
            Component::ParentDir => steps.push(Step::Up),
            Component::Normal(name) if name.as_encoded_bytes().contains(&0) => {
                let text = format!("`{}` contains a NUL byte", path.display());
                return Err(io::Error::new(ErrorKind::InvalidInput, text));
            }
            Component::Normal(name) if name.len() > LONGEST => {
                return Err(error(ErrorKind::InvalidFilename, path));
            }
            Component::Normal(name) => steps.push(Step::Down(name.to_owned())),
        }
    }
    Ok(steps)
}

impl Disk {
    fn walk(&self, steps: &[Step], path: &Path) -> io::Result<Rc<Node>> {
        let mut node = self.root.clone();
        let mut above: Vec<Rc<Node>> = Vec::new();
        for step in steps {
            if !node.is_directory() {
                return Err(error(ErrorKind::NotADirectory, path));
            }
            node = match step {
                Step::Up => above.pop().unwrap_or(node),
                Step::Down(name) => {
                    let child = node.child(name);
                    above.push(node);
                    child.ok_or_else(|| error(ErrorKind::NotFound, path))?
                }
            };
        }
        Ok(node)
    }

    /// What `path` names.
    pub(super) fn find(&self, path: &Path) -> io::Result<Rc<Node>> {
        self.walk(&way(path)?, path)
    }

    /// The directory and the name that `path` leads to; none for one that ends with the
    /// root or with `..`.
    pub(super) fn place(&self, path: &Path) -> io::Result<Option<Place>> {
        let mut steps = way(path)?;
        let last = steps.pop();
        let directory = self.walk(&steps, path)?;
        if !directory.is_directory() {
            return Err(error(ErrorKind::NotADirectory, path));
        }
        Ok(match last {
            Some(Step::Down(name)) => Some(Place { directory, name }),
            _ => None,
        })
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
