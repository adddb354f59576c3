//! Choices out of bytes, for a fuzzer that mutates them.
//!
//! The first two bytes say which of the permitted faults are on, a bit for each in
//! the order of their kinds; those of I/O always are. Then every choice takes one byte, or four if it has more
//! than 256 options, modulo the options. Past the end everything is the default; so
//! no bytes are the plain run, a byte more or less is a choice more or less at the
//! end, and a mutation in one place leaves what was chosen before it. A move that makes
//! an argument simpler takes a byte as well, of which 1 and 2 only are moves.
//!
//! [`Written`] is the way back: it replays a tape and writes the bytes of that run.

use super::{Replay, Sampler};
use crate::choice::Kind;
use crate::fault::Faults;
use crate::strand::{Runnable, Strand};
use crate::tape::Tape;

/// Up to so many options a choice takes one byte.
const MOST_OF_A_BYTE: u32 = 256;
/// Moves of an argument, without the end of them.
const MOVES: u8 = 2;

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

/// The faults that have a bit.
fn switched(permitted: Faults) -> impl Iterator<Item = Kind> {
    permitted.iter().filter(|kind| !kind.is_of_io())
}

/// Those that have none: their choices cost nothing where there is no I/O.
fn always_on(permitted: Faults) -> Faults {
    permitted.iter().filter(|kind| kind.is_of_io()).fold(Faults::NONE, Faults::with)
}

impl Sampler for Bytes<'_> {
    fn begin(&mut self, _run: u64, permitted: Faults) -> Faults {
        self.left = self.bytes;
        let mask = u16::from_le_bytes(self.take());
        let on = switched(permitted).enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
        on.fold(always_on(permitted), |faults, (_, kind)| faults.with(kind))
    }

    fn choose(&mut self, _kind: Kind, options: u32) -> u32 {
        let word = if options <= MOST_OF_A_BYTE {
            u32::from(self.take::<1>()[0])
        } else {
            u32::from_le_bytes(self.take())
        };
        word % options
    }

    fn move_argument(&mut self) -> u32 {
        let [byte] = self.take::<1>();
        // Most bytes leave the argument as it was made.
        if byte <= MOVES { byte.into() } else { 0 }
    }
}

/// Replays a tape and writes the bytes that make the same run.
///
/// ```
/// use reveille_sim::{Bytes, Kind, Settings, Tape, World, Written, draw};
///
/// let mut tape = Tape::new();
/// tape.push(Kind::Input, 1000);
/// let (mut world, settings) = (World::new(), Settings::default());
/// let mut written = Written::new(tape.clone());
/// world.run(&settings, &mut written, 0, || async { assert_eq!(draw(5000), 1000) });
/// let bytes = written.into_bytes();
/// assert_eq!(bytes, [0, 0, 232, 3]);
///
/// let same = world.run(&settings, &mut Bytes::new(&bytes), 0, || async { draw(5000) });
/// assert_eq!((same.output, world.tape()), (Some(1000), tape));
/// ```
#[derive(Clone, Debug)]
pub struct Written {
    replay: Replay,
    bytes: Vec<u8>,
}

impl Written {
    /// Replays `tape` in every run.
    #[must_use]
    pub fn new(tape: Tape) -> Written {
        Written { replay: Replay::new(tape), bytes: Vec::new() }
    }

    /// The bytes of the last run, as few as can be.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        let needed = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.bytes.truncate(needed);
        self.bytes
    }

    fn write(&mut self, options: u32, option: u32) -> u32 {
        let bytes = option.to_le_bytes();
        self.bytes.extend_from_slice(if options <= MOST_OF_A_BYTE { &bytes[..1] } else { &bytes });
        option
    }
}

impl Sampler for Written {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        let on = self.replay.begin(run, permitted).and(permitted);
        let bits = switched(permitted).enumerate().filter(|(_, kind)| on.has(*kind));
        let mask = bits.fold(0u16, |mask, (bit, _)| mask | 1 << bit);
        self.bytes.clear();
        self.bytes.extend(mask.to_le_bytes());
        always_on(permitted).iter().fold(on, Faults::with)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        let option = self.replay.choose(kind, options);
        self.write(options, option)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let option = self.replay.schedule(runnable);
        self.write(runnable.len(), option)
    }

    fn move_argument(&mut self) -> u32 {
        let option = self.replay.move_argument();
        self.write(u32::from(MOVES) + 1, option)
    }

    fn turn(&mut self, strand: &Strand) {
        self.replay.turn(strand);
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

    #[test]
    fn few_bytes_are_moves() {
        let mut bytes = Bytes::new(&[0, 0, 1, 2, 3, 255, 0]);
        let _ = bytes.begin(0, Faults::NONE);
        assert_eq!([(); 6].map(|()| bytes.move_argument()), [1, 2, 0, 0, 0, 0]);
    }

    #[test]
    fn what_is_written_is_read() {
        let permitted = Faults::NONE.with(Kind::SpuriousPoll).with(Kind::LateTimer);
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::LateTimer) = vec![0, 1];
        *tape.lane_mut(Kind::Schedule) = vec![2, 7];
        *tape.lane_mut(Kind::Argument) = vec![70_000, 2, 0];
        // This fault is not permitted and does not strike.
        *tape.lane_mut(Kind::DelayedWake) = vec![1];
        let play = |sampler: &mut dyn Sampler| {
            let faults = sampler.begin(0, permitted);
            let mut taken = vec![sampler.choose(Kind::Schedule, 3)];
            taken.push(sampler.choose(Kind::LateTimer, 2));
            taken.push(sampler.choose(Kind::Argument, u32::MAX));
            taken.extend([(); 2].map(|()| sampler.move_argument()));
            taken.push(sampler.choose(Kind::LateTimer, 2));
            // Not offered, so it is the default.
            taken.push(sampler.choose(Kind::Schedule, 4));
            (faults, taken)
        };
        let mut written = Written::new(tape);
        for _ in 0..2 {
            let first = play(&mut written);
            assert_eq!(first, (Faults::NONE.with(Kind::LateTimer), vec![2, 0, 70_000, 2, 0, 1, 0]));
            let bytes = written.clone().into_bytes();
            assert_eq!(bytes, [0b10, 0, 2, 0, 0x70, 0x11, 1, 0, 2, 0, 1]);
            assert_eq!(play(&mut Bytes::new(&bytes)), first);
        }
    }
}
