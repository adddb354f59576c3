//! Smaller tapes, one proposal at a time.
//!
//! The passes of the shrinker of tapes in a form that is asked for one candidate after
//! the other, because here it is proptest that makes the runs:
//!
//! ```text
//! nothing at all -> without a lane -> cut tails -> blocks of zeros, halved -> lower options
//!                                        ^_____________|__________________|  while it helps
//! ```

use reveille_sim::{Kind, Tape};

/// Options tried below one at most.
const LOWER: u32 = 8;

/// Where the passes are; each names the candidate that is being tried.
#[derive(Clone, Copy, Debug)]
enum Pass {
    Everything,
    /// Without the lane of that kind.
    Lane(usize),
    /// Of that lane no more than the first half of what stands behind `kept`.
    Tail {
        lane: usize,
        kept: usize,
        middle: usize,
    },
    /// Zeros instead of `size` deviations from number `at` on.
    Blocks {
        size: usize,
        at: usize,
    },
    /// `lower` in place of deviation number `at`.
    Options {
        at: usize,
        lower: u32,
    },
    Over,
}

/// The proposals.
#[derive(Clone, Debug)]
pub(super) struct Smaller {
    pass: Pass,
    /// Whether anything came off since tails were cut last.
    helped: bool,
}

const FIRST_TAIL: Pass = Pass::Tail { lane: 0, kept: 0, middle: 0 };

impl Smaller {
    pub(super) fn new() -> Smaller {
        Smaller { pass: Pass::Everything, helped: false }
    }

    /// The next candidate that is smaller than `best`, the last tape that failed.
    pub(super) fn propose(&mut self, best: &Tape) -> Option<Tape> {
        let deviations: Vec<(Kind, usize, u32)> = best.deviations().collect();
        if deviations.is_empty() {
            self.pass = Pass::Over;
        }
        loop {
            let mut candidate = best.clone();
            match self.pass {
                Pass::Over => return None,
                Pass::Everything => {
                    candidate.clear();
                    return Some(candidate);
                }
                Pass::Lane(number) => match Kind::ALL.get(number) {
                    None => self.pass = FIRST_TAIL,
                    Some(kind) if !deviates(best, *kind) => self.pass = Pass::Lane(number + 1),
                    Some(kind) => {
                        candidate.lane_mut(*kind).clear();
                        return Some(candidate);
                    }
                },
                Pass::Tail { lane, kept, .. } => match Kind::ALL.get(lane) {
                    None => {
                        self.pass = Pass::Blocks { size: deviations.len().div_ceil(2), at: 0 };
                    }
                    Some(kind) => {
                        let length = length(best, *kind);
                        if kept >= length {
                            self.pass = Pass::Tail { lane: lane + 1, kept: 0, middle: 0 };
                            continue;
                        }
                        let middle = (kept + length) / 2;
                        self.pass = Pass::Tail { lane, kept, middle };
                        candidate.lane_mut(*kind).truncate(middle);
                        return Some(candidate);
                    }
                },
                Pass::Blocks { size: 0, .. } => {
                    let again = std::mem::take(&mut self.helped);
                    self.pass = if again { FIRST_TAIL } else { Pass::Options { at: 0, lower: 1 } };
                }
                Pass::Blocks { size, at } if at >= deviations.len() => {
                    self.pass = Pass::Blocks { size: size / 2, at: 0 };
                }
                Pass::Blocks { size, at } => {
                    for (kind, index, _) in deviations.iter().skip(at).take(size) {
                        candidate.lane_mut(*kind)[*index] = 0;
                    }
                    return Some(candidate);
                }
                Pass::Options { at, lower } => match deviations.get(at) {
                    // What a lower option made of the run may need less of the others.
                    None => {
                        let again = std::mem::take(&mut self.helped);
                        self.pass = if again { FIRST_TAIL } else { Pass::Over };
                    }
                    Some((.., option)) if lower >= *option || lower > LOWER => {
                        self.pass = Pass::Options { at: at + 1, lower: 1 };
                    }
                    Some((kind, index, _)) => {
                        candidate.lane_mut(*kind)[*index] = lower;
                        return Some(candidate);
                    }
                },
            }
        }
    }

