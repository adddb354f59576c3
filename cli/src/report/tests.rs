//! Every format on the same results, among them texts that would break it if they could.

use super::samples::{one_of_each, workspace};
use super::{json, junit, markdown};
use crate::gate::{CheckResult, Failure, Outcome, TestResult};
use expect_test::{expect, expect_file};
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn junit_is_xml_and_keeps_what_xml_can_hold() {
    let text = junit::write(&one_of_each(), &workspace());
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let cases: Vec<_> = report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
    assert_eq!(cases.len(), 4);
    assert_eq!((report.tests, report.failures, report.errors), (4, 1, 2));
    assert!(!text.contains('\u{1b}') && !text.contains('\0'), "{text}");
    assert!(!text.contains("<script>") && !text.contains("</failure><b>"), "{text}");
}

#[test]
fn lines_of_json_fit_their_schema() {
    let text = json::write(&one_of_each(), &workspace());
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    let schema: serde_json::Value = serde_json::from_str(&json::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in &lines {
        assert!(validator.is_valid(line), "{line}");
    }
    assert!(!validator.is_valid(&serde_json::json!({"type": "test", "name": 7})));
    assert!(!validator.is_valid(&serde_json::json!({"type": "other"})));
    assert_eq!((lines[4]["failed"].as_u64(), lines[4]["passed"].as_u64()), (Some(3), Some(1)));
}

#[test]
fn lines_are_read_back_and_what_is_cut_is_told() {
    let text = json::write(&one_of_each(), &workspace());
    let read = json::read(&text).unwrap();
    assert_eq!(json::write(&read, &workspace()), text);
    let (cut, _) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(json::read(cut).unwrap_err().to_string().starts_with("the last line is missing"));
    assert!(json::read("garbage").unwrap_err().to_string().starts_with("line 1: expected"));
    let later = text.replace("\"version\":1", "\"version\":2");
    assert_eq!(json::read(&later).unwrap_err().to_string(), "lines of version 2, expected 1");
}

proptest::proptest! {
    /// Machines that share the tests may be brought together in any order and in any parts.
    #[test]
    fn outcomes_merge_in_any_order(parts in vec(outcomes(), 1..5), seed: u64) {
        let merged = |parts: &[Outcome]| {
            let mut all = Outcome::default();
            parts.iter().for_each(|part| all.merge(part.clone()));
            all
        };
        let whole = json::write(&merged(&parts), &workspace());
        let mut other = parts.clone();
        other.rotate_left(seed as usize % parts.len());
        other.reverse();
        proptest::prop_assert_eq!(&json::write(&merged(&other), &workspace()), &whole);
        let (left, right) = parts.split_at(seed as usize % parts.len());
        let halves = [merged(right), merged(left)];
        proptest::prop_assert_eq!(&json::write(&merged(&halves), &workspace()), &whole);
        let runs: u64 = parts.iter().map(Outcome::runs).sum();
        proptest::prop_assert_eq!(merged(&parts).runs(), runs);
    }
}

/// What a machine may have found.
fn outcomes() -> impl Strategy<Value = Outcome> {
    let check = ("[ab]", 0..9u64, 0..4u64, any::<bool>(), vec("[xy]", 0..2)).prop_map(
        |(name, runs, distinct, everything, warnings)| CheckResult {
            name,
            runs,
            steps: 2 * runs,
            distinct,
            chance_of_new: distinct as f64 / 8.0,
            everything,
            warnings,
            ..CheckResult::default()
        },
    );
    let failure = ("[st]", proptest::option::of("[lm]")).prop_map(|(sentence, law)| Failure {
        sentence,
        law,
        ..Failure::default()
    });
    let one = ("[tu]", vec(check, 0..3), vec(failure, 0..2), 0..9u8);
    let test = one.prop_map(|(name, mut checks, mut failures, seconds)| {
        // As a gate has them: each once.
        checks.sort_by(|a, b| a.name.cmp(&b.name));
        checks.dedup_by(|a, b| a.name == b.name);
        failures.sort();
        failures.dedup();
        let (package, binary, seconds) = ("p".into(), "b".into(), f64::from(seconds));
        TestResult { package, binary, name, checks, failures, seconds }
    });
    (vec(test, 0..3), 0..3usize, any::<bool>(), vec("[vw]", 0..2), 0..9u8).prop_map(
        |(mut tests, not_run, interrupted, warnings, seconds)| {
            tests.sort_by(|a, b| a.name.cmp(&b.name));
            tests.dedup_by(|a, b| a.name == b.name);
            let seconds = f64::from(seconds);
            Outcome {
                tests,
                not_run,
                interrupted,
                warnings,
                seconds,
                jobs: 2,
                ..Outcome::default()
            }
        },
    )
}

/// What others build on changes by intention alone.
#[test]
fn the_schema_that_is_published_is_the_one_that_is_written() {
    expect_file!["../../schema/report.schema.json"].assert_eq(&json::schema());
}

#[test]
fn markdown_means_what_we_mean() {
    expect![[r#"
        ### reveille: 1 test passed, 3 failed; 4,936 runs in 1 min 01 s on 2 cores, 8 of the corpus first; 1 test not run; it was interrupted

        <details open><summary><b>my_crate::tests::sends</b> breaks stale-waker: a future that is polled again must replace the waker it kept</summary>

        ```text
        reveille: `my_crate::tests::sends` breaks the law stale-waker

          100% of it
        ```

        </details>

        <details open><summary><b>my_crate::tests::hostile</b> failed: ]]&gt;&lt;/failure&gt;&lt;b&gt;`|` ::error::\u{1b}[31m\u{202e}</summary>

        ````text
        ```
        </summary><script>alert(1)</script>
        ]]>\u{0}\u{1b}[2J
        ::error::x
        ````

        </details>

        <details open><summary><b>my_crate::tests::hangs</b> failed: it said nothing for 300 seconds and was ended</summary>

        ```text

        ```

        </details>

        | test | | runs | corpus | schedules | new behaviour |
        | --- | --- | ---: | ---: | ---: | ---: |
        | my\_crate::tests::sends | **failed** | 1,234 | 2 | 400 | 25 % |
        | my\_crate::tests::hostile | **failed** | 1,234 | 2 | 400 | 25 % |
        | my\_crate::tests::hangs | **failed** | 1,234 | 2 | 400 | 25 % |
        | my\_crate::tests::warns | passed | 1,234 | 2 | 400 | none, all seen |
    "#]].assert_eq(&markdown::write(&one_of_each(), &workspace()));
}
