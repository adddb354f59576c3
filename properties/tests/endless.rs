//! Runs that do not end: they are shrunk in haste, and told of only as they are at length.

use reveille::proptest::collection::vec;
use reveille::time::sleep;
use reveille::{CheckError, Checker, Failure, Kind, Law};
use std::time::Duration;

fn checker(name: &str) -> Checker {
    Checker::new().name(name).corpus(false).max_steps(10_000)
}

fn broken<T: std::fmt::Debug>(result: Result<T, CheckError>) -> Failure {
    match result {
        Err(CheckError::Broken(failure)) => *failure,
        other => panic!("expected a broken law, got {other:?}"),
    }
}

async fn tick(count: u32) {
    for _ in 0..count {
        sleep(Duration::from_secs(1)).await;
    }
}

/// Within a tenth of its bounds the run of a smaller number does not end either.
#[test]
fn what_fails_in_haste_only_is_not_told() {
    let body = || async {
        match reveille::draw(10) {
            0..5 => {}
            5..9 => reveille::spawn(tick(5_000)).await.unwrap(),
            _ => reveille::spawn(tick(u32::MAX)).await.unwrap(),
        }
    };
    let failure = broken(checker("endless::haste").try_check(body));
    assert_eq!(failure.law, Law::SuspectedStuck);
    assert_eq!(failure.tape.lane(Kind::Input), [9]);
    let again = broken(checker("endless::haste").replay(failure.tape.clone()).try_check(body));
    assert_eq!((again.law, again.tape), (failure.law, failure.tape));
}

#[test]
fn the_input_of_a_run_that_does_not_end_is_made_small() {
    let result =
        checker("endless::input").try_check_with(vec(0..100u8, 0..30), |items| async move {
            if items.len() > 3 {
                tick(u32::MAX).await;
            }
        });
    let report = broken(result).to_string();
    assert!(report.contains("[0, 0, 0, 0]"), "{report}");
}
