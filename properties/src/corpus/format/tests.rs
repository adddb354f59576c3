//! The format from outside: round trips, what is refused, and the golden file.

use super::*;
use crate::corpus::entry::{Fresh, Notes};
use crate::corpus::samples::{entry, tape_of};
use expect_test::expect_file;
use proptest::prelude::*;
use proptest::sample::Index;

proptest! {
    #[test]
    fn entries_round_trip(entry in entry()) {
        let text = entry.to_text();
        prop_assert_eq!(Entry::from_bytes(text.as_bytes()), Ok(entry.clone()), "{}", text);
        let by_git_on_windows = text.replace('\n', "\r\n");
        prop_assert_eq!(Entry::from_bytes(by_git_on_windows.as_bytes()), Ok(entry));
    }

    #[test]
    fn remarks_do_not_change_what_is_said(entry in entry(), at in any::<Index>(), empty in any::<bool>()) {
        let text = entry.to_text();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(at.index(lines.len() + 1), if empty { "" } else { "  # issue 7: ..." });
        let text = lines.join("\n") + "\n";
        let read = Entry::from_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!(content(&read), content(&entry));
        prop_assert_eq!(read.remarks.len(), entry.remarks.len() + usize::from(!empty));
        prop_assert_eq!(read.file_name(8), entry.file_name(8));
    }

    #[test]
    fn a_cut_entry_is_refused(entry in entry(), at in any::<Index>()) {
        let entry = Entry { remarks: Vec::new(), ..entry };
        let text = entry.to_text();
        let cut = &text.as_bytes()[..at.index(text.len())];
        let error = Entry::from_bytes(cut).unwrap_err();
        let named = matches!(
            error,
            EntryError::NotAnEntry | EntryError::Cut | EntryError::NotUtf8
        );
        prop_assert!(named, "{:?}: {}", error, text);
    }

    #[test]
    fn a_changed_character_is_refused(entry in entry(), at in any::<Index>(), with in any::<char>()) {
        let entry = Entry { remarks: Vec::new(), ..entry };
        let text: Vec<char> = entry.to_text().chars().collect();
        for with in [with, '\n', '\r', '#', ' ', '0'] {
            let mut changed = text.clone();
            let at = at.index(text.len());
            changed[at] = with;
            if changed != text {
                let changed: String = changed.into_iter().collect();
                prop_assert!(Entry::from_bytes(changed.as_bytes()).is_err(), "{}", changed);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in any::<Vec<u8>>(), line in "\\PC{0,40}") {
        let _ = Entry::from_bytes(&bytes);
        let _ = read_deviation(&line, &mut Names::new());
    }
}

fn sample() -> Entry {
    let mut names = Names::new();
    let deviations: Vec<Deviation> = [
        "schedule 12: option 1 of 3, turn 1 of root.1 \"consumer\" before turn 3 of root.0 \"the \\\"first\\\"\"",
        "spurious-poll 3: option 1 of 2, choice 1 in turn 2 of root.1 \"consumer\"",
        "input 0: option 7 of 16, choice 1 before the first turn",
    ]
    .iter()
    .map(|line| read_deviation(line, &mut names).unwrap())
    .collect();
    let mut tape = tape_of(&deviations);
    tape.lane_mut(Kind::Schedule).resize(57, 0);
    // What arguments are made of is told by the tape alone.
    *tape.lane_mut(Kind::Argument) = vec![9];
    let fresh = Fresh {
        test: "my_crate::tests::hands_over",
        law: Law::Panic,
        cause: "src/queue.rs:40:9",
        message: "assertion `left == right` failed\n  left: 1\n right: 2",
        date: "2026-05-03".into(),
        found: "run 17 of 1000, seed 0x2a".into(),
        inputs: "items = [\n    7,\n]",
        tape: &tape,
    };
    let task = Some("root.0".parse().unwrap());
    Entry { variant: 2, ..Entry::new(fresh, Notes { deviations, task, names }) }
}

/// `UPDATE_EXPECT=1` writes it anew: then the version must change, or old files
/// are read as something else.
#[test]
fn the_format_is_that_of_the_golden_file() {
    expect_file!["../golden.tape"].assert_eq(&sample().to_text());
    let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/src/corpus/golden.tape"));
    assert_eq!(Entry::from_bytes(&golden.unwrap()), Ok(sample()));
}

/// Moves of arguments stood one by one before there were runs on tapes.
#[test]
fn entries_with_tapes_without_runs_are_read() {
    let fnv1a = |text: &str| {
        let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        text.bytes().fold(0x811c_9dc5, step)
    };
    let new = sample();
    let (body, _) = new.tape_text.split_once("/len=").unwrap();
    let body = body.replace("/argument=0:9", "/argument=0:9,1:7,2:1,3:1,4:2");
    let old = format!("{body}/len=99");
    let old = format!("{old}/sum={:08x}", fnv1a(&old));
    let mut lines = content(&new);
    *lines.last_mut().unwrap() = format!("tape: {old}");
    let read = Entry::from_bytes(lines::join(&lines, &[], &[]).as_bytes()).unwrap();
    assert_eq!(read.tape().lane(Kind::Argument), [9, 7, 1, 1, 2]);
    // It is what it was when it is written again.
    assert!(read.to_text().contains(&old));
}

fn refused(text: &str) -> String {
    Entry::from_bytes(text.as_bytes()).unwrap_err().to_string()
}

/// The sample with a line changed and a right checksum.
fn forged(line: &str, with: &str) -> String {
    let mut lines = content(&sample());
    let at = lines.iter().position(|other| other == line).expect("a line of the sample");
    lines.splice(at..=at, with.split('\n').filter(|line| !line.is_empty()).map(str::to_owned));
    refused(&lines::join(&lines, &[], &[]))
}

#[test]
fn errors_name_the_thing_and_the_expectation() {
    let text = sample().to_text();
    assert_eq!(
        refused("hello"),
        "it is no corpus entry: expected `reveille corpus v1` as its first line"
    );
    assert_eq!(refused(""), refused("hello"));
    assert_eq!(
        refused(&text.replace(" v1\n", " v2\n")),
        "it is of version `v2`, this build reads `v1`"
    );
    assert_eq!(
        refused(text.trim_end()),
        "it is cut: it does not end in a line `sum: ` with sixteen digits"
    );
    assert_eq!(refused(&text.replace("2026", "2025")), "it is damaged: its checksum is wrong");
    assert_eq!(
        Entry::from_bytes(&[text.as_bytes(), b"\xff"].concat()).unwrap_err().to_string(),
        "it is not UTF-8 text"
    );
    let deviation = "schedule 12: option 1 of 3, turn 1 of root.1 \"consumer\" before turn 3 of root.0 \"the \\\"first\\\"\"";
    let such = "expected a deviation, such as `schedule 3: option 1 of 2, turn 1 of root.1 before turn 2 of root.0`";
    for (line, with, message) in [
        ("law: panic", "law: none", " in line 3: expected the name of a law, got `law: none`"),
        ("variant: 2", "variant: 1", " in line 6: expected a number from 2 on, got `variant: 1`"),
        (
            "cause: src/queue.rs:40:9",
            "cause: \\x",
            " in line 5: expected text in which only `\\\\` and `\\u{..}` are escaped, got `cause: \\x`",
        ),
        (
            "found: 2026-05-03, run 17 of 1000, seed 0x2a",
            "found: today",
            " in line 11: expected `found: ` with a day such as 2026-05-03 and the run, got `found: today`",
        ),
        (
            "deviations: 3",
            "deviations: many",
            " in line 17: expected `deviations: ` and their number, got `deviations: many`",
        ),
        (
            "faults: spurious-poll",
            "faults: late-timer",
            ": expected `faults: ` to name those among the deviations, got the end",
        ),
    ] {
        assert_eq!(forged(line, with), format!("it is malformed{message}"));
    }
    for wrong in [
        "schedule 12",
        "shuffle 12: option 1 of 3, turn 1 of root.1 before turn 3 of root.0",
        "schedule 12: option 3 of 3, turn 1 of root.1 before turn 3 of root.0",
        "schedule 12: option 1 of 3, choice 1 before the first turn",
        "schedule 12: option 1 of 3, turn 1 of root.1 before turn 3 of root.0 ",
        // The law calls this task by another name.
        "schedule 12: option 1 of 3, turn 1 of root.1 before turn 3 of root.0 \"last\"",
    ] {
        let told = forged(&format!("  {deviation}"), &format!("  {wrong}"));
        assert_eq!(told, format!("it is malformed in line 18: {such}, got `  {wrong}`"));
    }
    let told = forged(&format!("  {deviation}"), "");
    assert!(
        told.starts_with("it is malformed in line 20: expected as many deviations as their number says, got `tape: "),
        "{told}"
    );
}
