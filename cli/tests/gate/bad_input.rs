//! What a gate cannot use, and how it says so.

use crate::tool::{Place, done};
use std::process::Stdio;
use std::time::Duration;

#[test]
fn no_test_is_red() {
    let place = Place::new();
    done(&mut place.gate(&["is_ordinary"]))
        .with(4)
        .says("of the tests that ran none is one of reveille: nothing was checked");
    // It is known now.
    done(&mut place.gate(&["is_ordinary"]))
        .with(4)
        .says("of the tests that are asked for none is one of reveille");
}

#[test]
fn an_unknown_test_is_told_with_those_that_are_near() {
    let place = Place::new();
    done(&mut place.gate(&["pases"]))
        .with(4)
        .says("no test has `fixture::pases` in its name; of ")
        .says("\n  gate::fixture::passes\n");
}

#[test]
fn arguments_that_cannot_be_read_are_told() {
    let place = Place::new();
    for (arguments, says) in [
        (&["--time", "soon"][..], "expected a time such as 90s, 10m or 8h"),
        (&["--runs", "0"], "0 is not in 1.."),
        (&["--seed", "x"], "expected a seed such as 7 or 0x2a"),
        (
            &["--shard", "3/2"],
            "expected a shard such as 2/4, the second of four, or `auto`, got `3/2`",
        ),
        (&["--shard", "auto"], "none of STRATEGY_JOB_INDEX"),
        (&["--time", "1s", "--runs", "5"], "cannot be used with"),
    ] {
        done(&mut place.gate(arguments)).with(2).says(says);
    }
}

#[test]
fn a_list_of_binaries_that_is_none_is_told() {
    let place = Place::new();
    let list = place.path("list.json");
    std::fs::write(&list, "{}").unwrap();
    let mut tool = place.tool();
    tool.arg("test").arg("--binaries-metadata").arg(&list);
    done(&mut tool).with(96).says("expected what `cargo nextest list --list-type binaries-only");
}

/// A package of its own, with that text as its library.
fn package(place: &Place, library: &str) -> String {
    let root = place.path("package");
    std::fs::create_dir_all(root.join("src")).unwrap();
    let manifest = root.join("Cargo.toml");
    let text = "[package]\nname = \"alone\"\nedition = \"2024\"\n[workspace]\n";
    std::fs::write(&manifest, text).unwrap();
    std::fs::write(root.join("src/lib.rs"), library).unwrap();
    manifest.to_str().unwrap().to_owned()
}

#[test]
fn a_workspace_without_reveille_has_no_test() {
    let place = Place::new();
    let manifest = package(&place, "#[test]\nfn passes() {}\n");
    done(place.tool().args(["test", "--offline", "--manifest-path", &manifest]))
        .with(4)
        .says("no package of those that are built depends on `reveille`");
}

#[test]
fn a_workspace_that_does_not_build_says_why() {
    let place = Place::new();
    let manifest = package(&place, "fn broken( {}\n");
    done(place.tool().args(["test", "--offline", "--manifest-path", &manifest]))
        .with(101)
        .says("error: this file contains an unclosed delimiter")
        .says("the tests do not build");
}

#[test]
fn without_a_workspace_it_does_not_begin() {
    let place = Place::new();
    done(place.tool().arg("test").current_dir(place.directory.path()))
        .with(96)
        .says("could not find `Cargo.toml`");
}

#[test]
fn a_child_that_prints_garbage_is_judged_by_how_it_ends() {
    let place = Place::new();
    done(&mut place.gate(&["prints_garbage"]))
        .with(100)
        .says("the test failed outside its checks")
        .says("after \\u{1b}[31mgarbage");
}

#[test]
fn there_is_one_gate_in_a_workspace_at_a_time() {
    let place = Place::new();
    let mut first = place.gate(&["hangs_before_its_check", "--hang", "60s"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let lock = place.path("target/reveille/gate.lock");
    let process = loop {
        let held = std::fs::read_to_string(&lock).unwrap_or_default();
        if held == first.id().to_string() {
            break held;
        }
        assert!(first.try_wait().unwrap().is_none(), "the first gate has ended");
        std::thread::sleep(Duration::from_millis(5));
    };
    done(&mut place.gate(&["passes"]))
        .with(96)
        .says(&format!("another gate works in this workspace (process {process})"));
    first.kill().unwrap();
    first.wait().unwrap();
    // The lock goes with the process, however that ends.
    done(&mut place.gate(&["passes"])).with(0);
}

#[test]
fn a_corpus_with_thousands_of_entries_is_read_and_thinned_out() {
    let place = Place::new();
    done(&mut place.gate(&["loses_a_wakeup"])).with(100);
    let entry = place.entries().remove(0);
    // Remarks make them differ, and each is a file of its own.
    let text = std::fs::read_to_string(&entry).unwrap();
    for number in 0..3_000 {
        let name = entry.with_file_name(format!("{number:08x}.tape"));
        std::fs::write(name, format!("# {number}\n{text}")).unwrap();
    }
    done(&mut place.gate(&["loses_a_wakeup"])).with(100).says("found by the corpus entry");
}
