//! A gate with one of each, and texts that would break a report if they could.

use crate::cargo::Workspace;
use crate::gate::{CheckResult, Failure, FailureKind, Outcome, Place, TestResult};
use std::collections::BTreeMap;

pub(super) fn workspace() -> Workspace {
    Workspace { root: "/repo".into(), target: "/repo/target".into(), packages: BTreeMap::new() }
}

fn check(name: &str) -> CheckResult {
    CheckResult {
        name: name.into(),
        entries: 2,
        runs: 1234,
        steps: 9876,
        distinct: 400,
        chance_of_new: 0.25,
        ..CheckResult::default()
    }
}

pub(super) fn one_of_each() -> Outcome {
    let test = |name: &str, failures: Vec<Failure>| TestResult {
        package: "my-crate".into(),
        binary: "my-crate".into(),
        name: name.into(),
        checks: vec![check(&format!("my_crate::{name}"))],
        failures,
        seconds: 1.5,
    };
    let place = |what: &str, line| Place { what: what.into(), file: "src/lib.rs".into(), line };
    let broken = Failure {
        law: Some("stale-waker".into()),
        sentence: "a future that is polled again must replace the waker it kept".into(),
        report: "reveille: `my_crate::tests::sends` breaks the law stale-waker\n\n  100% of it"
            .into(),
        places: vec![place("its waker was last cloned", 30), place("woken", 23)],
        tape: Some("v1/my_crate::tests::sends/len=0/sum=00000000".into()),
        corpus: Some("/repo/corpus/my_crate.tests.sends/1f3a9c0b.tape".into()),
        ..Failure::default()
    };
    let hostile = Failure {
        kind: FailureKind::Died,
        sentence: "]]></failure><b>`|`\n::error::\u{1b}[31m\u{202e}".into(),
        report: "```\n</summary><script>alert(1)</script>\n]]>\u{0}\u{1b}[2J\r\n::error::x".into(),
        places: vec![Place { what: "\n".into(), file: "a,b:c\n.rs".into(), line: 0 }],
        ..Failure::default()
    };
    let hung = Failure {
        kind: FailureKind::Hung,
        sentence: "it said nothing for 300 seconds and was ended".into(),
        ..Failure::default()
    };
    let mut warned = test("tests::warns", Vec::new());
    warned.checks[0].warnings.push("warning[waker-leak] in `x`:\n1 clone".into());
    warned.checks[0].everything = true;
    Outcome {
        tests: vec![
            test("tests::sends", vec![broken]),
            test("tests::hostile", vec![hostile]),
            test("tests::hangs", vec![hung]),
            warned,
        ],
        not_run: 1,
        warnings: vec!["something was left out".into()],
        seconds: 61.0,
        jobs: 2,
        interrupted: true,
        ..Outcome::default()
    }
}
