//! From an entry to an operation.

use super::device::{Fd, Opened};
use super::entry::{Entry, Opcode};
use super::errno;
use super::flight::{Job, ticket};
use super::memory::Memory;
use super::misuse::Ticket;
use super::raw::Raw;
use crate::world::Core;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The most that one operation moves, as with Linux.
const MOST: usize = 0x7fff_f000;

/// What stands in a submission queue.
pub(super) struct Submission {
    pub(super) ticket: Arc<Ticket>,
    pub(super) work: Work,
    pub(super) memory: Memory,
    pub(super) user_data: u64,
}

/// What an entry asks for.
pub(super) enum Work {
    Do(Job, Duration),
    Cancel(u64),
}

/// Raw memory that comes with an entry.
struct Span {
    fd: Fd,
    pointer: *mut u8,
    length: u32,
    offset: u64,
    is_read: bool,
}

impl Submission {
    /// Takes in an entry with its memory; `source` is that of the ring.
    pub(super) fn of(
        core: &Core,
        entry: &Entry,
        source: u32,
        at: &'static Location<'static>,
    ) -> Submission {
        let user_data = entry.user_data;
        let without_memory = |verb, work| {
            let ticket = ticket(core, verb, None, source, at);
            Submission { ticket, work, memory: Memory::Nothing, user_data }
        };
        match entry.opcode {
            Opcode::Nop => without_memory("nop", Work::Do(Job::End(0), Duration::ZERO)),
            Opcode::Timeout { after } => {
                without_memory("timeout", Work::Do(Job::End(-errno::ETIME), after))
            }
            Opcode::Cancel { target } => without_memory("cancellation", Work::Cancel(target)),
            Opcode::Read { fd, pointer, length, offset } => {
                let span = Span { fd, pointer, length, offset, is_read: true };
                Submission::with_memory(core, &span, user_data, source, at)
            }
            Opcode::Write { fd, pointer, length, offset } => {
                let pointer = pointer.cast_mut();
                let span = Span { fd, pointer, length, offset, is_read: false };
                Submission::with_memory(core, &span, user_data, source, at)
            }
        }
    }

    fn with_memory(
        core: &Core,
        span: &Span,
        user_data: u64,
        source: u32,
        at: &'static Location<'static>,
    ) -> Submission {
        let device = span.fd.device(core);
        let ticket = ticket(core, verb(span.is_read), device.as_deref(), source, at);
        let mut work = work(device, span.offset, span.is_read);
        let length = (span.length as usize).min(MOST);
        let memory = match (span.pointer.is_null(), length) {
            (_, 0) => Memory::Nothing,
            (true, _) => {
                work = end(-errno::EFAULT);
                Memory::Nothing
            }
            _ => Memory::Raw(Raw::new(span.pointer, length, span.is_read, &ticket, at)),
        };
        Submission { ticket, work, memory, user_data }
    }
}

pub(super) fn verb(is_read: bool) -> &'static str {
    if is_read { "read" } else { "write" }
}

fn end(result: i32) -> Work {
    Work::Do(Job::End(result), Duration::ZERO)
}

/// A read or a write, if it can be one.
pub(super) fn work(device: Option<Rc<Opened>>, offset: u64, is_read: bool) -> Work {
    match device {
        None => end(-errno::EBADF),
        Some(_) if i64::try_from(offset).is_err() => end(-errno::EINVAL),
        Some(device) if is_read => Work::Do(Job::Read { device, offset }, Duration::ZERO),
        Some(device) => Work::Do(Job::Write { device, offset }, Duration::ZERO),
    }
}
