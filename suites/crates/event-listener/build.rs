use suites_sources::Tests;

fn main() {
    // `loom` is for another engine, and behind a `cfg` of it.
    Tests::of("event-listener").only(|file| file != "loom").write();
}
