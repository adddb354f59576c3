//! What schedules there are: small programs, all their interleavings written out
//! and counted.

use crate::exhaustive::all;
use crate::{calm, replayed, sampled};
use reveille_sim::{Kind, Random, Tape, World, point, spawn_local, yield_now};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

type Log = Rc<RefCell<String>>;

/// Spawns a task that writes the letters of `word`, one between two scheduling points.
fn writer(log: &Log, word: &'static str, by_points: bool) -> reveille_sim::JoinHandle<()> {
    let log = log.clone();
    spawn_local(async move {
        for (at, letter) in word.chars().enumerate() {
            if at > 0 && by_points {
                point().await;
            } else if at > 0 {
                yield_now().await;
            }
            log.borrow_mut().push(letter);
        }
    })
}

async fn write(words: &[&'static str], by_points: bool) -> String {
    let log = Log::default();
    let tasks: Vec<_> = words.iter().map(|word| writer(&log, word, by_points)).collect();
    for task in tasks {
        task.await.unwrap();
    }
    log.take()
}

/// How many schedules lead to each result.
fn counted(results: Vec<String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for result in results {
        *counts.entry(result).or_insert(0) += 1;
    }
    counts
}

#[test]
fn two_tasks_of_two_steps_interleave_in_six_ways() {
    for by_points in [false, true] {
        let counts = counted(all(|| write(&["ab", "xy"], by_points)));
        let words: Vec<&str> = counts.keys().map(String::as_str).collect();
        assert_eq!(words, ["abxy", "axby", "axyb", "xaby", "xayb", "xyab"], "points: {by_points}");
    }
}

#[test]
fn three_tasks_of_two_steps_interleave_in_ninety_ways() {
    // 6! / (2! 2! 2!)
    for by_points in [false, true] {
        assert_eq!(counted(all(|| write(&["ab", "mn", "xy"], by_points))).len(), 90);
    }
}

#[test]
fn a_schedule_is_a_sequence_of_choices_between_two_strands_at_least() {
    // The root waits in the join of the first task, so only the two tasks are ever
    // runnable together, and each of the six orders comes up once - but for the
    // root itself, which is woken when the first task ends while the second still runs.
    let counts = counted(all(|| write(&["ab", "xy"], true)));
    let expected = [("abxy", 3), ("axby", 2), ("axyb", 1), ("xaby", 2), ("xayb", 1), ("xyab", 1)];
    let expected: BTreeMap<String, usize> =
        expected.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
    assert_eq!(counts, expected);
}

#[test]
fn the_default_goes_on_at_points_and_takes_turns_at_yields() {
    let plain = |by_points| {
        let words = ["abc", "xyz"];
        replayed(Tape::new(), move || async move { write(&words, by_points).await }).output.unwrap()
    };
    assert_eq!(plain(true), "abcxyz");
    assert_eq!(plain(false), "axbycz");
}

#[test]
fn a_deviation_at_a_point_takes_the_strand_woken_earliest() {
    let mut tape = Tape::new();
    *tape.lane_mut(Kind::Schedule) = vec![0, 1];
    let outcome = replayed(tape, || write(&["abc", "mno", "xyz"], true));
    // Stopped once, the first goes to the end of the queue.
    assert_eq!(outcome.output.unwrap(), "amnoxyzbc");
}

#[test]
fn random_schedules_reach_every_order_and_replay() {
    let mut random = Random::new(5);
    let mut seen = BTreeMap::new();
    for run in 0..300 {
        let (outcome, tape) = sampled(&mut random, run, || write(&["ab", "xy"], true));
        let word = outcome.output.unwrap();
        let again = replayed(tape, || write(&["ab", "xy"], true));
        assert_eq!((again.output.unwrap(), again.steps), (word.clone(), outcome.steps));
        *seen.entry(word).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}

#[test]
fn one_runnable_strand_is_no_choice() {
    let mut world = World::new();
    let outcome = world.run(&calm(), &mut Random::new(1), 0, || async {
        for _ in 0..10 {
            yield_now().await;
            point().await;
        }
    });
    assert_eq!((outcome.verdict, world.choices()), (None, 0));
}

#[test]
fn a_wake_repeated_is_one_poll() {
    let mut polls = 0;
    let steps = crate::passes(|| async {
        std::future::poll_fn(|cx| {
            polls += 1;
            (0..10).for_each(|_| cx.waker().wake_by_ref());
            if polls < 3 { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
        })
        .await;
        polls
    });
    assert_eq!(steps, 3);
}
