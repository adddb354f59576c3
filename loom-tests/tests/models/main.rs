//! Each model against a reference that keeps its rules, and against mistakes in it.

mod cells;
mod deep;
mod drivers;
mod events;
mod oneshots;
mod parkers;
mod queues;
mod states;

use expect_test::Expect;
use reveille_loom::{Failure, Model};

/// Fails unless the model holds for all interleavings that it asks for, which are so many.
#[track_caller]
fn holds(model: Model, expected: Expect) {
    let explored = model.check();
    assert!(explored.is_exhausted());
    expected.assert_eq(&explored.to_string());
}

/// Fails unless the model fails by that rule.
#[track_caller]
fn breaks(model: Model, rule: &str) -> Failure {
    let failure = model.try_check().expect_err("a mistake is not found");
    println!("{failure}");
    assert!(failure.rule().contains(rule), "expected the rule {rule}, got {}", failure.rule());
    failure
}
