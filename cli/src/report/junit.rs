//! JUnit's XML, which most servers for continuous integration read.

use crate::cargo::Workspace;
use crate::gate::{Failure, FailureKind, Outcome, TestResult};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) fn write(outcome: &Outcome, _workspace: &Workspace) -> String {
    let mut suites: BTreeMap<String, TestSuite> = BTreeMap::new();
    for test in &outcome.tests {
        let name = match test.package.replace('-', "_") == test.binary.replace('-', "_") {
            true => test.package.clone(),
            false => format!("{}::{}", test.package, test.binary),
        };
        let suite = suites.entry(name.clone()).or_insert_with(|| TestSuite::new(name));
        suite.add_test_case(case(test));
    }
    let mut report = Report::new("reveille");
    report.set_time(Duration::try_from_secs_f64(outcome.seconds).unwrap_or_default());
    report.add_test_suites(suites.into_values());
    report.to_string().unwrap_or_default() + "\n"
}

fn case(test: &TestResult) -> TestCase {
    let status = match test.failures.first() {
        None => TestCaseStatus::success(),
        Some(failure) => {
            let mut status = TestCaseStatus::non_success(kind(failure));
            status.set_message(failure.sentence.clone());
            status.set_type(failure.law.clone().unwrap_or_else(|| "test".into()));
            let reports: Vec<&str> = test.failures.iter().map(|f| f.report.as_str()).collect();
            status.set_description(reports.join("\n\n"));
            status
        }
    };
    let mut case = TestCase::new(test.name.clone(), status);
    case.set_classname(test.binary.replace('-', "_"));
    case.set_time(Duration::try_from_secs_f64(test.seconds).unwrap_or_default());
    let sum = |of: fn(&crate::gate::CheckResult) -> u64| test.checks.iter().map(of).sum::<u64>();
    for (name, value) in [
        ("runs", sum(|check| check.runs)),
        ("steps", sum(|check| check.steps)),
        ("corpus", sum(|check| check.entries)),
    ] {
        case.properties.push(Property::new(name, value.to_string()));
    }
    case
}

fn kind(failure: &Failure) -> NonSuccessKind {
    match failure.kind {
        FailureKind::Law | FailureKind::Outside => NonSuccessKind::Failure,
        FailureKind::Check | FailureKind::Died | FailureKind::Hung => NonSuccessKind::Error,
    }
}
