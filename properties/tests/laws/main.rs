//! The suites of laws: they pass what is right, and tell of what is not.

mod bad_adapters;
mod barriers;
mod block_on_mistakes;
mod broadcast_mistakes;
mod buffers;
mod channel_mistakes;
mod channels;
mod collections;
mod condvars;
mod delay_queue_mistakes;
mod event_mistakes;
mod events;
mod executor_mistakes;
mod fallible;
mod futures;
mod hermetic_suites;
mod nested_streams;
mod once_cell_mistakes;
mod oneshot_mistakes;
mod opt_in_faults;
mod permit_mistakes;
mod pipes;
mod pool_mistakes;
mod readers;
mod reference_block_on;
mod reference_broadcast;
mod reference_channel;
mod reference_collection;
mod reference_delay_queue;
mod reference_event;
mod reference_executor;
mod reference_once_cell;
mod reference_oneshot;
mod reference_permits;
mod reference_pipe;
mod reference_pool;
mod reference_waker;
mod reference_watch;
mod references;
mod relay;
mod seekers;
mod signals;
mod sinks;
mod streams;
mod timers;
mod waker_mistakes;
mod watch_mistakes;
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
    told_as_one_of(suite, checker, &[law], words, argument);
}

/// Of one of these laws: what a mistake leads to first, a wait without end or a wrong answer,
/// may depend on the run.
#[track_caller]
fn told_as_one_of<L: Laws>(
    suite: Suite<L>,
    checker: Checker,
    laws: &[Law],
    words: &str,
    argument: &str,
) {
    match suite.checker(checker).try_check() {
        Err(CheckError::Broken(failure)) => {
            assert!(laws.contains(&failure.law), "expected {laws:?} in {failure}");
            is_told(&failure, failure.law, words, argument);
        }
        Err(error) => panic!("expected {laws:?}, got: {error}"),
        Ok(passed) => panic!("expected {laws:?}, got: {passed}"),
    }
}

#[track_caller]
fn is_told(failure: &Failure, law: Law, words: &str, argument: &str) {
    let report = failure.report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(failure.law, law, "{failure}");
    assert!(report.contains(words), "expected `{words}` in {failure}");
    assert!(report.contains(argument), "expected `{argument}` in {failure}");
}
