//! What a test says when it fails or warns.

use crate::ended;
use crate::error::{CheckError, Failure};
use crate::escape::{escape, shown};
use crate::names;
use crate::record::Broken;
use crate::report::sentence;
use crate::search::Found;
use crate::seed::Seed;
use crate::tape_file;
use reveille_sim::{Kind, Law, Tape, TaskId};
use std::fmt::Write as _;
use std::io::Write as _;

/// Fails the test with `text` as its message, as any failing test does.
pub(crate) fn fail(text: &str) -> ! {
    // To the harness's capture, if there is one. Inside a run it is the run's report
    // that tells it.
    if !reveille_sim::in_run() {
        eprintln!("\n{}\n", text.trim_end());
    }
    // Not `panic!`: its line and backtrace would be ours.
    std::panic::resume_unwind(Box::new(text.to_owned()))
}

/// Tells a warning past the harness's capture, which shows nothing of tests that pass.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
}

/// What stopped the check of `test`, under the head that all that fails a test has.
pub(crate) fn headed(test: &str, error: &CheckError) -> String {
    match error {
        // It has its own.
        CheckError::Broken(failure) => failure.to_string(),
        error => format!("reveille: `{test}`: {error}"),
    }
}

/// In which run a failure was found, of a search of `runs`; none if it was not searched for.
pub(crate) fn origin(found: &Found, runs: u64, seed: Seed) -> Option<String> {
    let run = match (found.run?, found.sampler) {
        // A search without end has no number of runs.
        (run, Some(sampler)) if run > 0 && runs == u64::MAX => format!("run {run} by {sampler}"),
        (run, Some(sampler)) if run > 0 => format!("run {run} of {runs} by {sampler}"),
        _ => "the plain run".to_owned(),
    };
    Some(format!("{run}, seed {seed}"))
}

/// The whole report of a broken law; `corpus` is what is said of the corpus.
pub(crate) fn found(test: &str, found: &Found, origin: Option<&str>, corpus: &str) -> Failure {
    let law = found.broken.law;
    let mut report = title(test, law);
    report.push_str(&found.text);
    report.push_str(&replay_line(test, &found.tape));
    if let Some(origin) = origin {
        let shrunk = shrunk(found).map_or(String::new(), |shrunk| format!("; {shrunk}"));
        let _ = writeln!(report, "  found in {origin}{shrunk}");
    }
    report.push_str(corpus);
    Failure { test: test.to_owned(), law, tape: found.tape.clone(), report }
}

/// The report of a broken law in a run that proptest had made.
pub(crate) fn scheduled(test: &str, found: &Found, pasted: bool) -> Failure {
    let (law, tape) = (found.broken.law, found.tape.clone());
    let mut report = title(test, law);
    report.push_str(&found.text);
    let schedule = if pasted {
        format!("Schedule::from_tape(\"{}\")", tape.to_text(test))
    } else {
        // Proptest prints it right below, with the inputs.
        "<the schedule of the minimal failing input>".to_owned()
    };
    let _ =
        writeln!(report, "\n  replay: reveille::{schedule}.unwrap().run(..), with the same input");
    Failure { test: test.to_owned(), law, tape, report }
}

/// How small it became; none if it was not searched for.
pub(crate) fn shrunk(found: &Found) -> Option<String> {
    Some(match found.shrunk? {
        (_, 0, _) if !found.tape.lane(Kind::Argument).is_empty() => {
            "with these arguments it needs no deviation from the plain run".into()
        }
        (_, 0, _) => "it needs no deviation from the plain run".into(),
        (before, after, replays) if before > after => {
            format!("{} left of {before} after {replays} replays", deviations(after))
        }
        (_, after, _) => deviations(after),
    })
}

fn deviations(count: usize) -> String {
    if count == 1 { "1 deviation".into() } else { format!("{count} deviations") }
}

