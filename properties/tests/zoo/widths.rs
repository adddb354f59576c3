//! A report is as wide as it is asked to be.

use crate::golden::{compare, report, run};

/// A failure as it is told in so many columns.
fn told_in(name: &str, columns: usize) -> String {
    report(&run(name, &[("COLUMNS", &columns.to_string())]))
}

/// Words that are longer than the line, and what is there to be pasted.
fn may_be_longer(line: &str) -> bool {
    let begins = |head| line.trim_start().starts_with(head);
    begins("reveille: ") || begins("replay: ") || begins("found in ") || !line.trim().contains(' ')
}

#[test]
fn a_narrow_report_keeps_within_its_columns() {
    for name in ["rest::locks_in_opposite_orders", "steps::is_woken_among_many"] {
        let told = told_in(name, 60);
        compare(&format!("{name}.narrow"), &told);
        for line in told.lines().filter(|line| !may_be_longer(line)) {
            assert!(line.chars().count() <= 60, "{line}");
        }
    }
}

#[test]
fn a_wide_report_has_a_column_for_each_task() {
    let told = told_in("steps::is_woken_among_many", 140);
    let heads = told.lines().find(|line| line.trim_start().starts_with("step ")).unwrap();
    let columns: Vec<&str> = heads.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
    let tasks = (1..10).map(|number| format!("task {number}"));
    let expected: Vec<String> = ["step".into(), "root".into()].into_iter().chain(tasks).collect();
    assert_eq!(columns, expected);
}
