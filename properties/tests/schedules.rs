//! Schedules in the hands of proptest: a failure is made small in schedule and input,
//! and the line that proptest prints makes it again.

use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use reveille::proptest::strategy::ValueTree;
use reveille::proptest::test_runner::{Config, TestError, TestRunner};
use reveille::{Law, Schedule, Tape};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

fn runner() -> TestRunner {
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    TestRunner::new_with_rng(config, rng)
}

/// Every item is sent by a task of its own; whether they come in order.
async fn in_order(items: Vec<u8>) -> bool {
    let delivered = Rc::new(RefCell::new(Vec::new()));
    let send = |item: &u8| {
        let (item, delivered) = (*item, delivered.clone());
        reveille::spawn_local(async move { delivered.borrow_mut().push(item) })
    };
    let senders: Vec<_> = items.iter().map(send).collect();
    for sender in senders {
        sender.await.unwrap();
    }
    delivered.take() == items
}

async fn comes_in_order(items: Vec<u8>) {
    assert!(in_order(items).await, "out of order");
}

/// The tape within quotes in a line.
fn tape(line: &str) -> Tape {
    Tape::from_text(line.split('"').nth(1).unwrap()).unwrap().1
}

fn deviations(schedule: &Schedule) -> usize {
    tape(&format!("{schedule:?}")).deviations().count()
}

#[test]
fn schedule_and_input_are_made_small() {
    let strategy = (reveille::schedules(), vec(any::<u8>(), 2..8));
    let failed = runner().run(&strategy, |(schedule, items)| {
        schedule.run(|| comes_in_order(items.clone()));
        Ok(())
    });
    let Err(TestError::Fail(why, (schedule, items))) = failed else { panic!("{failed:?}") };
    let report = why.message();
    assert!(report.contains("breaks the law panic\n"), "{report}");
    assert!(report.contains("out of order"), "{report}");

    // One item that overtakes one other.
    let line = format!("{schedule:?}");
    assert_eq!(deviations(&schedule), 1, "{line}\n{report}");
    // Proptest prints the schedule, so the report has no other one.
    assert!(report.contains("replay: reveille::<the schedule of the minimal"), "{report}");
    assert!(!report.contains("from_tape") && !report.contains("v1/"), "{report}");
    assert_eq!(items.iter().map(|n| u32::from(*n)).sum::<u32>(), 1, "{items:?}");
    assert_eq!(items.len(), 2);

    let text = line.split('"').nth(1).unwrap();
    for again in [Schedule::from_tape(text).unwrap(), text.parse().unwrap()] {
        let error = again.try_run(|| comes_in_order(items.clone())).unwrap_err();
        assert!(error.to_string().contains("out of order"), "{error}");
        // Here nobody else does.
        let told = error.to_string();
        assert!(told.contains("replay: reveille::Schedule::from_tape(\"v1/"), "{told}");
        let same: Vec<u8> = vec![7; items.len()];
        again.try_run(|| comes_in_order(same.clone())).unwrap();
    }
}

/// The least deviations with which a run fails, over many first schedules.
#[test]
fn every_first_schedule_becomes_as_small() {
    let mut runner = runner();
    let (mut failures, mut smallest) = (0, 0);
    for _ in 0..200 {
        let mut tree = reveille::schedules().new_tree(&mut runner).unwrap();
        let fails =
            |schedule: &Schedule| schedule.try_run(|| comes_in_order(vec![1, 2, 3, 4])).is_err();
        if !fails(&tree.current()) {
            continue;
        }
        failures += 1;
        let mut runs = 0;
        let mut goes_on = tree.simplify();
        while goes_on {
            runs += 1;
            goes_on = if fails(&tree.current()) { tree.simplify() } else { tree.complicate() };
        }
        // Proptest takes what is current for the last failure.
        assert!(fails(&tree.current()));
        assert!(deviations(&tree.current()) <= 2, "{tree:?}");
        smallest += u32::from(deviations(&tree.current()) == 1);
        assert!(runs < 60, "{runs} runs");
    }
    assert!(failures > 100 && smallest * 10 > failures * 8, "{smallest} of {failures}");
}