/// The report of a run that cannot be repeated.
pub(crate) fn differs(
    test: &str,
    tape: &Tape,
    broken: Option<Broken>,
    difference: &str,
    why_not_hermetic: Option<String>,
) -> Failure {
    let law = broken.as_ref().map_or(Law::Nondeterminism, |broken| broken.law);
    let mut report = title(test, law);
    if let Some(broken) = &broken {
        let _ = writeln!(report, "  {}\n", sentence(broken.law, broken.task.map(TaskId)));
        if let Some(what) = broken.in_words() {
            let _ = writeln!(report, "  what    {}\n", shown(&what).replace('\n', "\n          "));
        }
        report.push_str(
            "  and, beside it, nondeterminism: the run that failed cannot be repeated\n\n",
        );
    }
    let _ = writeln!(report, "  {}\n", Law::Nondeterminism.sentence());
    report.push_str(difference);
    if let Some(why) = why_not_hermetic {
        let _ = writeln!(
            report,
            "\n  runs with fixed entropy and clocks in processes of their own cannot be had: {why}"
        );
    }
    report.push_str(
        "\n  try: take random numbers from `reveille::draw`, time from `reveille::time`, and keep no state\n       \
         in statics from run to run; threads of your own cannot be replayed\n",
    );
    report.push_str(&replay_line(test, tape));
    Failure { test: test.to_owned(), law, tape: tape.clone(), report }
}

/// What of the machine the runs used that differ; `told` is empty if they used nothing.
pub(crate) fn outside(told: &str) -> String {
    if told.is_empty() {
        return String::new();
    }
    format!("  outside {}\n", told.trim_end().replace('\n', "\n          "))
}

/// The report of a run whose process was killed.
pub(crate) fn killed(
    test: &str,
    tape: &Tape,
    what: &str,
    found: Option<&str>,
    corpus: &str,
) -> Failure {
    let law = Law::Panic;
    let mut report = title(test, law);
    let _ = writeln!(report, "  a run must not end its process\n\n  what   {what}");
    report.push_str(&replay_line(test, tape));
    if let Some(found) = found {
        let _ = writeln!(report, "  found in {found}; it could not be made smaller");
    }
    report.push_str(corpus);
    Failure { test: test.to_owned(), law, tape: tape.clone(), report }
}

pub(crate) fn trace_written(path: &std::path::Path) -> String {
    format!("  its trace is in {}\n", escape(&path.to_string_lossy()))
}

pub(crate) fn trace_lost(error: &std::io::Error) -> String {
    format!("  its trace could not be written: {error}\n")
}

fn title(test: &str, law: Law) -> String {
    format!("reveille: `{}` breaks the law {law}\n\n", escape(test))
}

/// The line to paste, which repeats exactly this run.
fn replay_line(test: &str, tape: &Tape) -> String {
    let line = line_to_paste(test, tape);
    let note = if tape.is_hermetic() {
        "\n  note: the run had a process of its own, in which entropy and the clocks of std are fixed\n"
    } else {
        ""
    };
    let advice = names::advice(test).unwrap_or_default();
    format!("{note}\n  replay: {line}\n{advice}")
}

pub(crate) fn line_to_paste(test: &str, tape: &Tape) -> String {
    let place = tape_file::place(test, tape.to_text(test));
    if tape.is_of_threads() {
        // It must be built for that, which the command does.
        return format!("cargo reveille replay {place}");
    }
    format!("REVEILLE_REPLAY={place} {}", names::command(test))
}

/// A panic that unwinding cannot bear ends the process; the tape must be told first.
pub(crate) fn tell_of_aborts(test: &str) {
    let test = test.to_owned();
    reveille_sim::on_abort(move |first_panic| {
        let mut report = title(&test, Law::Panic);
        let _ = writeln!(
            report,
            "  {}\n\n  what   a destructor panicked while a panic was unwinding, which aborts the process;\n         \
             the first panic: {first_panic}",
            Law::Panic.sentence()
        );
        let cause = "ended by a panic while another one unwinds";
        if let Some(lines) = ended::last_lines(Law::Panic, cause) {
            report.push_str(lines);
            warn(&format!("\n{report}"));
        }
    });
}
