//! The files that are for Miri, too; the others are in `crossbeam-channel-timed`.

use suites_sources::{Tests, as_for_miri};

fn main() {
    let is_timed = |file: &str| ["after", "thread_locals", "tick"].contains(&file);
    Tests::of("crossbeam-channel").only(|file| !is_timed(file)).alone("golang").write();
    as_for_miri();
}
