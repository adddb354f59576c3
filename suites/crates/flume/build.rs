use suites_sources::Tests;

fn main() {
    Tests::of("flume").with_root("mpsc").write();
}
