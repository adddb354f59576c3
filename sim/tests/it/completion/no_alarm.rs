//! Whoever leaves memory alone until its completion is never blamed, whatever the
//! kernel does; whoever does not is always caught.

use super::*;
use proptest::prelude::*;
use reveille_sim::Law;

#[derive(Clone, Copy, Debug)]
enum Step {
    Read(usize, u64),
    Write(usize, u64),
    ReadRaw(usize, u64),
    Cancel(usize),
    Wait,
    Touch(usize),
}

const BUFFERS: usize = 3;
const LENGTH: usize = 700;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (which, offset) = (|| 0..BUFFERS, || 0..5_000u64);
    let step = prop_oneof![
        (which(), offset()).prop_map(|(which, at)| Step::Read(which, at)),
        (which(), offset()).prop_map(|(which, at)| Step::Write(which, at)),
        (which(), offset()).prop_map(|(which, at)| Step::ReadRaw(which, at)),
        which().prop_map(Step::Cancel),
        Just(Step::Wait),
        which().prop_map(Step::Touch),
    ];
    prop::collection::vec(step, 0..30)
}

/// The test of `steps` by somebody who looks first, or not.
async fn drives(steps: &[Step], looks_first: bool) -> bool {
    let ring = Ring::new(64).unwrap();
    let disk = slow_disk();
    let mut buffers = [(); BUFFERS].map(|()| Buffer::zeroed(LENGTH));
    let mut raw = [(); BUFFERS].map(|()| (vec![0u8; LENGTH], 0u64));
    let (mut number, mut wrong) = (1000, false);
    for step in steps {
        match *step {
            Step::Read(which, at) if !buffers[which].is_in_flight() => {
                ring.push_read(disk, &buffers[which], at, which as u64).unwrap();
            }
            Step::Write(which, at) if !buffers[which].is_in_flight() => {
                ring.push_write(disk, &buffers[which], at, which as u64).unwrap();
            }
            Step::ReadRaw(which, at) if raw[which].1 == 0 => {
                number += 1;
                raw[which].1 = number;
                let start = raw[which].0.as_mut_ptr();
                let entry = Entry::read(disk, start, LENGTH as u32, at).user_data(number);
                // SAFETY: the memory lives until the end of the run.
                unsafe { ring.push(&entry) }.unwrap();
            }
            Step::Cancel(which) => ring.cancel(which as u64, 99).unwrap(),
            Step::Touch(which) if !looks_first || !buffers[which].is_in_flight() => {
                wrong |= buffers[which].is_in_flight();
                buffers[which].with_mut(|bytes| bytes.fill(7));
            }
            Step::Wait if ring.in_flight() > 0 => {
                ring.submit().unwrap();
                let done = next(&ring).await.user_data();
                raw.iter_mut().filter(|(_, own)| *own == done).for_each(|(_, own)| *own = 0);
            }
            _ => {}
        }
    }
    ring.submit().unwrap();
    while ring.in_flight() > 0 {
        next(&ring).await;
    }
    wrong
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn of_whoever_looks_first(steps in steps(), seed: u64) {
        let mut sampler = Random::new(seed);
        for run in 0..4 {
            let (outcome, _) = sampled(&mut sampler, run, || drives(&steps, true));
            prop_assert_eq!((outcome.verdict, outcome.output), (None, Some(false)));
        }
    }

    #[test]
    fn but_of_whoever_does_not(steps in steps(), seed: u64) {
        let mut sampler = Random::new(seed);
        let (outcome, _) = sampled(&mut sampler, 0, || drives(&steps, false));
        // A law that is broken ends the run after the step.
        let law = outcome.verdict.map(|finding| finding.law);
        let expected = (outcome.output != Some(false)).then_some(Law::BufferInFlight);
        prop_assert_eq!(law, expected);
    }
}
