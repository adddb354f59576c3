//! Worlds by hand, each with a trap.

use super::fake::{Asked, Fake};
use super::{deviations, fails_with, shrunk, tape};
use crate::host::{Host, Plan};
use reveille_sim::Kind::{self, Input, Schedule, SpuriousPoll};
use reveille_sim::Tape;

/// The options of so many choices of the schedule.
fn schedule(asked: &mut Asked<'_>, choices: usize, options: u32) -> Vec<u32> {
    (0..choices).map(|_| asked.schedule(options)).collect()
}

fn noise(choices: usize) -> Tape {
    tape(&[(Schedule, &vec![1; choices])])
}

#[test]
fn what_always_fails_needs_nothing_and_a_single_replay() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        schedule(asked, 50, 3);
        Some("always")
    });
    let result = shrunk(&mut host, &noise(50));
    assert_eq!(deviations(&result.record.tape), []);
    assert_eq!(result.replays, 1);
}

#[test]
fn a_single_deviation_is_found_among_many() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 100, 3);
        (taken[70] == 1).then_some("seventy")
    });
    let result = shrunk(&mut host, &noise(100));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 70, 1)]);
    assert!(result.replays <= 40, "{} replays", result.replays);
}

#[test]
fn another_reason_is_another_failure() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| match schedule(asked, 3, 3)[..] {
        [1, 1, _] => Some("this one"),
        [0, _, _] => Some("another one"),
        _ => None,
    });
    let result = shrunk(&mut host, &noise(3));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 0, 1), (Schedule, 1, 1)]);
}

#[test]
fn options_are_lowered_and_deviations_moved_to_the_front() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 30, 9);
        taken[4..].iter().any(|option| *option >= 3).then_some("late and high")
    });
    let mut lane = vec![0; 29];
    lane.push(8);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 4, 3)]);
}

#[test]
fn what_the_run_does_not_offer_is_not_kept() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        (asked.schedule(2) == 0 && asked.schedule(2) == 1).then_some("the second")
    });
    let result = shrunk(&mut host, &tape(&[(Schedule, &[7, 1, 5, 5])]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 1, 1)]);
    assert_eq!(result.record.tape.len(), 2);
}

/// A preemption that does not matter has choices of its own, which shift the rest.
#[test]
fn a_deviation_with_choices_of_its_own_goes_and_the_rest_moves_up() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        if asked.schedule(2) == 1 {
            schedule(asked, 2, 2);
        }
        let taken = schedule(asked, 9, 3);
        (taken[3] == 2 && taken[5] == 1 && taken[7] == 2).then_some("both")
    });
    let result = shrunk(&mut host, &tape(&[(Schedule, &[1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 2])]));
    let left = [(Schedule, 4, 2), (Schedule, 6, 1), (Schedule, 8, 2)];
    assert_eq!(deviations(&result.record.tape), left);
}

/// The same with so many that only taking them out as a block helps, in a world too
/// large for a search.
#[test]
fn a_block_of_choices_goes_with_the_deviation_that_brought_it() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        if asked.schedule(2) == 1 {
            schedule(asked, 8, 2);
        }
        let taken = schedule(asked, 60, 3);
        (taken[13] == 2 && taken[15] == 1 && taken[27] == 2).then_some("all three")
    });
    let mut lane = vec![0; 40];
    (lane[0], lane[22], lane[24], lane[36]) = (1, 2, 1, 2);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    let left = [(Schedule, 14, 2), (Schedule, 16, 1), (Schedule, 28, 2)];
    assert_eq!(deviations(&result.record.tape), left);
}

#[test]
fn deviations_that_belong_together_move_to_the_front_together() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 40, 3);
        taken.windows(3).any(|three| three == [1, 2, 1]).then_some("in a row")
    });
    let mut lane = vec![0; 20];
    lane.extend([1, 2, 1]);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    let left = [(Schedule, 0, 1), (Schedule, 1, 2), (Schedule, 2, 1)];
    assert_eq!(deviations(&result.record.tape), left);
}

#[test]
fn a_deviation_moves_to_the_front_by_itself() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 20, 2);
        (taken[..8].contains(&1) && taken[15] == 1).then_some("early and late")
    });
    let mut lane = vec![0; 16];
    (lane[7], lane[15]) = (1, 1);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 0, 1), (Schedule, 15, 1)]);
}

