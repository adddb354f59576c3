//! Files and directories.

use super::content::Content;
use crate::few::Few;
use crate::private::Private;
use std::cell::Cell;
use std::ffi::OsString;
use std::rc::Rc;

pub(super) type Names = Few<OsString, Rc<Node>>;

/// A file or a directory, whatever its name.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) body: Body,
    pub(super) read_only: Cell<bool>,
}

#[derive(Debug)]
pub(super) enum Body {
    File(Private<Content>),
    Directory(Private<Listing>),
}

/// The names in a directory: as programs see them, and as they are on the disk.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) now: Names,
    pub(super) safe: Names,
}

impl Node {
    fn new(body: Body) -> Rc<Node> {
        Rc::new(Node { body, read_only: Cell::new(false) })
    }

    pub(super) fn file() -> Rc<Node> {
        Node::new(Body::File(Private::default()))
    }

    pub(super) fn directory() -> Rc<Node> {
        Node::new(Body::Directory(Private::default()))
    }

    pub(super) fn is_directory(&self) -> bool {
        matches!(self.body, Body::Directory(_))
    }

    pub(super) fn content(&self) -> Option<&Private<Content>> {
        match &self.body {
            Body::File(content) => Some(content),
            Body::Directory(_) => None,
        }
    }

    pub(super) fn listing(&self) -> Option<&Private<Listing>> {
        match &self.body {
            Body::File(_) => None,
            Body::Directory(listing) => Some(listing),
        }
    }

    pub(super) fn child(&self, name: &std::ffi::OsStr) -> Option<Rc<Node>> {
        self.listing()?.with(|listing| listing.now.get(name).cloned())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listing().is_none_or(|listing| listing.with(|listing| listing.now.is_empty()))
    }

    /// What is in it now, by name.
    pub(super) fn children(&self) -> Vec<(OsString, Rc<Node>)> {
        let Some(listing) = self.listing() else { return Vec::new() };
        listing.with(|listing| {
            listing.now.iter().map(|(name, node)| (name.clone(), node.clone())).collect()
        })
    }

    /// The bytes of all files from here on.
    pub(super) fn used(&self) -> u64 {
        match &self.body {
            Body::File(content) => content.with(|content| content.len()),
            Body::Directory(_) => self.children().iter().map(|(_, node)| node.used()).sum(),
        }
    }
}
