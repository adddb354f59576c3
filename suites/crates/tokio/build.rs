use suites_sources::Tests;

fn main() {
    Tests::of("tokio").only(|file| file.starts_with("sync_")).write();
}
