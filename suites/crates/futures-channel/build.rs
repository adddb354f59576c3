use suites_sources::{Tests, as_for_miri};

fn main() {
    Tests::of("futures-channel").write();
    as_for_miri();
}
