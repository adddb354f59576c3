//! A table in Markdown, for the page of a job.

use super::summary::{grouped, last_line, per_cent};
use crate::cargo::Workspace;
use crate::gate::{CheckResult, Outcome, TestResult};
use crate::shown::shown;

pub(super) fn write(outcome: &Outcome, _workspace: &Workspace) -> String {
    let mut text = format!("### {}\n", cell(&last_line(outcome)));
    for test in outcome.failed() {
        for failure in &test.failures {
            let law = failure.law.as_ref().map(|law| format!(" breaks {law}"));
            text.push_str(&format!(
                "\n<details open><summary><b>{}</b>{}: {}</summary>\n\n{}\n\n</details>\n",
                html(&test.full_name()),
                html(&law.unwrap_or_else(|| " failed".into())),
                html(&failure.sentence),
                fenced(&failure.report)
            ));
        }
    }
    if !outcome.tests.is_empty() {
        text.push_str("\n| test | | runs | corpus | schedules | new behaviour |\n");
        text.push_str("| --- | --- | ---: | ---: | ---: | ---: |\n");
        outcome.tests.iter().for_each(|test| text.push_str(&rows(test)));
    }
    text
}

fn rows(test: &TestResult) -> String {
    let verdict = if test.failures.is_empty() { "passed" } else { "**failed**" };
    let name = cell(&test.full_name());
    if test.checks.is_empty() {
        return format!("| {name} | {verdict} | | | | |\n");
    }
    let row = |check: &CheckResult| {
        let new =
            if check.everything { "none, all seen".into() } else { per_cent(check.chance_of_new) };
        let [runs, entries, distinct] = [check.runs, check.entries, check.distinct].map(grouped);
        format!("| {name} | {verdict} | {runs} | {entries} | {distinct} | {new} |\n")
    };
    test.checks.iter().map(row).collect()
}

/// Text in a line of Markdown, where nothing of it means anything.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in shown(text).replace('\n', " ").chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~') {
            out.push('\\');
        }
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

fn html(text: &str) -> String {
    shown(text).replace('\n', " ").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A block of code whose fence is longer than any within it.
fn fenced(text: &str) -> String {
    let text = shown(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", text.trim_end())
}
