//! Runs a broken test as a user would and looks at what it says.

use expect_test::expect_file;
use std::path::Path;
use std::process::{Command, Output};

/// Runs this binary's test `name` by itself.
pub(crate) fn run(name: &str, env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    for variable in
        ["REVEILLE_RUNS", "REVEILLE_SEED", "REVEILLE_REPLAY", "REVEILLE_STRICT", "COLUMNS"]
    {
        command.env_remove(variable);
    }
    // What fails on purpose is nothing to remember.
    command.env("REVEILLE_CORPUS", "off");
    command.env("RUST_BACKTRACE", "0").envs(env.iter().copied()).output().unwrap()
}

/// The report in what a test printed.
pub(crate) fn report(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let lines =
        text.lines().skip_while(|line| !line.contains("reveille: ") && !line.contains("warning["));
    let report: Vec<&str> =
        lines.take_while(|line| !line.starts_with("error: test failed")).collect();
    report.join("\n").trim_end().to_owned() + "\n"
}

/// What stands behind `REVEILLE_REPLAY=` in a report.
pub(crate) fn tape(report: &str) -> &str {
    let (_, rest) = report.split_once("REVEILLE_REPLAY=").expect("a line to paste");
    rest.split_whitespace().next().unwrap()
}

/// The test `name` breaks `law` with the message of the golden file, and again
/// when its replay line is pasted.
pub(crate) fn breaks(law: &str, name: &str) {
    let output = run(name, &[]);
    let told = report(&output);
    assert!(!output.status.success(), "`{name}` passed:\n{told}");
    assert!(told.contains(&format!("breaks the law {law}\n")), "not {law}:\n{told}");
    compare(name, &told);
    shows_the_steps_that_it_names(&told);

    let again = run(name, &[("REVEILLE_REPLAY", tape(&told))]);
    let told_again = report(&again);
    assert!(!again.status.success(), "the replay of `{name}` passed");
    assert!(told_again.contains(&format!("breaks the law {law}\n")), "not {law}:\n{told_again}");
}

/// The test `name` panics with the message of the golden file, and what happened then is the
/// same when its replay line is pasted, in another process.
pub(crate) fn panics_alike(name: &str) {
    let output = run(name, &[]);
    let told = report(&output);
    assert!(!output.status.success(), "`{name}` passed");
    assert!(told.contains("breaks the law panic\n"), "{told}");
    compare(name, &told);
    let again = report(&run(name, &[("REVEILLE_REPLAY", tape(&told))]));
    assert_eq!(what_happened(&again), what_happened(&told));
}

/// The part of the report of a hermetic run that its replay tells in the same words.
fn what_happened(told: &str) -> &str {
    let (_, rest) = told.split_once("  what  ").expect("what happened");
    let (happened, _) = rest.split_once("\n\n  note: ").expect("a note of the process of its own");
    happened
}

/// Whoever reads of a step in the facts of a report must find it below them.
fn shows_the_steps_that_it_names(told: &str) {
    let (facts, steps) = told.split_once("\n  the last steps of ").expect("steps");
    let (steps, _) = steps.split_once("\n\n").expect("a line to paste after them");
    let number = |text: &str| {
        let digits =
            text.trim_start_matches([' ', '>']).split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse::<u64>().ok())
    };
    let shown: Vec<u64> = steps.lines().skip(1).filter_map(number).collect();
    for named in facts.split("step ").skip(1).filter_map(number) {
        assert!(shown.contains(&named), "step {named} is named and not shown:\n{told}");
    }
}

/// Compares with the golden file. Lines of code are known only where there is
/// debug information.
pub(crate) fn compare(name: &str, told: &str) {
    if cfg!(debug_assertions) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo/messages");
        expect_file![file.join(name.replace("::", ".") + ".txt")].assert_eq(told);
    }
}

/// Makes the golden test of a broken one.
macro_rules! golden {
    ($($law:literal $broken:ident;)*) => {
        mod golden {
            $(#[test]
            fn $broken() {
                let path = concat!(module_path!(), "::", stringify!($broken)).replace("::golden", "");
                crate::golden::breaks($law, path.split_once("::").unwrap().1);
            })*
        }
    };
}
pub(crate) use golden;
