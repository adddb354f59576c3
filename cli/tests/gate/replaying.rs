//! One run again.

use crate::tool::{Done, Place, done};
use std::os::unix::fs::PermissionsExt;

/// A failure of `loses_a_wakeup`: the line to paste.
fn pasted(done: &Done) -> String {
    let line = done.err.lines().find_map(|line| line.trim().strip_prefix("replay: ")).unwrap();
    line.to_owned()
}

#[test]
fn a_run_is_repeated_from_wherever_its_tape_stands() {
    let place = Place::new();
    let found = done(&mut place.gate(&["loses_a_wakeup"])).with(100);
    let line = pasted(&found);
    let tape = line.split(' ').next().unwrap().strip_prefix("REVEILLE_REPLAY=").unwrap();
    let entry = place.entries().remove(0);
    let traces = place.path("target/reveille/traces");
    let trace = std::fs::read_dir(traces).unwrap().next().unwrap().unwrap().path();
    let [entry, trace] = [&entry, &trace].map(|path| path.to_str().unwrap());
    let picture = place.path("a/picture.html");
    let mut outputs = Vec::new();
    for what in [&line, tape, entry, trace] {
        let mut replay = place.over_this_binary(&["replay", what]);
        let done = done(replay.arg("--picture").arg(&picture)).with(100);
        assert!(
            done.out.contains("    1         0ns  root          spawns task 1, spawns task 2"),
            "{}",
            done.out
        );
        assert!(done.out.contains("breaks the law pending-without-waker"), "{}", done.out);
        let page = std::fs::read_to_string(&picture).unwrap();
        assert!(page.contains("pending-without-waker") && page.ends_with("</html>\n"));
        std::fs::remove_file(&picture).unwrap();
        outputs.push(done.out);
    }
    assert!(outputs.iter().all(|output| *output == outputs[0]));
}

#[test]
fn a_run_that_passes_has_a_picture_too() {
    let place = Place::new();
    let tape = reveille::Tape::new().to_text("gate::fixture::passes");
    let perfetto = place.path("run.json");
    let mut replay = place.over_this_binary(&["replay", &tape]);
    let done = done(replay.arg("--perfetto").arg(&perfetto)).with(0);
    assert!(
        done.out.contains("reveille: the run passes in `gate::fixture::passes`"),
        "{}",
        done.out
    );
    let page = done.out.lines().find_map(|line| line.strip_prefix("picture: ")).unwrap();
    assert!(std::path::Path::new(page).is_file());
    let trace: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(perfetto).unwrap()).unwrap();
    assert!(!trace["traceEvents"].as_array().unwrap().is_empty());
}

#[test]
fn a_check_with_a_name_of_its_own_is_found_by_its_test() {
    let place = Place::new();
    let tape = reveille::Tape::new().to_text("the second of two");
    done(&mut place.over_this_binary(&["replay", &tape]))
        .with(2)
        .says("`the second of two` is no test's name, such as `my_crate::tests::sends`; --of says which test makes the check");
    let of = ["replay", &tape, "--of", "gate::fixture::has_two_checks"];
    done(&mut place.over_this_binary(&of)).with(0);
}

#[test]
fn what_is_no_tape_is_told() {
    let place = Place::new();
    let tape = reveille::Tape::new().to_text("gate::fixture::passes");
    for (what, code, says) in [
        ("no/such/file", 2, "no/such/file is neither a tape nor a file that can be read"),
        (&tape[..tape.len() - 1], 2, "expected a tape, or a file with one: the tape is cut"),
        ("Cargo.toml", 2, "Cargo.toml holds no tape"),
    ] {
        done(&mut place.over_this_binary(&["replay", what])).with(code).says(says);
    }
    let gone = reveille::Tape::new().to_text("gate::fixture::gone");
    done(&mut place.over_this_binary(&["replay", &gone]))
        .with(4)
        .says("there is no test `gate::fixture::gone`");
}

#[test]
fn a_run_that_ends_its_process_is_told_without_a_picture() {
    let place = Place::new();
    done(&mut place.gate(&["aborts"])).with(100);
    let entry = place.entries().remove(0);
    done(&mut place.over_this_binary(&["replay", entry.to_str().unwrap()]))
        .with(100)
        .says("ended by SIGABRT, an abort")
        .says("the run gave no trace");
}

#[test]
fn a_debugger_is_told_where_to_stop() {
    let place = Place::new();
    let tape = reveille::Tape::new().to_text("gate::fixture::passes");
    let tools = place.path("tools");
    std::fs::create_dir_all(&tools).unwrap();
    // There are the compiler and our debuggers, and no others.
    let toolchain = std::path::Path::new(env!("CARGO")).parent().unwrap();
    let path = std::env::join_paths([&tools, &toolchain.to_owned()]).unwrap();
    let replay = || {
        let mut replay = place.over_this_binary(&["replay", &tape, "--debugger", "3"]);
        replay.env("PATH", &path).env("CARGO", env!("CARGO"));
        replay
    };
    done(&mut replay()).with(96).says("there is no debugger: expected one of `rust-gdb`");
    // One that says what it is asked for, and runs the program as a debugger would.
    let script = "#!/bin/sh\nfor word; do echo \"asked: $word\"; done\n[ $# -gt 1 ] || exit 0\n\
        while [ \"$1\" != --args ]; do shift; done; shift\necho \"stops: $REVEILLE_BREAK\"\n\"$@\"\n";
    let gdb = tools.join("gdb");
    std::fs::write(&gdb, script).unwrap();
    std::fs::set_permissions(&gdb, std::fs::Permissions::from_mode(0o755)).unwrap();
    let done = done(&mut replay()).with(0);
    for says in [
        "asked: break reveille_before_step",
        "stops: 3",
        "the tape passes in `gate::fixture::passes`",
    ] {
        assert!(
            done.out.contains(says) || done.err.contains(says),
            "{says}: {}\n{}",
            done.out,
            done.err
        );
    }
}
