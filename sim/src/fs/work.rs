//! What an open file has under way: one operation at a time.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::task::Waker;

/// The end of an operation.
pub(super) enum Done {
    Read(io::Result<Vec<u8>>),
    Written(io::Result<usize>),
    Sought(io::Result<u64>),
    /// The disk has crashed.
    Failed(io::Error),
}

impl Done {
    /// As a trace has it.
    pub(super) fn told(&self) -> Result<usize, ErrorKind> {
        match self {
            Done::Read(result) => result.as_ref().map(Vec::len).map_err(io::Error::kind),
            Done::Written(result) => result.as_ref().map(|count| *count).map_err(io::Error::kind),
            Done::Sought(result) => result.as_ref().map(|_| 0).map_err(io::Error::kind),
            Done::Failed(error) => Err(error.kind()),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Work {
    is_busy: bool,
    /// Read, and not fetched yet.
    ahead: VecDeque<u8>,
    /// The last read found the end, or an error, and that was not fetched yet.
    read_end: Option<io::Result<()>>,
    write_error: Option<io::Error>,
    sought: Option<io::Result<u64>>,
    waiting: Vec<Waker>,
}

impl Work {
    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Wakes this one, too, when nothing is under way; a waker that is not needed comes
    /// back.
    pub(super) fn wait(&mut self, waker: Waker) -> Option<Waker> {
        if self.waiting.iter().any(|other| other.will_wake(&waker)) {
            return Some(waker);
        }
        self.waiting.push(waker);
        None
    }

    pub(super) fn begin(&mut self) {
        self.is_busy = true;
    }

    /// Answers who waits for it.
    pub(super) fn end(&mut self, done: Done) -> Vec<Waker> {
        self.is_busy = false;
        match done {
            Done::Read(Ok(bytes)) if bytes.is_empty() => self.read_end = Some(Ok(())),
            Done::Read(Ok(bytes)) => self.ahead.extend(bytes),
            Done::Read(Err(error)) => self.read_end = Some(Err(error)),
            Done::Written(Ok(_)) => {}
            Done::Written(Err(error)) => self.write_error = Some(error),
            Done::Sought(result) => self.sought = Some(result),
            Done::Failed(error) => {
                let again = || io::Error::new(error.kind(), error.to_string());
                self.read_end = Some(Err(again()));
                self.sought = Some(Err(again()));
                self.write_error = Some(error);
            }
        }
        std::mem::take(&mut self.waiting)
    }

    /// What a read gives; none if there must be another one.
    pub(super) fn take_read(&mut self, buffer: &mut [u8]) -> Option<io::Result<usize>> {
        if self.ahead.is_empty() {
            return Some(self.read_end.take()?.map(|()| 0));
        }
        let count = buffer.len().min(self.ahead.len());
        for (place, byte) in buffer.iter_mut().zip(self.ahead.drain(..count)) {
            *place = byte;
        }
        Some(Ok(count))
    }

    /// Something else than a read comes: what was read ahead is forgotten; answers how
    /// much.
    pub(super) fn forget_ahead(&mut self) -> usize {
        let count = self.ahead.len();
        self.ahead.clear();
        self.read_end = None;
        self.sought = None;
        count
    }

    pub(super) fn take_write_error(&mut self) -> Option<io::Error> {
        self.write_error.take()
    }

    pub(super) fn take_sought(&mut self) -> Option<io::Result<u64>> {
        self.sought.take()
    }
}
