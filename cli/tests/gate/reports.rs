//! Reports for other programs.

use crate::tool::{Place, done};
use serde_json::Value;

#[test]
fn every_report_is_written_and_tells_the_same() {
    let place = Place::new();
    let [junit, sarif, json, markdown] =
        ["a/j.xml", "a/s.sarif", "a/l.jsonl", "a/t.md"].map(|name| place.path(name));
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let arguments = [
        "loses_a_wakeup",
        "passes",
        "says_hostile_things",
        "--junit",
        &path(&junit),
        "--sarif",
        &path(&sarif),
        "--json",
        &path(&json),
        "--markdown",
        &path(&markdown),
        "--github",
    ];
    let done = done(&mut place.gate(&arguments)).with(100);
    let text = |path| std::fs::read_to_string(path).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&text(&junit)).unwrap();
    assert_eq!((report.tests, report.failures), (3, 2));
    let sarif: Value = serde_json::from_str(&text(&sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let place_of = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place_of["artifactLocation"]["uri"], "cli/tests/gate/fixture.rs");
    let lines: Vec<Value> =
        text(&json).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["failures"][0]["law"], "pending-without-waker");
    assert!(text(&markdown).contains("**failed**"));
    let errors: Vec<&str> = done.out.lines().collect();
    assert!(errors[0].starts_with("::error file=cli/tests/gate/fixture.rs,line="), "{errors:?}");
    assert_eq!(errors.len(), 2, "{errors:?}");
    // What a test says stays what it says.
    for text in [&done.out, &done.err, &text(&junit), &text(&markdown)] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    }
    assert!(!text(&junit).contains("<script>") && !text(&markdown).contains("\n::error"));
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_runs() {
    let place = Place::new();
    done(&mut place.gate(&["passes", "--junit", "/dev/null/no.xml"]))
        .with(96)
        .says("the report /dev/null/no.xml cannot be written: ")
        .does_not_say("runs");
}

#[test]
fn a_report_that_finds_the_disk_full_is_told_in_the_end() {
    let place = Place::new();
    done(&mut place.gate(&["passes", "--json", "/dev/full"]))
        .with(97)
        .says("1,000 runs")
        .says("the report /dev/full cannot be written: ");
    // What failed is more important.
    done(&mut place.gate(&["loses_a_wakeup", "--json", "/dev/full"])).with(100);
}
