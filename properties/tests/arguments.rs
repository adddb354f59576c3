//! Tests with arguments, without the macro: what is made, counted, replayed and told.

use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use reveille::{CheckError, Checker, Failure, Kind, Law, argument};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

#[track_caller]
fn broken(result: Result<reveille::Passed, CheckError>) -> Failure {
    match result {
        Err(CheckError::Broken(failure)) => *failure,
        other => panic!("expected a broken law, got {other:?}"),
    }
}

/// The line of the report that begins with `label`, or its continuations.
fn fact(failure: &Failure, label: &str) -> String {
    let lines =
        failure.report.lines().skip_while(|line| !line.starts_with(&format!("  {label}  ")));
    let lines = lines.enumerate().take_while(|(at, line)| *at == 0 || line.starts_with("        "));
    lines.map(|(_, line)| line.trim_start().trim_start_matches(label).trim_start()).collect()
}

/// What fails here does so on purpose and is nothing to remember.
fn checker() -> Checker {
    Checker::new().corpus(false)
}

#[test]
fn every_run_has_arguments_of_its_own_and_the_same_again_next_time() {
    let values = || {
        let seen = RefCell::new(Vec::new());
        checker().name("t").runs(100).check_with(any::<u64>(), |value| {
            seen.borrow_mut().push(value);
            async {}
        });
        seen.into_inner()
    };
    let seen = values();
    // The plain run is made twice to begin with.
    assert_eq!(seen[0], seen[1]);
    // One run in five is the bounded search's, which keeps to the plain ones.
    assert!(seen.iter().collect::<BTreeSet<_>>().len() >= 75);
    assert_eq!(seen, values());
}

#[test]
fn arguments_with_equal_strategies_differ() {
    let both = argument("a", any::<u64>()).and("b", any::<u64>());
    checker().runs(100).check_with(both, |(a, b)| async move { assert_ne!(a, b) });
}

#[test]
fn a_strategy_without_a_name_is_called_value() {
    let checker = checker().name("t").runs(200);
    let failure = broken(checker.try_check_with((0..100u8, 0..100u8), |(a, b)| async move {
        assert!(a < 10 || b < 10);
    }));
    assert_eq!(fact(&failure, "with"), "value = (10, 10)");
    assert_eq!(failure.law, Law::Panic);
    assert!(!failure.tape.lane(Kind::Argument).is_empty());
}

#[test]
fn each_argument_is_shrunk_and_told_by_itself() {
    let three =
        argument("few", vec(0..9u8, 0..5)).and("flag", any::<bool>()).and("far", -50..50i32);
    let failure =
        broken(checker().name("t").try_check_with(three, |(few, flag, far)| async move {
            reveille::yield_now().await;
            assert!(few.len() < 2 || !flag || far > -3);
        }));
    let with = fact(&failure, "with");
    assert!(with.starts_with("few = [0, 0]flag = truefar = -"), "{with}");
    assert!(with.ends_with("far = -3"), "{with}");
}

#[test]
fn twelve_arguments_are_fine() {
    let bit = || 0..2u32;
    let twelve = argument("a", bit())
        .and("b", bit())
        .and("c", bit())
        .and("d", bit())
        .and("e", bit())
        .and("f", bit())
        .and("g", bit())
        .and("h", bit())
        .and("i", bit())
        .and("j", bit())
        .and("k", bit())
        .and("l", bit());
    let failure = broken(checker().runs(5_000).try_check_with(twelve, |bits| async move {
        let (a, b, c, d, e, f, g, h, i, j, k, l) = bits;
        assert!(a + b + c + d + e + f + g + h + i + j + k + l < 9);
    }));
    assert_eq!(fact(&failure, "with").matches("= 1").count(), 9);
}

#[test]
fn rejected_runs_are_made_up_for() {
    let accepted = Cell::new(0);
    let passed = checker().runs(300).try_check_with(0..100u8, |value| {
        accepted.set(accepted.get() + u64::from(value >= 40));
        async move {
            prop_assume!(value >= 40);
            Ok(())
        }
    });
    let passed = passed.unwrap();
    assert_eq!(passed.runs, 300);
    assert!(passed.rejected > 50, "{}", passed.rejected);
    let told = format!(" passed 300 runs, beside {} rejected: ", passed.rejected);
    assert!(passed.to_string().contains(&told), "{passed}");
    // Some are repeated to see whether they can be.
    assert!(accepted.get() >= 300);
}

