//! Data races: two strands touch the same memory, one of them to write, and nothing puts the one
//! before the other.
//!
//! Who sees that is who gives strands their threads; here is what a verdict says of it.

use crate::trace::TaskId;
use std::backtrace::Backtrace;
use std::fmt;
use std::rc::Rc;

/// Two accesses that nothing orders.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Race {
    /// The one that was made first in this run.
    pub first: Access,
    /// The one that came upon it.
    pub second: Access,
}

/// An access to memory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Access {
    /// Whose it is.
    pub by: TaskId,
    /// What is done.
    pub how: Accessing,
    /// How many bytes it touches.
    pub bytes: u8,
    /// The step in which it is made.
    pub step: u64,
    /// From where, if the run records its events.
    pub stack: Option<Rc<Backtrace>>,
}

impl Access {
    /// An access of so many bytes.
    #[must_use]
    pub fn new(by: TaskId, how: Accessing, bytes: u8) -> Access {
        Access { by, how, bytes, step: 0, stack: None }
    }

    /// The same, made in a step and from somewhere.
    #[must_use]
    pub fn made_in(self, step: u64, stack: Option<Rc<Backtrace>>) -> Access {
        Access { step, stack, ..self }
    }
}

/// Stacks do not compare, and say nothing that the rest does not.
impl PartialEq for Access {
    fn eq(&self, other: &Access) -> bool {
        let of = |access: &Access| (access.by, access.how, access.bytes, access.step);
        of(self) == of(other)
    }
}

impl Eq for Access {}

/// What is done to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accessing {
    /// It is read.
    Read,
    /// It is written.
    Write,
    /// It is read by an atomic operation.
    AtomicRead,
    /// It is written by an atomic operation.
    AtomicWrite,
}

impl Accessing {
    /// Whether it changes the memory.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Accessing::Write | Accessing::AtomicWrite)
    }

    /// Whether it is an atomic operation.
    #[must_use]
    pub const fn is_atomic(self) -> bool {
        matches!(self, Accessing::AtomicRead | Accessing::AtomicWrite)
    }

    /// The verb, as in "it .. 8 bytes".
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Accessing::Read => "reads",
            Accessing::Write => "writes",
            Accessing::AtomicRead => "reads, as an atomic,",
            Accessing::AtomicWrite => "writes, as an atomic,",
        }
    }
}

impl fmt::Display for Accessing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}
