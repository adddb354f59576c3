//! The newest versions of published crates under the suites of `reveille::laws`: a test for each
//! thing of a crate, in a file for each suite. What the suites found is judged in
//! `hunts/FINDINGS.md`; the test of such a thing expects the alarm, and its twin does without
//! what is broken.

use reveille::laws::{Laws, Suite};
use reveille::{CheckError, Law};

/// The suite tells of a broken law, in these words; see `hunts/FINDINGS.md`.
#[track_caller]
pub fn alarms<L: Laws>(suite: Suite<L>, law: Law, words: &str) {
    alarms_by_one_of(suite, &[law], words);
}

/// The same, where it depends on the run which law comes first.
#[track_caller]
pub fn alarms_by_one_of<L: Laws>(suite: Suite<L>, laws: &[Law], words: &str) {
    match suite.try_check() {
        Err(CheckError::Broken(failure)) => {
            let report = failure.report.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(laws.contains(&failure.law) && report.contains(words), "{failure}");
            println!("{failure}"); // to be read with `--nocapture`
        }
        Err(error) => panic!("expected {laws:?}, got: {error}"),
        Ok(passed) => panic!("expected {laws:?}, got: {passed}"),
    }
}
