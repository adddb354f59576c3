use suites_sources::Tests;

fn main() {
    Tests::of("async-channel").write();
}
