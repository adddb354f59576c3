//! A process that ended while a check went on: what it says of that itself, and else how it
//! ended.

use std::process::ExitStatus;

/// What the last words of a process say, which it speaks itself where it can: the report from
/// its title on, and the law.
pub(super) fn last_words(output: &str) -> Option<(String, String)> {
    const TITLE: &str = "` breaks the law ";
    let at = output.rfind(TITLE)?;
    let start = output[..at].rfind("reveille: `")?;
    let report = output[start..].trim_end();
    let law = report.lines().next()?.rsplit(' ').next()?;
    Some((report.to_owned(), law.to_owned()))
}

/// The path behind `saved as` or `saved before, as`, or of the entry that was replayed.
pub(super) fn entry_named(report: &str) -> Option<&str> {
    let marks = ["  saved as ", "  saved before, as ", "  found by the corpus entry "];
    let line =
        report.lines().find_map(|line| marks.iter().find_map(|mark| line.strip_prefix(mark)))?;
    Some(line.split([':', ',']).next().unwrap_or(line).trim())
}

/// How a process ended, in words that follow "the process was".
pub(super) fn how(status: Option<ExitStatus>) -> String {
    let Some(status) = status else { return "lost".into() };
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        match status.signal() {
            Some(9) => {
                return "killed by SIGKILL, as the system does when memory is short".into();
            }
            Some(signal) => return format!("ended by signal {signal}"),
            None => {}
        }
    }
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => "ended".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words_are_found_among_other_output() {
        let output = "running 1 test\nreveille: `a::b` passed\nnoise\n\nreveille: `a::c` breaks the law panic\n\n  what\n\
             \n  saved as corpus/a.c/00112233.tape: put it into git\n\n";
        let (report, law) = last_words(output).unwrap();
        assert!(report.starts_with("reveille: `a::c` breaks"), "{report}");
        assert_eq!(
            (law.as_str(), entry_named(&report)),
            ("panic", Some("corpus/a.c/00112233.tape"))
        );
        assert_eq!(last_words("thread panicked"), None);
        assert_eq!(
            entry_named("x\n  found by the corpus entry corpus/a/1.tape, of 2026-05-03\n"),
            Some("corpus/a/1.tape")
        );
    }
}
