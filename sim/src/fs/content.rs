//! The bytes of a file, and how to get back to those that are safe.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};

/// Bytes that a file has at most.
pub(super) const LARGEST: u64 = 1 << 30;

/// What the disk writes wholly or not at all.
const SECTOR: usize = 512;

/// Changes that wait at most; then the oldest is written back, as a kernel does after a
/// while.
const MOST_UNSAFE: usize = 4096;

/// What of a change survives a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Survival {
    All,
    Nothing,
    FirstHalf,
    LastHalf,
}

#[derive(Debug, Default)]
pub(super) struct Content {
    now: Vec<u8>,
    /// What was done since it was last safe, the oldest first.
    changes: VecDeque<Change>,
}

#[derive(Debug)]
struct Change {
    offset: usize,
    /// None: the file ends at the offset.
    new: Option<Vec<u8>>,
    /// What was there from the offset on, as far as it was changed.
    old: Vec<u8>,
    old_length: usize,
}

impl Change {
    fn sectors(&self) -> usize {
        match &self.new {
            Some(new) if !new.is_empty() => {
                (self.offset + new.len() - 1) / SECTOR - self.offset / SECTOR + 1
            }
            _ => 1,
        }
    }

    /// The part of the new bytes that survives, and where it begins.
    fn part(&self, new: &[u8], survival: Survival) -> (usize, Vec<u8>) {
        let middle = (self.offset / SECTOR + self.sectors() / 2) * SECTOR;
        let middle = middle.clamp(self.offset, self.offset + new.len()) - self.offset;
        match survival {
            Survival::All => (self.offset, new.to_vec()),
            Survival::Nothing => (self.offset, Vec::new()),
            Survival::FirstHalf => (self.offset, new[..middle].to_vec()),
            Survival::LastHalf => (self.offset + middle, new[middle..].to_vec()),
        }
    }
}

impl Content {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.now
    }

    pub(super) fn len(&self) -> u64 {
        self.now.len() as u64
    }

    pub(super) fn read(&self, offset: u64, most: usize) -> Vec<u8> {
        let start = usize::try_from(offset).map_or(self.now.len(), |at| at.min(self.now.len()));
        let count = most.min(self.now.len() - start);
        self.now[start..start + count].to_vec()
    }

    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let end = offset.checked_add(bytes.len() as u64).filter(|end| *end <= LARGEST);
        if end.is_none() {
            return Err(too_large());
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let offset = offset as usize;
        let old_end = (offset + bytes.len()).min(self.now.len());
        let old = self.now.get(offset..old_end).unwrap_or_default().to_vec();
        let (new, old_length) = (Some(bytes.to_vec()), self.now.len());
        self.note(Change { offset, new, old, old_length });
        self.put(offset, bytes);
        Ok(())
    }

    pub(super) fn set_len(&mut self, length: u64) -> io::Result<()> {
        if length > LARGEST {
            return Err(too_large());
        }
        let offset = length as usize;
        let old = self.now.get(offset..).unwrap_or_default().to_vec();
        self.note(Change { offset, new: None, old, old_length: self.now.len() });
        self.now.resize(offset, 0);
        Ok(())
    }

    fn note(&mut self, change: Change) {
        if self.changes.len() == MOST_UNSAFE {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }

    fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.now.len() < end {
            self.now.resize(end, 0);
        }
        self.now[offset..end].copy_from_slice(bytes);
    }

    /// All of it is on the disk.
    pub(super) fn sync(&mut self) {
        self.changes.clear();
    }

    /// How many sectors each change has that is not safe.
    pub(super) fn unsafe_sectors(&self) -> Vec<usize> {
        self.changes.iter().map(Change::sectors).collect()
    }

    /// The machine goes down: of each change that is not safe so much is left.
    pub(super) fn crash(&mut self, left: &[Survival]) {
        let changes = std::mem::take(&mut self.changes);
        for change in changes.iter().rev() {
            self.now.resize(change.old_length, 0);
            let end = change.offset + change.old.len();
            if !change.old.is_empty() {
                self.now[change.offset..end].copy_from_slice(&change.old);
            }
        }
        for (change, survival) in changes.iter().zip(left) {
            match &change.new {
                None if *survival == Survival::All => self.now.resize(change.offset, 0),
                None => {}
                Some(new) => {
                    let (offset, part) = change.part(new, *survival);
                    if !part.is_empty() {
                        self.put(offset, &part);
                    }
                }
            }
        }
    }
}

fn too_large() -> io::Error {
    let text = format!("expected a file of at most {LARGEST} bytes");
    io::Error::new(ErrorKind::FileTooLarge, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Write(u64, Vec<u8>),
        SetLen(u64),
        Sync,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let bytes = prop::collection::vec(1..=255u8, 0..1200);
        let step = prop_oneof![
            4 => (0..1500u64, bytes).prop_map(|(at, bytes)| Step::Write(at, bytes)),
            1 => (0..2000u64).prop_map(Step::SetLen),
            1 => Just(Step::Sync),
        ];
        prop::collection::vec(step, 0..12)
    }

    proptest! {
        #[test]
        fn a_crash_leaves_all_or_what_was_safe(steps in steps(), all in any::<bool>()) {
            let (mut content, mut safe) = (Content::default(), Vec::new());
            for step in steps {
                match step {
                    Step::Write(at, bytes) => content.write(at, &bytes).unwrap(),
                    Step::SetLen(length) => content.set_len(length).unwrap(),
                    Step::Sync => {
                        content.sync();
                        safe = content.bytes().to_vec();
                    }
                }
            }
            let now = content.bytes().to_vec();
            let left = if all { Survival::All } else { Survival::Nothing };
            content.crash(&vec![left; content.unsafe_sectors().len()]);
            prop_assert_eq!(content.bytes(), if all { &now } else { &safe });
        }

        #[test]
        fn a_torn_write_leaves_whole_sectors(at in 0..2000u64, length in 513..4000usize, last: bool) {
            let mut content = Content::default();
            content.write(0, &[1; 6000]).unwrap();
            content.sync();
            content.write(at, &vec![2; length]).unwrap();
            let half = if last { Survival::LastHalf } else { Survival::FirstHalf };
            content.crash(&[half]);
            let (start, end) = (at as usize, at as usize + length);
            for sector in content.bytes()[..].chunks(SECTOR).enumerate() {
                let within = |at: &usize| (start..end).contains(&(sector.0 * SECTOR + at));
                let mut new = (0..sector.1.len()).filter(within).map(|at| sector.1[at] == 2);
                let first = new.next();
                prop_assert!(new.all(|is_new| Some(is_new) == first));
            }
        }
    }
}
