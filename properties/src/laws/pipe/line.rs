//! One direction: what was accepted, what came out, and who waits.

use crate::breach::Breach;
use crate::error::CheckError;
use crate::laws::play::driver::{Notes, Waiting};
use crate::laws::play::history::bytes;
use std::io;

/// What a pipe promises.
#[derive(Clone, Copy)]
pub(super) struct Promises {
    pub(super) capacity: Option<usize>,
    pub(super) ends_with_the_writer: bool,
    pub(super) tells_the_writer: bool,
    pub(super) waits_with_nothing: bool,
}

impl Promises {
    pub(super) fn refuse_nonsense(self, adapter: &str) -> Result<(), CheckError> {
        if self.capacity != Some(0) {
            return Ok(());
        }
        let why = format!("`{adapter}::capacity` gave 0: expected room for one byte or more");
        Err(CheckError::NoRun(why))
    }
}

/// What an end is doing that may wait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// With so many bytes.
    Write(usize),
    Flush,
    Close,
    /// With so much room.
    Read(usize),
}

/// How far something has come that ends a direction.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    #[default]
    Not,
    /// Others may see it, or not.
    Begun,
    Done,
}

pub(super) struct Line {
    promises: Promises,
    accepted: Vec<u8>,
    /// What a write that is under way may have put in already.
    offered: Vec<u8>,
    read: usize,
    /// What a read that is under way may have taken out already.
    room: usize,
    made: u8,
    closed: Stage,
    pub(super) writer_gone: Stage,
    pub(super) reader_gone: Stage,
    pub(super) writer_waits: Option<Wait>,
    pub(super) reader_waits: Option<Wait>,
}

impl Line {
    pub(super) fn new(promises: Promises) -> Line {
        Line {
            promises,
            accepted: Vec::new(),
            offered: Vec::new(),
            read: 0,
            room: 0,
            made: 0,
            closed: Stage::Not,
            writer_gone: Stage::Not,
            reader_gone: Stage::Not,
            writer_waits: None,
            reader_waits: None,
        }
    }

    /// Bytes that no write before had.
    pub(super) fn fresh(&mut self, count: usize) -> Vec<u8> {
        let mut next = || {
            self.made = self.made.wrapping_add(1);
            self.made
        };
        (0..count).map(|_| next()).collect()
    }

    pub(super) fn close_begins(&mut self) {
        self.closed = self.closed.max(Stage::Begun);
    }

    pub(super) fn close_ends(&mut self) {
        self.closed = Stage::Done;
    }

    fn unread(&self) -> usize {
        self.accepted.len().saturating_sub(self.read)
    }

    pub(super) fn offer(&mut self, chunk: &[u8]) {
        self.offered = chunk.to_vec();
    }

    /// The write is pending, or failed.
    pub(super) fn withdraw(&mut self, notes: &Notes) -> Result<(), Breach> {
        self.offered.clear();
        self.gave_no_more_than_was_accepted(notes)
    }

    /// Looks at what a write gave that began when `before` was so.
    pub(super) fn took(
        &mut self,
        before: Before,
        count: usize,
        notes: &Notes,
    ) -> Result<(), Breach> {
        let chunk = std::mem::take(&mut self.offered);
        let is_over = before.closed != Stage::Not || self.reader_gone != Stage::Not;
        if count > chunk.len() {
            return notes.breach(format_args!(
                "it says that it took {}, and was given {}",
                bytes(count),
                chunk.len()
            ));
        }
        if count == 0 && !chunk.is_empty() && !is_over {
            return notes.breach(format_args!(
                "it took none of {} and did not say why: `write_all` would fail",
                bytes(chunk.len())
            ));
        }
        if count > 0 && before.closed == Stage::Done {
            return notes.breach(format_args!("it took {} after the close", bytes(count)));
        }
        if count > 0 && before.reader_gone == Stage::Done && self.promises.tells_the_writer {
            return notes.breach(format_args!("it took {}, and the reader is gone", bytes(count)));
        }
        self.accepted.extend(&chunk[..count]);
        self.gave_no_more_than_was_accepted(notes)?;
        match self.promises.capacity {
            Some(capacity) if self.unread() > capacity + self.room => notes.breach(format_args!(
                "it holds {}: expected {capacity} at most",
                bytes(self.unread())
            )),
            _ => Ok(()),
        }
    }

