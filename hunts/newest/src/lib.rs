//! The newest versions of published crates under the suites of `reveille::laws`: a test for each
//! thing of a crate, in a file for each suite. What the suites found is judged in
//! `hunts/FINDINGS.md`; the test of such a thing expects the alarm, and its twin does without
//! what is broken.
