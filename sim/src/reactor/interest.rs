//! What a source can be ready for, and what somebody waits for; in tokio's names.

use bitflags::bitflags;

bitflags! {
    /// What a source is ready for.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Ready: u8 {
        /// Something can be read.
        const READABLE = 1;
        /// Something can be written.
        const WRITABLE = 1 << 1;
        /// Nothing more will come to be read.
        const READ_CLOSED = 1 << 2;
        /// Nothing more can be written.
        const WRITE_CLOSED = 1 << 3;
        /// Something urgent can be read.
        const PRIORITY = 1 << 4;
        /// Something is wrong.
        const ERROR = 1 << 5;
    }
}

impl Ready {
    /// What stays, whatever is done to the source: it is never cleared.
    pub(crate) const CLOSED: Ready = Ready::READ_CLOSED.union(Ready::WRITE_CLOSED);

    /// Whether a read would not wait: there is something, or nothing more will come.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.intersects(Interest::READABLE.mask())
    }

    /// Whether a write would not wait.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.intersects(Interest::WRITABLE.mask())
    }

    /// Whether nothing more will come to be read.
    #[must_use]
    pub const fn is_read_closed(self) -> bool {
        self.contains(Ready::READ_CLOSED)
    }

    /// Whether nothing more can be written.
    #[must_use]
    pub const fn is_write_closed(self) -> bool {
        self.contains(Ready::WRITE_CLOSED)
    }

    /// Whether something urgent can be read.
    #[must_use]
    pub const fn is_priority(self) -> bool {
        self.contains(Ready::PRIORITY)
    }

    /// Whether something is wrong.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.contains(Ready::ERROR)
    }
}

bitflags! {
    /// What somebody waits for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Interest: u8 {
        /// That something can be read, or nothing more will come.
        const READABLE = 1;
        /// That something can be written, or nothing more can be.
        const WRITABLE = 1 << 1;
        /// That something urgent can be read.
        const PRIORITY = 1 << 2;
        /// That something is wrong.
        const ERROR = 1 << 3;
    }
}

impl Interest {
    /// The readiness that answers it.
    #[must_use]
    pub const fn mask(self) -> Ready {
        let mut mask = Ready::empty();
        if self.contains(Interest::READABLE) {
            mask = mask.union(Ready::READABLE).union(Ready::READ_CLOSED);
        }
        if self.contains(Interest::WRITABLE) {
            mask = mask.union(Ready::WRITABLE).union(Ready::WRITE_CLOSED);
        }
        if self.contains(Interest::PRIORITY) {
            mask = mask.union(Ready::PRIORITY).union(Ready::READ_CLOSED);
        }
        if self.contains(Interest::ERROR) {
            mask = mask.union(Ready::ERROR);
        }
        mask
    }

    /// Whether it includes reading.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.contains(Interest::READABLE)
    }

    /// Whether it includes writing.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.contains(Interest::WRITABLE)
    }
}
