//! Error numbers as they stand in completions: those of Linux.

use std::io::{self, ErrorKind};

pub(super) const ENOENT: i32 = 2;
pub(super) const EINTR: i32 = 4;
pub(super) const EIO: i32 = 5;
pub(super) const EBADF: i32 = 9;
pub(super) const EFAULT: i32 = 14;
pub(super) const EBUSY: i32 = 16;
pub(super) const EINVAL: i32 = 22;
pub(super) const ETIME: i32 = 62;
pub(super) const EALREADY: i32 = 114;
pub(super) const ECANCELED: i32 = 125;

/// Names an error number of Linux; `EIO` if it is none of those that occur here.
#[must_use]
pub const fn name(number: i32) -> &'static str {
    match number {
        1 => "EPERM",
        ENOENT => "ENOENT",
        EINTR => "EINTR",
        EBADF => "EBADF",
        13 => "EACCES",
        EFAULT => "EFAULT",
        EBUSY => "EBUSY",
        EINVAL => "EINVAL",
        28 => "ENOSPC",
        32 => "EPIPE",
        ETIME => "ETIME",
        95 => "EOPNOTSUPP",
        104 => "ECONNRESET",
        110 => "ETIMEDOUT",
        EALREADY => "EALREADY",
        ECANCELED => "ECANCELED",
        _ => "EIO",
    }
}

/// The number of what a device answered.
pub(super) fn of(error: &io::Error) -> i32 {
    let of_kind = match error.kind() {
        ErrorKind::NotFound => ENOENT,
        ErrorKind::Interrupted => EINTR,
        ErrorKind::PermissionDenied => 13,
        ErrorKind::InvalidInput => EINVAL,
        ErrorKind::StorageFull => 28,
        ErrorKind::BrokenPipe => 32,
        ErrorKind::Unsupported => 95,
        ErrorKind::ConnectionReset => 104,
        ErrorKind::TimedOut => 110,
        _ => EIO,
    };
    error.raw_os_error().filter(|number| *number > 0).unwrap_or(of_kind)
}

/// What a completion says, as the result of a call.
pub(super) fn result(number: i32) -> io::Result<usize> {
    usize::try_from(number).map_err(|_| io::Error::from_raw_os_error(number.saturating_neg()))
}
