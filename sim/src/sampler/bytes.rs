//! Choices out of bytes, for a fuzzer that mutates them.
//!
//! The first two bytes say which of the permitted faults are on, a bit for each in
//! the order of their kinds. Then every choice takes one byte, or four if it has more
//! than 256 options, modulo the options. Past the end everything is the default; so
//! no bytes are the plain run, a byte more or less is a choice more or less at the
//! end, and a mutation in one place leaves what was chosen before it.

use super::Sampler;
use crate::choice::Kind;
use crate::fault::Faults;

/// Takes what bytes say.
#[derive(Clone, Debug)]
pub struct Bytes<'a> {
    bytes: &'a [u8],
    left: &'a [u8],
}

impl<'a> Bytes<'a> {
    /// Chooses by `bytes` in every run.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes { bytes, left: bytes }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        let count = self.left.len().min(N);
        let (first, rest) = self.left.split_at(count);
        taken[..count].copy_from_slice(first);
        self.left = rest;
        taken
    }
}

impl Sampler for Bytes<'_> {
    fn begin(&mut self, _run: u64, permitted: Faults) -> Faults {
        self.left = self.bytes;
        let mask = u16::from_le_bytes(self.take());
        let on = permitted.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
        on.fold(Faults::NONE, |faults, (_, kind)| faults.with(kind))
    }

    fn choose(&mut self, _kind: Kind, options: u32) -> u32 {
        let word = if options <= 256 {
            u32::from(self.take::<1>()[0])
        } else {
            u32::from_le_bytes(self.take())
        };
        word % options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_taken_in_order_and_end_in_defaults() {
        let permitted = Faults::NONE.with(Kind::SpuriousPoll).with(Kind::LateTimer);
        let mut bytes = Bytes::new(&[0b10, 0, 5, 255, 1, 2, 0, 0, 9]);
        for run in 0..2 {
            assert_eq!(bytes.begin(run, permitted), Faults::NONE.with(Kind::LateTimer));
            assert_eq!(bytes.choose(Kind::Schedule, 3), 2);
            assert_eq!(bytes.choose(Kind::Schedule, 256), 255);
            assert_eq!(bytes.choose(Kind::Input, 1000), 513);
            assert_eq!(bytes.choose(Kind::Entropy, 1 << 16), 9);
            assert_eq!(bytes.choose(Kind::Schedule, 2), 0);
            assert_eq!(bytes.choose(Kind::Input, u32::MAX), 0);
        }
        assert_eq!(Bytes::new(&[]).begin(0, permitted), Faults::NONE);
    }
}
