use suites_sources::{Tests, as_for_miri};

fn main() {
    // `loom` is for another engine, and behind a `cfg` of it.
    Tests::of("async-lock").only(|file| file != "loom").write();
    as_for_miri();
}
