//! Bad input, from the outside: what a test says to values it cannot read, and
//! that nothing of it passes in silence.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs this binary's test `name` with these variables; ignored tests too.
fn run(name: &str, env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    for variable in ["REVEILLE_RUNS", "REVEILLE_SEED", "REVEILLE_REPLAY", "REVEILLE_STRICT"] {
        command.env_remove(variable);
    }
    // What fails on purpose is nothing to remember.
    command.env("REVEILLE_CORPUS", "off");
    command.env("RUST_BACKTRACE", "0").envs(env.iter().copied()).output().unwrap()
}

#[track_caller]
fn fails_with(name: &str, env: &[(&str, &str)], message: &str) {
    let output = run(name, env);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "`{name}` passed with {env:?}");
    assert!(said.contains(message), "expected {message:?} in:\n{said}");
    assert!(!said.contains("panicked at"), "a panic of ours:\n{said}");
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

#[reveille::test]
#[ignore = "run by the tests below"]
async fn passes() {
    reveille::yield_now().await;
}

#[test]
fn a_variable_that_cannot_be_read_fails_the_test() {
    fails_with(
        "passes",
        &[("REVEILLE_RUNS", "many")],
        "REVEILLE_RUNS: expected a number of runs from 1 on, such as 1000, got `many`",
    );
    fails_with(
        "passes",
        &[("REVEILLE_SEED", "seven")],
        "REVEILLE_SEED: expected a seed such as 7 or 0x2a, below 2^64, or the word `random`, got `seven`",
    );
    fails_with(
        "passes",
        &[("REVEILLE_REPLAY", "v1/environment::passes/len=0/sum=12345678")],
        "REVEILLE_REPLAY: the tape is damaged: its checksum is wrong",
    );
    fails_with(
        "passes",
        &[("REVEILLE_REPLAY", "v1/environment::passes/len=0/su")],
        "REVEILLE_REPLAY: the tape is cut: it does not end in `/sum=` and eight digits",
    );
    fails_with(
        "passes",
        &[("REVEILLE_REPLAY", "")],
        "REVEILLE_REPLAY: `` is neither a tape nor a file that can be read (",
    );
    fails_with(
        "passes",
        &[("REVEILLE_REPLAY", "/")],
        "is neither a tape nor a file that can be read (",
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_fails_the_test() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["passes", "--exact", "--include-ignored", "--nocapture"]);
    let output = command.env("REVEILLE_SEED", OsStr::from_bytes(b"\xff7")).output().unwrap();
    assert!(!output.status.success());
    assert!(printed(&output).contains("REVEILLE_SEED: expected unicode text, got `"));
}

#[test]
fn a_tape_for_a_test_that_does_not_exist_is_named() {
    let tape = reveille::Tape::new().to_text("environment::no_such_test");
    fails_with(
        "passes",
        &[("REVEILLE_REPLAY", &tape)],
        "REVEILLE_REPLAY: the tape is for the test `environment::no_such_test`, which this binary \
         does not have; expected the name of one of its tests",
    );
}

