//! Simplifies the arguments of the test.
//!
//! The lane of arguments holds for each argument the seed from which proptest's
//! strategy makes it and the moves made on it since:
//!
//! ```text
//! seed low, seed high, move, move, ..., 0        1: simplify, 2: complicate, 0: no more
//! ```
//!
//! The moves are those of a `ValueTree`: simplify while the run fails; when it
//! passes, complicate until it fails again, and simplify on from there. A move that
//! the tree refuses is not on the tape that the run records, and ends it.

use super::Shrinker;
use super::size::fingerprint;
use crate::host::Plan;
use reveille_sim::Kind;

const STOP: u32 = 0;
const SIMPLIFY: u32 = 1;
const COMPLICATE: u32 = 2;

/// Moves of one argument at most.
const MOST_MOVES: usize = 512;

/// One argument: its seed and its moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    seed: [u32; 2],
    moves: Vec<u32>,
}

pub(super) fn read(lane: &[u32]) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let mut rest = lane.iter().copied();
    while let Some(low) = rest.next() {
        let seed = [low, rest.next().unwrap_or(0)];
        let moves = rest.by_ref().take_while(|one| *one != STOP).collect();
        arguments.push(Argument { seed, moves });
    }
    arguments
}

pub(super) fn write(arguments: &[Argument]) -> Vec<u32> {
    let one = |argument: &Argument| [&argument.seed[..], &argument.moves, &[STOP]].concat();
    arguments.iter().flat_map(one).collect()
}

/// What became of a move.
enum Moved {
    /// The run fails alike.
    Fails,
    Passes,
    /// The value cannot be moved so, or no more replays are to be had.
    Refused,
}

impl Shrinker<'_> {
    /// Simplifies one argument after the other until all refuse.
    pub(super) fn simplify_arguments(&mut self) {
        while !self.is_spent() {
            let before = fingerprint(&self.best.tape);
            for number in 0..read(self.best.tape.lane(Kind::Argument)).len() {
                self.simplify_argument(number);
            }
            if fingerprint(&self.best.tape) == before {
                break;
            }
        }
    }

    fn simplify_argument(&mut self, number: usize) {
        let arguments = read(self.best.tape.lane(Kind::Argument));
        let Some(Argument { mut moves, .. }) = arguments.get(number).cloned() else { return };
        let mut next = SIMPLIFY;
        while moves.len() < MOST_MOVES {
            moves.push(next);
            next = match self.moved(number, &moves) {
                Moved::Fails => SIMPLIFY,
                Moved::Passes => COMPLICATE,
                Moved::Refused => break,
            };
        }
    }

    fn moved(&mut self, number: usize, moves: &[u32]) -> Moved {
        let mut arguments = read(self.best.tape.lane(Kind::Argument));
        let Some(argument) = arguments.get_mut(number) else { return Moved::Refused };
        argument.moves = moves.to_vec();
        let candidate = self.with_lane(Kind::Argument, |lane| *lane = write(&arguments));
        if self.tried.contains(&fingerprint(&candidate)) {
            return Moved::Refused;
        }
        // The tape is wanted of a run that passes, too.
        let plan = Plan::replay(candidate).hashed();
        let Some(record) = self.replay(&plan) else { return Moved::Refused };
        let made = read(record.tape.lane(Kind::Argument));
        if made.get(number).is_none_or(|made| made.moves != moves) {
            return Moved::Refused;
        }
        if record.failed_like(self.broken) {
            self.best = record;
            return Moved::Fails;
        }
        Moved::Passes
    }
}