#[test]
fn a_law_broken_before_the_rejection_stays_broken() {
    let failure = broken(checker().try_check_with(0..9u8, |value| async move {
        drop(reveille::spawn(async { panic!("nobody hears this") }));
        reveille::yield_now().await;
        prop_assume!(value > 100);
        Ok(())
    }));
    assert!(failure.report.contains("nobody hears this"), "{}", failure.report);
}

#[test]
fn too_many_rejections_name_who_and_why() {
    let rejected = |result| match result {
        Err(CheckError::Rejected(rejected)) => *rejected,
        other => panic!("expected a rejection, got {other:?}"),
    };
    let odd = (0..9u8).prop_filter("it is odd", |_| false);
    let both = argument("fine", 0..9u8).and("odd", odd);
    let error = rejected(checker().try_check_with(both, |_| async {}));
    assert_eq!((error.accepted, error.rejected), (0, 3));
    assert_eq!(
        error.reasons,
        ["the strategy of the argument `odd` gave up: `it is odd` refused 65536 values in a row"]
    );
    let error = rejected(checker().try_check_with(0..9u8, |value| async move {
        prop_assume!(value == 7 && reveille::draw(2) == 1, "not seven");
        Ok(())
    }));
    assert!(error.rejected > 1_024 && error.accepted < 200, "{error:?}");
    assert!(error.reasons[0].ends_with("not seven"), "{error:?}");
}

#[test]
fn a_strategy_that_panics_is_told() {
    let strategy = (0..9u8).prop_map(|value| {
        assert!(value < 7, "mapped a {value}");
        value
    });
    let failure = broken(checker().try_check_with(strategy, |_| async {}));
    assert!(failure.report.contains("mapped a "), "{}", failure.report);
}

#[derive(Clone)]
struct Unspeakable;

impl fmt::Debug for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("no words")
    }
}

#[test]
fn a_value_that_cannot_be_told_hides_no_failure() {
    let failure = broken(checker().try_check_with(Just(Unspeakable), |_| async {
        reveille::yield_now().await;
        assert!(reveille::draw(1) > 0, "the failure");
    }));
    assert_eq!(fact(&failure, "with"), "value = (its `Debug` panicked)");
    assert!(failure.report.contains("the failure"), "{}", failure.report);
}

#[test]
fn errors_and_results_work_as_ever() {
    let failure = broken(checker().try_check_with(0..9u8, |value| async move {
        if value > 2 { Err(format!("{value} is too large")) } else { Ok(()) }
    }));
    assert!(failure.report.contains("\"3 is too large\""), "{}", failure.report);
}

#[test]
fn a_body_may_borrow_and_be_called_many_times() {
    let names = ["a".to_owned(), "b".to_owned()];
    checker().runs(50).check_with(0..2usize, |which| {
        let name = &names[which];
        async move { assert_eq!(name.len(), 1) }
    });
}

/// A long list with one item that matters is no matter of thousands of replays.
#[test]
fn long_inputs_come_to_an_end() {
    let failure =
        broken(checker().name("t").try_check_with(vec(0..100u8, 50..200), |items| async move {
            reveille::yield_now().await;
            assert!(!items.contains(&77));
        }));
    let with = fact(&failure, "with");
    assert!(with.contains("77"), "{with}");
    assert!(failure.report.contains("... (cut)") || with.len() < 400, "{with}");
}

/// Bounded search never varies the arguments, and what is told claims no more.
#[test]
fn what_was_tried_in_full_is_so_for_the_first_input() {
    let checker = checker().name("t").runs(300).faults(reveille::Faults::NONE);
    let passed = checker.try_check_with(0..100u32, |_| async {
        let (first, second) = (reveille::spawn(async {}), reveille::spawn(async {}));
        first.await.unwrap();
        second.await.unwrap();
    });
    let passed = passed.unwrap();
    assert!(!passed.coverage.is_everything());
    assert!(passed.to_string().contains(" for the first input were tried"), "{passed}");
    // Without arguments it is so for all.
    let passed = checker.try_check(|| async {}).unwrap();
    assert!(passed.coverage.is_everything(), "{passed}");
}