#[test]
fn what_the_body_rejects_is_rejected() {
    let schedule = reveille::schedules().new_tree(&mut runner()).unwrap().current();
    let rejected = schedule.try_run(|| async {
        prop_assume!(false, "odd");
        Ok(())
    });
    assert!(matches!(rejected, Err(TestCaseError::Reject(why)) if why.message().contains("odd")));
    schedule.run(|| async {
        prop_assume!(false);
        Ok(())
    });
}

#[test]
fn settings_of_the_checker_hold() {
    let spins = || async {
        for _ in 0..50 {
            reveille::yield_now().await;
        }
    };
    let checker = reveille::Checker::new().max_steps(10);
    let run = |checker: &reveille::Checker| {
        checker.schedules().new_tree(&mut runner()).unwrap().current().try_run(spins)
    };
    let error = run(&checker).unwrap_err();
    assert!(error.to_string().contains("breaks the law busy-poll"), "{error}");
    run(&checker.max_steps(100).allow(Law::TaskLeak)).unwrap();
}

#[test]
fn a_run_within_a_run_is_refused() {
    let error = Schedule::from_tape(&Tape::new().to_text("t")).unwrap().try_run(|| async {
        let inner = Schedule::from_tape(&Tape::new().to_text("t")).unwrap();
        inner.try_run(|| async {})
    });
    assert!(error.unwrap_err().to_string().contains("a check was begun inside a run"));
}

#[test]
fn a_text_that_is_no_tape_is_refused() {
    let error = Schedule::from_tape("v1/doubles/len=0").unwrap_err();
    assert_eq!(error.to_string(), "the tape is cut: it does not end in `/sum=` and eight digits");
}

#[test]
fn a_run_that_cannot_be_repeated_says_so() {
    let rounds = Cell::new(0);
    let schedule = reveille::schedules().new_tree(&mut runner()).unwrap().current();
    let error = schedule.try_run(|| {
        rounds.set(rounds.get() + 1);
        let round = rounds.get();
        async move {
            for _ in 0..round {
                reveille::yield_now().await;
            }
            assert!(round > 1);
        }
    });
    let report = error.unwrap_err().to_string();
    assert!(report.contains("a test must take its randomness"), "{report}");
    assert!(report.contains("is the first that differs"), "{report}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn proptest_runs_schedules(schedule in reveille::schedules(), n in 0..9usize) {
        schedule.run(|| async move {
            let numbers: Vec<_> = (0..n).map(|i| reveille::spawn(async move { i })).collect();
            let mut sum = 0;
            for number in numbers {
                sum += number.await.unwrap();
            }
            assert_eq!(2 * sum, n * n.saturating_sub(1));
        });
        schedule.try_run(reveille::yield_now)?;
    }
}

#[test]
#[ignore = "run by the test below"]
fn warns_and_misses_a_mark() {
    let strategy = reveille::Checker::new().name("t").schedules();
    let run = |schedule: Schedule| {
        schedule.run(|| async {
            reveille::sometimes!("never", false);
            reveille::sometimes!("always", true);
            // Left behind, and nothing can wake it.
            let lost = reveille::spawn(std::future::poll_fn::<(), _>(|cx| {
                std::mem::forget(cx.waker().clone());
                std::task::Poll::Pending
            }));
            reveille::yield_now().await;
            std::mem::forget(lost);
        });
        Ok(())
    };
    runner().run(&strategy, run).unwrap();
}

#[test]
fn what_only_warns_is_told_once() {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["warns_and_misses_a_mark", "--exact", "--ignored"]);
    let output = command.env("RUST_BACKTRACE", "0").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(told.matches("warning[waker-leak] in `t`: ").count(), 1, "{told}");
    assert_eq!(told.matches("warning[mark] in `t`: `never`, at ").count(), 1, "{told}");
    assert!(!told.contains("`always`"), "{told}");
}
