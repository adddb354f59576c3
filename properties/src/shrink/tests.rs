//! The shrinker over small worlds in place of a test, and over tests.

mod arguments;
mod fake;
mod greedy;
mod published;
mod random_worlds;
mod slots;

use super::size::Size;
use super::{Shrunk, shrink};
use crate::host::{Host, Plan};
use crate::record::RunRecord;
use reveille_sim::{Kind, Tape};

/// Shrinks the failing tape, and sees that the result fails alike, is not larger
/// and replays.
#[track_caller]
fn shrunk(host: &mut dyn Host, tape: &Tape) -> Shrunk {
    let record = host.run(&Plan::replay(tape.clone())).unwrap();
    let broken = record.broken.clone().expect("a tape that fails");
    let before = Size::of(&record.tape);
    let shrunk = shrink(host, record, &broken);
    assert!(shrunk.record.failed_like(&broken), "{:?}", shrunk.record);
    assert!(Size::of(&shrunk.record.tape) <= before);
    assert!(shrunk.replays <= super::MOST_REPLAYS);
    let again = host.run(&Plan::replay(shrunk.record.tape.clone())).unwrap();
    assert_eq!(again, RunRecord { hash: None, ..shrunk.record.clone() });
    shrunk
}

fn tape(lanes: &[(Kind, &[u32])]) -> Tape {
    let mut tape = Tape::new();
    lanes.iter().for_each(|(kind, lane)| *tape.lane_mut(*kind) = lane.to_vec());
    tape
}

fn deviations(tape: &Tape) -> Vec<(Kind, usize, u32)> {
    crate::arguments::spans::deviations(tape).collect()
}

/// Whether some tape with no more than `most` deviations, and beginning like `tape`,
/// breaks the same law: all are tried. `from` counts choices in the order of the run.
fn fails_with(
    host: &mut dyn Host,
    tape: &Tape,
    from: usize,
    most: usize,
    like: &RunRecord,
) -> bool {
    let record = host.run(&Plan::replay(tape.clone()).charted()).unwrap();
    if record.failed_like(like.broken.as_ref().unwrap()) {
        return true;
    }
    if most == 0 {
        return false;
    }
    let choices = record.chart.unwrap().choices;
    for at in from..choices.len() {
        let kind = choices[at].kind;
        let index = choices[..at].iter().filter(|choice| choice.kind == kind).count();
        for option in 1..choices[at].options {
            let mut longer = tape.clone();
            longer.lane_mut(kind).resize(index, 0);
            longer.push(kind, option);
            if fails_with(host, &longer, at + 1, most - 1, like) {
                return true;
            }
        }
    }
    false
}