    /// Another task may have read during the write.
    fn gave_no_more_than_was_accepted(&self, notes: &Notes) -> Result<(), Breach> {
        match self.read.checked_sub(self.accepted.len()) {
            None | Some(0) => Ok(()),
            Some(more) => {
                notes.breach(format_args!("{} came out that it had not accepted", bytes(more)))
            }
        }
    }

    pub(super) fn before(&self) -> Before {
        Before { closed: self.closed, reader_gone: self.reader_gone }
    }

    /// A write, a flush or a close failed.
    pub(super) fn refused(&self, error: &io::Error, notes: &Notes) -> Result<(), Breach> {
        match self.closed != Stage::Not || self.reader_gone != Stage::Not {
            true => Ok(()),
            false => notes.breach(format_args!("it failed with `{error}`, where nothing is wrong")),
        }
    }

    /// A read is polled, with so much room; it may wake a writer, which runs at once.
    pub(super) fn read_begins(&mut self, room: usize) {
        self.room = room;
    }

    pub(super) fn read_ends(&mut self) {
        self.room = 0;
    }

    /// Looks at what a read gave.
    pub(super) fn came(
        &mut self,
        buffer: &[u8],
        count: usize,
        notes: &Notes,
    ) -> Result<(), Breach> {
        if count > buffer.len() {
            return notes.breach(format_args!(
                "it says that it read {} into a buffer with room for {}",
                bytes(count),
                buffer.len()
            ));
        }
        if count == 0 && !buffer.is_empty() {
            return self.ended(notes);
        }
        let expected = self.accepted.iter().chain(&self.offered).skip(self.read);
        let expected: Vec<u8> = expected.copied().take(count).collect();
        if buffer[..count] != expected {
            return notes.breach(format_args!(
                "it read {:?}: expected {expected:?}, which comes at {}",
                &buffer[..count],
                self.read
            ));
        }
        self.read += count;
        Ok(())
    }

    fn ended(&self, notes: &Notes) -> Result<(), Breach> {
        if self.unread() > 0 {
            return notes.breach(format_args!(
                "it says that the end is reached, with {} to come",
                bytes(self.unread())
            ));
        }
        if self.closed == Stage::Not && self.writer_gone == Stage::Not {
            return notes.breach(format_args!(
                "it says that the end is reached, and the writer is there and not closed"
            ));
        }
        Ok(())
    }

    /// How the writer waits when all is at rest.
    pub(super) fn writer_waiting(&self) -> Waiting {
        let is_full = match self.promises.capacity {
            Some(capacity) => self.unread() >= capacity,
            None => self.unread() > 0,
        };
        let needlessly = |why: &str| Waiting::Needlessly(why.to_owned());
        match self.writer_waits {
            None => Waiting::Rightly,
            Some(Wait::Write(0)) if self.promises.waits_with_nothing => Waiting::Rightly,
            Some(Wait::Write(0)) => needlessly("it was given nothing to write"),
            Some(_) if self.reader_gone == Stage::Done && self.promises.tells_the_writer => {
                needlessly("the reader is gone")
            }
            Some(Wait::Write(_)) if self.closed == Stage::Done => needlessly("it is closed"),
            Some(_) if !is_full && self.reader_gone == Stage::Not => needlessly("there is room"),
            Some(_) => Waiting::Rightly,
        }
    }

    fn is_over(&self) -> bool {
        let is_left = self.writer_gone == Stage::Done && self.promises.ends_with_the_writer;
        self.closed == Stage::Done || is_left
    }

    /// How the reader does.
    pub(super) fn reader_waiting(&self) -> Waiting {
        match self.reader_waits {
            None => Waiting::Rightly,
            Some(Wait::Read(0)) if self.promises.waits_with_nothing => Waiting::Rightly,
            Some(Wait::Read(0)) => Waiting::Needlessly("it was given no room".to_owned()),
            Some(_) if self.unread() > 0 => {
                Waiting::Needlessly(format!("{} can be read", bytes(self.unread())))
            }
            Some(_) if self.is_over() => Waiting::Needlessly("nothing more will come".to_owned()),
            Some(_) => Waiting::Rightly,
        }
    }
}

/// What was so when a poll of a write began.
#[derive(Clone, Copy)]
pub(super) struct Before {
    closed: Stage,
    reader_gone: Stage,
}