#[test]
fn a_tape_for_a_sibling_is_none_of_this_tests_business() {
    for test in ["environment::counts_its_runs", "another_binary::some_test"] {
        let tape = reveille::Tape::new().to_text(test);
        assert!(run("passes", &[("REVEILLE_REPLAY", &tape)]).status.success());
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);

#[test]
#[ignore = "run by the tests below"]
fn counts_its_runs() {
    let checker = reveille::Checker::new().name("environment::counts_its_runs");
    checker.runs(300).check(|| async {
        RUNS.fetch_add(1, Ordering::Relaxed);
    });
    println!("runs: {}", RUNS.load(Ordering::Relaxed));
}

#[test]
fn the_number_of_runs_is_that_of_the_environment_then_of_the_test() {
    // The first run and every hundredth are made twice.
    assert!(printed(&run("counts_its_runs", &[])).contains("runs: 303\n"));
    assert!(printed(&run("counts_its_runs", &[("REVEILLE_RUNS", "20")])).contains("runs: 21\n"));
    let tape = reveille::Tape::new().to_text("environment::counts_its_runs");
    let replayed = printed(&run("counts_its_runs", &[("REVEILLE_REPLAY", &tape)]));
    assert!(replayed.contains("runs: 1\n"), "{replayed}");
    assert!(replayed.contains("reveille: the tape passes in `environment::counts_its_runs`"));
}

/// Fails in one run of a thousand or so, so that the seed decides where.
#[reveille::test(runs = 100_000)]
#[ignore = "run by the tests below"]
async fn fails_now_and_then() {
    let drawn = reveille::draw(1000);
    reveille::yield_now().await;
    assert_ne!(drawn, 777);
}

fn found_in(output: &Output) -> String {
    let text = printed(output);
    let line = text.lines().find(|line| line.contains("found in run")).expect("a failure");
    line.to_owned()
}

#[test]
fn the_seed_is_that_of_the_name_unless_another_is_given() {
    let first = found_in(&run("fails_now_and_then", &[]));
    assert_eq!(found_in(&run("fails_now_and_then", &[])), first);
    assert!(first.contains("(made of the test's name)"), "{first}");
    let given = found_in(&run("fails_now_and_then", &[("REVEILLE_SEED", "0x2a")]));
    assert!(given.contains("seed 0x2a;"), "{given}");
    assert_eq!(found_in(&run("fails_now_and_then", &[("REVEILLE_SEED", "42")])), given);
    let drawn = found_in(&run("fails_now_and_then", &[("REVEILLE_SEED", "random")]));
    let (_, seed) = drawn.split_once("REVEILLE_SEED=").expect("a way to repeat it");
    let seed = seed.split(' ').next().unwrap().trim_end_matches(')');
    let again = found_in(&run("fails_now_and_then", &[("REVEILLE_SEED", seed)]));
    assert_eq!(again.split(',').next(), drawn.split(',').next());
}

#[test]
fn a_replay_line_repeats_the_failure() {
    let text = printed(&run("fails_now_and_then", &[]));
    let (_, rest) = text.split_once("REVEILLE_REPLAY=").unwrap();
    let tape = rest.split_whitespace().next().unwrap();
    let again = printed(&run("fails_now_and_then", &[("REVEILLE_REPLAY", tape)]));
    assert!(again.contains("left: 777"), "{again}");
    assert!(!again.contains("found in run"), "a replay searches nothing:\n{again}");
}

fn tape_of_input(option: u32) -> reveille::Tape {
    let mut tape = reveille::Tape::new();
    tape.push(reveille::Kind::Input, option);
    tape
}

#[test]
#[ignore = "run by the test below"]
fn replays_what_it_was_given() {
    let checker = reveille::Checker::new().name("environment::replays_what_it_was_given");
    checker.replay(tape_of_input(3)).check(|| async {
        println!("drawn: {};", reveille::draw(9));
    });
}

#[test]
fn the_only_run_is_that_of_the_environment_then_of_the_test() {
    let drawn = |env: &[(&str, &str)]| -> Vec<String> {
        let text = printed(&run("replays_what_it_was_given", env));
        let lines = text.lines().filter_map(|line| line.split_once("drawn: "));
        lines.map(|(_, drawn)| drawn.to_owned()).collect()
    };
    assert_eq!(drawn(&[]), ["3;"]);
    let own = tape_of_input(5).to_text("environment::replays_what_it_was_given");
    assert_eq!(drawn(&[("REVEILLE_REPLAY", &own)]), ["5;"]);
    let sibling = tape_of_input(5).to_text("environment::passes");
    assert_eq!(drawn(&[("REVEILLE_REPLAY", &sibling)]), ["3;"]);
}

#[test]
fn a_misspelt_variable_is_told_once() {
    let output = run("counts_its_runs", &[("REVEILLE_RUN", "20"), ("REVEILLE_RUNS", "30")]);
    let text = printed(&output);
    let told = "reveille: the variable `REVEILLE_RUN` of the environment is not known; did you \
                mean `REVEILLE_RUNS`?\n";
    assert_eq!(text.matches(told).count(), 1, "{text}");
    assert!(output.status.success() && text.contains("runs: 31\n"), "{text}");
}

#[test]
fn what_stops_a_check_has_a_head_like_a_failure() {
    fails_with(
        "passes",
        &[("REVEILLE_RUNS", "0")],
        "\nreveille: `environment::passes`: REVEILLE_RUNS: ",
    );
    fails_with(
        "asks_for_no_run",
        &[],
        "\nreveille: `environment::asks_for_no_run`: no run was asked for: `runs` must be",
    );
}

#[reveille::test(runs = 0)]
#[ignore = "run by the test above"]
async fn asks_for_no_run() {}

#[test]
#[ignore = "run by the test below"]
fn fails_on_a_thread_of_its_own() {
    let check = || reveille::check(|| async { assert!(!reveille::in_run(), "on purpose") });
    let failed = std::thread::spawn(check).join();
    std::panic::resume_unwind(failed.unwrap_err());
}

/// Of the name of the test nobody knows there.
#[test]
fn a_check_on_a_thread_that_is_not_the_harnesss_is_told_to_name_itself() {
    let text = printed(&run("fails_on_a_thread_of_its_own", &[]));
    let place = format!("{}:", file!());
    assert!(text.contains(&format!("reveille: `{place}")), "{text}");
    let told = text.lines().find(|line| line.contains("note: no test is called")).expect("a note");
    assert!(
        told.contains(&place)
            && told.ends_with(", so this line runs every test; outside of the harness's"),
        "{told}"
    );
    assert!(text.contains("`Checker::name(..)` names it\n"), "{text}");
    // One that the harness knows needs none.
    assert!(!printed(&run("fails_now_and_then", &[])).contains("note: no test"));
}

#[test]
fn no_runs_are_an_error() {
    let error = reveille::Checker::new().runs(0).try_check(|| async {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no run was asked for: `runs` must be at least 1, a test that runs nothing proves nothing"
    );
}

#[test]
fn a_check_inside_a_check_is_an_error() {
    let checker = reveille::Checker::new().runs(3);
    let passed = checker.try_check(|| async {
        let inner = reveille::Checker::new().try_check(|| async {});
        inner.unwrap_err().to_string().contains("inside a run").then_some(()).ok_or("no error")
    });
    assert_eq!(passed.unwrap().runs, 3);
}

#[test]
fn a_body_that_never_awaits_passes() {
    let passed = reveille::Checker::new().runs(10).try_check(|| async {}).unwrap();
    assert_eq!((passed.runs, passed.steps), (10, 10));
}

#[reveille::test(corpus = false)]
#[should_panic(expected = "it never returns")]
async fn a_body_need_not_return() -> ! {
    panic!("it never returns")
}

#[test]
#[should_panic(expected = "it never returns")]
fn a_block_need_not_return() {
    reveille::Checker::new().corpus(false).check(|| async { panic!("it never returns") });
}

#[test]
fn warnings_are_told_and_pass() {
    let passed = reveille::Checker::new().runs(10).name("t").corpus(false).try_check(|| async {
        std::future::poll_fn(|cx| {
            std::mem::forget(cx.waker().clone());
            std::task::Poll::Ready(())
        })
        .await;
    });
    assert_eq!(
        passed.unwrap().warnings,
        ["warning[waker-leak] in `t`: 1 clone of the wakers of root outlived the run"]
    );
}

#[test]
fn a_thread_that_wakes_a_task_is_named() {
    let checker = reveille::Checker::new().runs(5).name("t").corpus(false);
    let passed = checker.try_check(|| async {
        let (tx, rx) = async_channel::bounded(1);
        let thread = std::thread::Builder::new().name("outsider".into());
        let (go, gone) = std::sync::mpsc::channel();
        let thread = thread.spawn(move || {
            gone.recv().unwrap();
            tx.send_blocking(7).unwrap();
        });
        let receiver = reveille::spawn(async move { rx.recv().await.unwrap() });
        reveille::yield_now().await;
        reveille::yield_now().await;
        go.send(()).unwrap();
        assert_eq!(receiver.await.unwrap(), 7);
        thread.unwrap().join().unwrap();
    });
    let told = match passed {
        Ok(passed) => passed.warnings.join("\n"),
        Err(error) => error.to_string(),
    };
    assert!(told.contains("outsider") || told.contains("nondeterminism"), "{told}");
}

/// A tape file may be anything.
#[test]
fn a_damaged_tape_file_is_named() {
    let file = std::env::temp_dir().join(format!("reveille-environment-{}", std::process::id()));
    let path = file.to_str().unwrap();
    for bytes in [
        &b""[..],
        b"\xff\xfe\x00",
        b"v1/environment::passes/len=0/sum=00000000\n",
        &[b'v'; 100_000],
    ] {
        std::fs::write(&file, bytes).unwrap();
        fails_with("passes", &[("REVEILLE_REPLAY", path)], "REVEILLE_REPLAY: in the file `");
    }
    std::fs::remove_file(&file).unwrap();
}
