//! The suites of the laws of I/O: they pass what is right, and tell of what is not.

mod buffers;
mod channel_mistakes;
mod channels;
mod once_cell_mistakes;
mod permit_mistakes;
mod pool_mistakes;
mod readers;
mod reference_channel;
mod reference_once_cell;
mod reference_permits;
mod reference_pool;
mod references;
mod seekers;
mod writers;

use reveille::laws::{Laws, Suite};
use reveille::{CheckError, Checker, Failure, Law};

fn checker() -> Checker {
    // What fails on purpose is nothing to remember.
    Checker::new().corpus(false)
}

/// The suite tells of a broken law, in these words.
#[track_caller]
fn told<L: Laws>(suite: Suite<L>, law: Law, words: &str) {
    told_by(suite, checker(), law, words, "operations = ");
}

/// By this checker, and with this argument.
#[track_caller]
fn told_by<L: Laws>(suite: Suite<L>, checker: Checker, law: Law, words: &str, argument: &str) {
    match suite.checker(checker).try_check() {
        Err(CheckError::Broken(failure)) => is_told(&failure, law, words, argument),
        Err(error) => panic!("expected {law}, got: {error}"),
        Ok(passed) => panic!("expected {law}, got: {passed}"),
    }
}

#[track_caller]
fn is_told(failure: &Failure, law: Law, words: &str, argument: &str) {
    let report = failure.report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(failure.law, law, "{failure}");
    assert!(report.contains(words), "expected `{words}` in {failure}");
    assert!(report.contains(argument), "expected `{argument}` in {failure}");
}
