//! What is known of a file beside its bytes.

use super::node::Node;

/// What is known of a file or a directory.
#[derive(Clone, Debug)]
pub struct Metadata {
    length: u64,
    file_type: FileType,
    permissions: Permissions,
}

/// Whether something is a file or a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileType {
    is_directory: bool,
}

/// Whether something may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    read_only: bool,
}

impl FileType {
    pub(super) fn of(node: &Node) -> FileType {
        FileType { is_directory: node.is_directory() }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.is_directory
    }

    /// Whether it is a file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        !self.is_directory
    }

    /// Whether it is a symbolic link: there are none.
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        false
    }
}

impl Permissions {
    /// Whether it must not be written.
    #[must_use]
    pub fn readonly(&self) -> bool {
        self.read_only
    }

    /// Forbids or permits writing, once [`set_permissions`](super::set_permissions) is
    /// called with it.
    pub fn set_readonly(&mut self, read_only: bool) {
        self.read_only = read_only;
    }
}

impl Metadata {
    pub(super) fn of(node: &Node) -> Metadata {
        let length = node.content().map_or(0, |content| content.with(|content| content.len()));
        let permissions = Permissions { read_only: node.read_only.get() };
        Metadata { length, file_type: FileType::of(node), permissions }
    }

    /// The bytes of a file; 0 for a directory.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "as in the standard library")]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.file_type.is_dir()
    }

    /// Whether it is a file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.file_type.is_file()
    }

    /// Whether it is a file or a directory.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        self.file_type
    }

    /// Whether it may be written.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        self.permissions.clone()
    }
}