/// What comes after the failure is cut off by halves, whatever it is.
#[test]
fn a_long_tail_costs_a_logarithm() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 3, 3);
        let fails = taken == [1, 2, 1];
        schedule(asked, 4_096, 2);
        fails.then_some("the first three")
    });
    let mut lane = vec![1, 2, 1];
    lane.extend([1; 4_096]);
    let record = host.run(&Plan::replay(tape(&[(Schedule, &lane)]))).unwrap();
    let broken = record.broken.clone().unwrap();
    let mut shrinker = super::super::Shrinker::new(&mut host, record, &broken);
    shrinker.cut_tails();
    assert!(shrinker.spent.replays <= 13, "{} replays", shrinker.spent.replays);
    assert_eq!(deviations(&shrinker.best.tape).len(), 3);
}

/// The value drawn is the number of choices before the one that counts.
#[test]
fn a_draw_that_shifts_the_schedule_goes_with_its_shift() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let more = asked.choose(Input, 40);
        schedule(asked, more as usize, 2);
        let taken = schedule(asked, 5, 2);
        (taken[2] == 1).then_some("the third")
    });
    let mut lane = vec![0; 30];
    lane[25] = 1;
    let result = shrunk(&mut host, &tape(&[(Input, &[23]), (Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 2, 1)]);
}

/// The same where the draw cannot be the default.
#[test]
fn a_draw_that_must_stay_is_lowered_with_its_shift() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let more = asked.choose(Input, 40);
        schedule(asked, more as usize, 2);
        let taken = schedule(asked, 5, 2);
        (more >= 6 && taken[2] == 1).then_some("six and the third")
    });
    let mut lane = vec![0; 30];
    lane[25] = 1;
    let result = shrunk(&mut host, &tape(&[(Input, &[23]), (Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 8, 1), (Input, 0, 6)]);
}

/// Any one of three is not enough, any two are: bisection alone goes astray.
#[test]
fn failures_need_not_be_monotone() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 40, 2);
        let count = [3, 17, 31].into_iter().filter(|at| taken[*at] == 1).count();
        let odd = taken.iter().sum::<u32>() % 2;
        (count == 2 || count == 3 && odd == 0).then_some("two of three")
    });
    let mut start = noise(40);
    start.lane_mut(Schedule)[3] = 0;
    let result = shrunk(&mut host, &start);
    assert_eq!(result.record.tape.deviations().count(), 2);
}

/// As `wronglock` of SCTBench: two preemptions that need each other where a single
/// one elsewhere would do.
#[test]
fn a_local_minimum_of_two_is_left_for_the_single_one() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 40, 4);
        let two = taken[10] == 1 && taken[12] == 2;
        let one = taken[25] == 3 && taken[10] == 0;
        (two || one).then_some("the same")
    });
    let mut lane = vec![0; 13];
    (lane[10], lane[12]) = (1, 2);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 25, 3)]);
}

/// From three over two, each step of which needs the search.
#[test]
fn the_search_goes_on_until_there_is_none_with_fewer() {
    let world = |asked: &mut Asked<'_>| {
        let taken = schedule(asked, 20, 3);
        let set = |wanted: &[(usize, u32)]| {
            (0..20).all(|at| {
                let wanted = wanted.iter().find(|(place, _)| *place == at);
                taken[at] == wanted.map_or(0, |(_, option)| *option)
            })
        };
        (set(&[(3, 1), (9, 2), (15, 1)]) || set(&[(3, 1), (11, 1)]) || set(&[(6, 2)]))
            .then_some("x")
    };
    let mut host = Fake::new(world);
    let mut lane = vec![0; 16];
    (lane[3], lane[9], lane[15]) = (1, 2, 1);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 6, 2)]);
}

/// In a world too large to be searched whole.
#[test]
fn a_tape_that_keeps_one_of_three_is_found_near() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 200, 3);
        let count = taken.iter().filter(|option| **option != 0).count();
        let three = taken[60] == 1 && taken[110] == 2 && taken[140] == 1;
        let two = taken[60] == 1 && taken[117] == 2;
        (three || two && count == 2).then_some("either")
    });
    let mut lane = vec![0; 141];
    (lane[60], lane[110], lane[140]) = (1, 2, 1);
    let result = shrunk(&mut host, &tape(&[(Schedule, &lane)]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 60, 1), (Schedule, 117, 2)]);
}

#[test]
fn faults_go_before_the_schedule() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let fault = (0..4).map(|_| asked.choose(SpuriousPoll, 2)).any(|strikes| strikes == 1);
        let taken = schedule(asked, 9, 3);
        (fault || taken[5] == 2).then_some("either")
    });
    let both = tape(&[(Schedule, &[0, 0, 0, 0, 0, 2]), (SpuriousPoll, &[0, 1])]);
    let result = shrunk(&mut host, &both);
    assert_eq!(deviations(&result.record.tape), [(Schedule, 5, 2)]);
}

