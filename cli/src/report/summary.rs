//! What came of it, in some lines at the end.

use crate::gate::Outcome;
use crate::shown::in_a_line;
use anstream::eprintln;
use std::time::Duration;

/// Tests of which it is told what they covered at most.
const MOST_TOLD: usize = 40;

/// Says what was covered, and what failed.
pub fn summary(outcome: &Outcome) {
    let green = anstyle::AnsiColor::Green.on_default().bold();
    let red = anstyle::AnsiColor::Red.on_default().bold();
    let yellow = anstyle::AnsiColor::Yellow.on_default();
    for test in outcome.tests.iter().take(MOST_TOLD) {
        let name = in_a_line(&test.full_name());
        let covered: Vec<String> = test.checks.iter().map(covered).collect();
        let covered = covered.join("; ");
        match test.failures.is_empty() {
            true => eprintln!("  {green}ok{green:#}      {name}: {covered}"),
            false => {
                eprintln!("  {red}FAILED{red:#}  {name}: {}", in_a_line(&test.failures[0].sentence))
            }
        }
        for warning in test.checks.iter().flat_map(|check| &check.warnings) {
            eprintln!("          {yellow}{}{yellow:#}", in_a_line(warning));
        }
    }
    if outcome.tests.len() > MOST_TOLD {
        eprintln!("  ... and {} more tests", outcome.tests.len() - MOST_TOLD);
    }
    eprintln!("\n{}", last_line(outcome));
}

fn covered(check: &crate::gate::CheckResult) -> String {
    let mut text = format!("{} runs", grouped(check.runs));
    if check.entries > 0 {
        text.push_str(&format!(" after {} of the corpus", check.entries));
    }
    if check.everything {
        text.push_str(&format!(", all {} schedules", grouped(check.distinct)));
    } else if check.runs > 0 {
        text.push_str(&format!(", new behaviour {}", per_cent(check.chance_of_new)));
    }
    text
}

pub(super) fn last_line(outcome: &Outcome) -> String {
    let failed = outcome.failed().count();
    let tests = outcome.tests.len();
    let entries: u64 = outcome.checks().map(|check| check.entries).sum();
    let mut text = format!(
        "reveille: {} passed, {} failed; {} run{} in {} on {}",
        count(tests - failed, "test"),
        failed,
        grouped(outcome.runs()),
        if outcome.runs() == 1 { "" } else { "s" },
        time(Duration::from_secs_f64(outcome.seconds)),
        count(outcome.jobs, "core"),
    );
    if entries > 0 {
        text.push_str(&format!(", {} of the corpus first", grouped(entries)));
    }
    if outcome.not_run > 0 {
        text.push_str(&format!("; {} not run", count(outcome.not_run, "test")));
    }
    if !outcome.ordinary.is_empty() {
        let ordinary = count(outcome.ordinary.len(), "test");
        text.push_str(&format!("; {ordinary} of other kinds ran once and passed"));
    }
    if outcome.interrupted {
        text.push_str("; it was interrupted");
    }
    text
}

/// Why a gate in which nothing failed is red all the same.
#[must_use]
pub fn nothing_ran(outcome: &Outcome) -> String {
    match outcome.tests.len() {
        0 => "of the tests that ran none is one of reveille: nothing was checked".into(),
        tests => format!("{} made no run: nothing was checked", count(tests, "test")),
    }
}

fn count(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}

/// A number with commas.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn per_cent(chance: f64) -> String {
    match 100.0 * chance {
        0.0 => "0 %".into(),
        small if small < 0.1 => "< 0.1 %".into(),
        small if small < 10.0 => format!("{small:.1} %"),
        large => format!("{large:.0} %"),
    }
}

/// A time as people write it.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!([grouped(7), grouped(1234), grouped(1_234_567)], ["7", "1,234", "1,234,567"]);
        assert_eq!(
            [per_cent(0.0), per_cent(0.0001), per_cent(0.05), per_cent(0.5)],
            ["0 %", "< 0.1 %", "5.0 %", "50 %"]
        );
        let times = [1500, 61_000, 7_260_000].map(|ms| time(Duration::from_millis(ms)));
        assert_eq!(times, ["1.5 s", "1 min 01 s", "2 h 01 min"]);
    }
}