    /// Whether the run of the last candidate failed, so that its tape is the best now.
    pub(super) fn answer(&mut self, failed: bool) {
        self.pass = match (self.pass, failed) {
            (Pass::Everything, _) => Pass::Lane(0),
            (Pass::Lane(number), _) => Pass::Lane(number + 1),
            (Pass::Tail { lane, middle, .. }, false) => {
                Pass::Tail { lane, kept: middle + 1, middle }
            }
            (Pass::Blocks { size, at }, false) => Pass::Blocks { size, at: at + size },
            (Pass::Options { at, lower }, false) => Pass::Options { at, lower: lower + 1 },
            (Pass::Options { at, .. }, true) => Pass::Options { at: at + 1, lower: 1 },
            (pass, _) => pass,
        };
        self.helped |= failed;
    }
}

fn deviates(tape: &Tape, kind: Kind) -> bool {
    length(tape, kind) > 0
}

/// The length of a lane up to its last deviation.
fn length(tape: &Tape, kind: Kind) -> usize {
    tape.lane(kind).iter().rposition(|option| *option != 0).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// The tape that is left of `tape` if a run fails as `fails` says, and the proposals.
    fn smallest(tape: Tape, fails: impl Fn(&Tape) -> bool) -> (Tape, u32) {
        let (mut best, mut smaller, mut proposals) = (tape, Smaller::new(), 0);
        while let Some(candidate) = smaller.propose(&best) {
            proposals += 1;
            let failed = fails(&candidate);
            smaller.answer(failed);
            if failed {
                best = candidate;
            }
        }
        (best, proposals)
    }

    fn tape(schedule: &[u32], faults: &[u32]) -> Tape {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = schedule.to_vec();
        *tape.lane_mut(Kind::SpuriousPoll) = faults.to_vec();
        tape
    }

    #[test]
    fn what_always_fails_becomes_the_plain_run() {
        assert_eq!(smallest(tape(&[1, 2, 3], &[0, 1]), |_| true), (Tape::new(), 1));
    }

    #[test]
    fn what_never_fails_again_stays_as_it_is() {
        let before = tape(&[0, 3, 1], &[1]);
        assert_eq!(smallest(before.clone(), |_| false).0, before);
    }

    #[test]
    fn what_matters_stays_and_is_lowered() {
        let fails =
            |tape: &Tape| tape.get(Kind::Schedule, 3) >= 2 && tape.get(Kind::Schedule, 9) > 0;
        let (left, proposals) = smallest(tape(&[5; 40], &[1; 40]), fails);
        let deviations: Vec<_> = left.deviations().collect();
        assert_eq!(deviations, [(Kind::Schedule, 3, 2), (Kind::Schedule, 9, 1)]);
        assert!(proposals < 80, "{proposals}");
    }

    proptest! {
        #[test]
        fn proposals_come_to_an_end_at_a_tape_that_fails(
            schedule in vec(0..4u32, 0..30),
            faults in vec(0..2u32, 0..30),
            wanted in vec((0..30usize, 1..4u32), 0..4),
        ) {
            let before = tape(&schedule, &faults);
            let fails = |tape: &Tape| {
                wanted.iter().all(|(at, least)| {
                    let has = before.get(Kind::Schedule, *at) >= *least;
                    !has || tape.get(Kind::Schedule, *at) >= *least
                })
            };
            let (left, _) = smallest(before.clone(), fails);
            prop_assert!(fails(&left));
            let needed = wanted.iter().map(|(at, _)| *at).collect::<std::collections::BTreeSet<_>>();
            prop_assert!(left.deviations().count() <= needed.len());
        }
    }
}