/// The fault alone fails, and so does a schedule that is not on the tape.
#[test]
fn a_fault_is_traded_for_a_deviation_of_the_schedule() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let fault = asked.choose(SpuriousPoll, 2) == 1;
        let taken = schedule(asked, 9, 2);
        (fault || taken[5] == 1).then_some("either")
    });
    let result = shrunk(&mut host, &tape(&[(SpuriousPoll, &[1])]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 5, 1)]);
}

#[test]
fn a_fault_that_is_needed_stays() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let fault = (0..4).map(|_| asked.choose(SpuriousPoll, 2)).collect::<Vec<_>>();
        let taken = schedule(asked, 9, 2);
        (fault[2] == 1 && taken[5] == 1).then_some("both")
    });
    let start = tape(&[(Schedule, &[1; 9]), (SpuriousPoll, &[1; 4])]);
    let result = shrunk(&mut host, &start);
    assert_eq!(deviations(&result.record.tape), [(Schedule, 5, 1), (SpuriousPoll, 2, 1)]);
}

/// A host that cannot replay records more than it was given.
#[test]
fn the_result_is_never_larger_whatever_the_host_records() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        if asked.schedule(2) == 0 {
            (0..3).for_each(|_| asked.make(Input, 1));
        }
        Some("always")
    });
    let result = shrunk(&mut host, &tape(&[(Schedule, &[1])]));
    assert_eq!(deviations(&result.record.tape), [(Schedule, 0, 1)]);
}

/// No two candidates that make the same run cost two replays.
#[test]
fn no_tape_is_replayed_twice() {
    let mut seen = std::collections::BTreeSet::new();
    let mut twice = 0;
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 12, 3);
        let needed = taken[4] == 2 && taken[8] == 1;
        let mut trimmed = taken;
        while trimmed.last() == Some(&0) {
            trimmed.pop();
        }
        twice += u32::from(!seen.insert(trimmed));
        needed.then_some("two")
    });
    let start = tape(&[(Schedule, &[1, 0, 2, 0, 2, 0, 1, 0, 1, 0, 2, 1])]);
    shrunk(&mut host, &start);
    // `shrunk` itself makes the first run and the last one; the search for fewer
    // looks once more into runs that it needs a chart of.
    assert!(twice <= 1 + 1, "{twice} replays of a tape that was known");
}

#[test]
fn the_budget_is_kept() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let taken = schedule(asked, 60, 3);
        // All are needed.
        taken.iter().all(|option| *option == 1).then_some("all")
    });
    let result = shrunk(&mut host, &noise(60));
    assert_eq!(deviations(&result.record.tape).len(), 60);
    let (least, most) = (super::super::MOST_SEARCHED, super::super::MOST_REPLAYS);
    assert!((least..most).contains(&result.replays), "{} replays", result.replays);
    assert_eq!(host.runs, result.replays + 2);
}

#[test]
fn long_runs_are_not_replayed_as_often() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        schedule(asked, 60, 3).iter().all(|option| *option == 1).then_some("all")
    });
    host.steps = 1_000_000;
    let result = shrunk(&mut host, &noise(60));
    assert_eq!(u64::from(result.replays), super::super::MOST_STEPS / 1_000_000);
}

/// The explorer that the other tests rely on finds what there is, and no more.
#[test]
fn the_explorer_is_right() {
    let mut host = Fake::new(|asked: &mut Asked<'_>| {
        let fault = asked.choose(SpuriousPoll, 2);
        let taken = schedule(asked, 4, 3);
        (fault == 1 && taken[3] == 2).then_some("two")
    });
    let two = tape(&[(Schedule, &[0, 0, 0, 2]), (SpuriousPoll, &[1])]);
    let like = host.run(&Plan::replay(two)).unwrap();
    let mut within = |most| fails_with(&mut host, &Tape::new(), 0, most, &like);
    assert!(!within(0) && !within(1) && within(2) && within(3));
    // 1 plain, 1 fault, 8 single deviations.
    host.runs = 0;
    assert!(!fails_with(&mut host, &Tape::new(), 0, 1, &like));
    assert_eq!(host.runs, 10);
}

#[test]
fn lanes_from_outside_are_tried_first_and_arguments_are_none_of_them() {
    let lanes: Vec<Kind> = super::super::size::lanes().collect();
    assert_eq!(lanes.len(), Kind::ALL.len() - 1);
    assert!(!lanes.contains(&Kind::Argument));
    assert_eq!(lanes[lanes.len() - 2..], [Schedule, Kind::Timer]);
}
