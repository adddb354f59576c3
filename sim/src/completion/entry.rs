//! What stands in the two queues.

use super::device::Fd;
use super::errno;
use std::fmt;
use std::io;
use std::time::Duration;

/// An operation to submit, in the names of the crate `io-uring`.
#[derive(Clone, Copy, Debug)]
#[must_use = "an entry does nothing until it is pushed"]
pub struct Entry {
    pub(super) opcode: Opcode,
    pub(super) user_data: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Opcode {
    Nop,
    Read { fd: Fd, pointer: *mut u8, length: u32, offset: u64 },
    Write { fd: Fd, pointer: *const u8, length: u32, offset: u64 },
    Timeout { after: Duration },
    Cancel { target: u64 },
}

// SAFETY: the pointers of an entry are numbers until it is pushed, and whoever pushes it
// answers for them.
unsafe impl Send for Entry {}
// SAFETY: as above.
unsafe impl Sync for Entry {}

impl Entry {
    const fn new(opcode: Opcode) -> Entry {
        Entry { opcode, user_data: 0 }
    }

    /// Does nothing, and completes with 0.
    pub const fn nop() -> Entry {
        Entry::new(Opcode::Nop)
    }

    /// Reads up to `length` bytes at `offset` of a device into memory.
    pub const fn read(fd: Fd, pointer: *mut u8, length: u32, offset: u64) -> Entry {
        Entry::new(Opcode::Read { fd, pointer, length, offset })
    }

    /// Writes up to `length` bytes of memory at `offset` of a device.
    pub const fn write(fd: Fd, pointer: *const u8, length: u32, offset: u64) -> Entry {
        Entry::new(Opcode::Write { fd, pointer, length, offset })
    }

    /// Completes with `ETIME` after so much virtual time.
    pub const fn timeout(after: Duration) -> Entry {
        Entry::new(Opcode::Timeout { after })
    }

    /// Cancels the operation in flight whose user data is `target`. It completes with 0
    /// if that was in time, with `EALREADY` if the operation ends by itself, and with
    /// `ENOENT` if there is none. The operation has a completion of its own in any case.
    pub const fn cancel(target: u64) -> Entry {
        Entry::new(Opcode::Cancel { target })
    }

    /// Its completion will carry this number.
    pub const fn user_data(self, user_data: u64) -> Entry {
        Entry { user_data, ..self }
    }
}

/// The end of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    pub(super) user_data: u64,
    pub(super) result: i32,
}

impl Completion {
    /// The number that its entry carried.
    #[must_use]
    pub const fn user_data(&self) -> u64 {
        self.user_data
    }

    /// The bytes that were moved, or a negative error number of Linux.
    #[must_use]
    pub const fn result(&self) -> i32 {
        self.result
    }

    /// The same as the result of a call.
    ///
    /// # Errors
    ///
    /// The error of that number.
    pub fn to_io(&self) -> io::Result<usize> {
        errno::result(self.result)
    }
}

/// An entry was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushError {
    /// The submission queue is full: submit first.
    Full,
    /// The ring belongs to a run that is over, or to another thread's.
    Elsewhere,
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PushError::Full => "submission queue is full",
            PushError::Elsewhere => {
                "this ring belongs to a run that is over, or to another thread's"
            }
        })
    }
}

impl std::error::Error for PushError {}
