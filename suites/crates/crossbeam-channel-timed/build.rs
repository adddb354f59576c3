//! The files that are not for Miri.

use suites_sources::Tests;

fn main() {
    let is_timed = |file: &str| ["after", "thread_locals", "tick"].contains(&file);
    Tests::of("crossbeam-channel").only(is_timed).write();
}
