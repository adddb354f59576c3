//! What the end of a check, and of a process, means for its test.

use super::board::Board;
use super::died;
use super::message::{Broken, Counts, End};
use super::outcome::{CheckResult, Failure, FailureKind, Place};
use super::run::Gate;
use super::search::State;
use super::state::{Lost, Process, Task};
use crate::trace::Trace;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Lines of output that are shown of a test that failed outside its checks.
const MOST_LINES: usize = 60;

impl Gate<'_> {
    /// A check said how it ended.
    pub(super) fn check_ended(&mut self, line: usize, end: &End) {
        let Some(of) = self.lines.get(&line) else { return };
        let (key, counts) = (of.check.clone(), of.counts);
        let Some(process) = self.processes.get(&of.worker) else { return };
        let (unit, task) = (process.unit, process.task.clone());
        let is_first = matches!(task, Task::First);
        let is_beside = match task {
            Task::First => false,
            Task::Search { number, .. } => {
                self.searches.get(number).is_none_or(|search| search.check != key)
            }
            Task::Rescue(_) | Task::Mortem { .. } => true,
        };
        if is_beside {
            return;
        }
        let check = self.tests[unit].checks.entry(key.clone()).or_default();
        match end {
            End::Passed(passed) => {
                add(check, passed.counts);
                for warning in &passed.warnings {
                    if !check.warnings.contains(warning) {
                        check.warnings.push(warning.clone());
                    }
                }
                check.entries = check.entries.max(passed.entries);
                let coverage = passed.counts.coverage;
                if is_first && !coverage.is_everything() && self.limits.time.is_some() {
                    let usual = self.units[unit].seed;
                    self.searches.add(unit, key, usual, coverage.chance_of_new());
                }
            }
            // The run that failed was one.
            End::Broken(_) => add(check, Counts { runs: counts.runs + 1, ..counts }),
            End::Error { .. } => add(check, counts),
        }
    }

    /// A process ended.
    pub(super) fn exited(&mut self, worker: usize, status: Option<ExitStatus>) {
        let Some(process) = self.processes.remove(&worker) else { return };
        let unit = process.unit;
        self.tests[unit].spent += process.began.elapsed();
        if let Task::Search { number, stream } = process.task
            && let Some(search) = self.searches.get(number)
            && search.state == State::Active
            && search.stream == stream
        {
            search.state = State::Over;
        }
        // Whoever becomes another program ends well in the midst of a check.
        let is_amid = self.lines.values().any(|line| line.worker == worker && !line.is_over);
        let is_well = status.is_some_and(|status| status.success()) && !is_amid;
        match process.task.clone() {
            Task::First | Task::Search { .. } => self.judge(worker, &process, status, is_well),
            Task::Rescue(lost) => self.rescued(worker, &process, lost, is_well, status),
            Task::Mortem { lost, .. } => self.told_of(&process, &lost),
        }
        if matches!(process.task, Task::First) {
            self.tests[unit].is_done = true;
        }
        let gone: Vec<usize> =
            self.lines.iter().filter(|(_, line)| line.worker == worker).map(|(n, _)| *n).collect();
        for line in gone {
            // Its board may be in use by the process that looks into it.
            self.lines.remove(&line);
        }
    }

    fn judge(
        &mut self,
        worker: usize,
        process: &Process,
        status: Option<ExitStatus>,
        is_well: bool,
    ) {
        let unit = process.unit;
        if is_well {
            return self.was_expected(process);
        }
        if process.is_hung {
            return self.fail(unit, hung(process, self.limits.hang.as_secs()));
        }
        if process.is_killed {
            return;
        }
        let mut is_told = false;
        for end in &process.ends {
            let failure = match end {
                End::Passed(_) => continue,
                End::Broken(broken) => {
                    of_law(broken, self.units[unit].binary.package.manifest.parent())
                }
                End::Error { text } => Failure {
                    kind: FailureKind::Check,
                    sentence: "the check could not be made".into(),
                    report: text.clone(),
                    ..Failure::default()
                },
            };
            is_told = true;
            self.fail(unit, failure);
        }
        if !is_told {
            self.ended_without_a_word(worker, process, status);
        }
    }

    /// One without checks is none of ours. A failure that a test expects ends its search: there is
    /// nothing to find any more.
    fn was_expected(&mut self, process: &Process) {
        let test = &mut self.tests[process.unit];
        test.is_ordinary |= !test.is_ours;
        let broken = process.ends.iter().any(|end| !matches!(end, End::Passed(_)));
        if broken {
            for line in self.searches.end_of_unit(process.unit) {
                self.tell_to_stop(line);
            }
        }
    }

    fn ended_without_a_word(
        &mut self,
        worker: usize,
        process: &Process,
        status: Option<ExitStatus>,
    ) {
        let unit = process.unit;
        let output = process.worker.output();
        let how = died::how(status);
        let open = self.lines.values().find(|line| line.worker == worker && !line.is_over);
        let Some(open) = open else {
            return self.fail(unit, outside(&output, &how));
        };
        if let Some((report, law)) = died::last_words(&output) {
            let root = self.units[unit].binary.package.manifest.parent();
            let entry = died::entry_named(&report).map(PathBuf::from);
            let failure = Failure {
                kind: FailureKind::Died,
                sentence: sentence_in(&report),
                corpus: entry.map(|entry| root.map_or(entry.clone(), |root| root.join(&entry))),
                law: Some(law),
                report,
                ..Failure::default()
            };
            return self.fail(unit, failure);
        }
        let (check, seed, board) = (open.check.clone(), open.seed, open.board.clone());
        let run = board.as_ref().and_then(Board::run);
        match board {
            Some(board) if board.is_replaying() => {
                let lost = Lost { check, seed, run: 0, how: how.clone() };
                self.start(unit, Task::Mortem { lost, board, how });
            }
            Some(_) if run.is_some() => {
                let lost = Lost { check, seed, run: run.unwrap_or(0), how };
                self.start(unit, Task::Rescue(lost));
            }
            _ => self.fail(unit, outside(&output, &how)),
        }
    }

    /// The run in which a process was lost was made again.
    fn rescued(
        &mut self,
        worker: usize,
        process: &Process,
        lost: Lost,
        is_well: bool,
        status: Option<ExitStatus>,
    ) {
        let unit = process.unit;
        let open = self.lines.values().find(|line| line.worker == worker && !line.is_over);
        let board = open.and_then(|line| line.board.clone());
        match board.filter(|board| !is_well && board.run() == Some(lost.run)) {
            Some(board) => {
                let how = died::how(status);
                self.start(unit, Task::Mortem { lost, board, how });
            }
            None => {
                let Lost { run, seed, how, .. } = lost;
                let report = format!(
                    "reveille: the process of `{}` was {how}, in run {run} from seed {seed:#x}\n\n  \
                     the same run, made once more, did not end it: it was killed from outside, or by what\n  \
                     other processes took\n",
                    self.name_of(unit)
                );
                let sentence = format!("the process was {how}, in run {run} from seed {seed:#x}");
                self.fail(
                    unit,
                    Failure { kind: FailureKind::Died, sentence, report, ..Failure::default() },
                );
            }
        }
    }

    /// What a lost process left is told.
    fn told_of(&mut self, process: &Process, lost: &Lost) {
        let root = self.units[process.unit].binary.package.manifest.parent();
        let broken = process.ends.iter().find_map(|end| match end {
            End::Broken(broken) => Some(of_law(broken, root)),
            _ => None,
        });
        let Lost { run, seed, how, .. } = lost;
        let failure = broken.unwrap_or_else(|| Failure {
            sentence: format!("the process was {how}, in run {run} from seed {seed:#x}"),
            report: outside(&process.worker.output(), how).report,
            ..Failure::default()
        });
        self.fail(process.unit, Failure { kind: FailureKind::Died, ..failure });
    }

    /// A process could not be begun.
    pub(super) fn not_begun(&mut self, unit: usize, error: &std::io::Error) {
        self.tests[unit].is_done = true;
        let failure = Failure {
            kind: FailureKind::Outside,
            sentence: "no process could be begun for it".into(),
            report: format!("{}: {error}", self.units[unit].binary.path.display()),
            ..Failure::default()
        };
        self.fail(unit, failure);
    }
}

fn add(check: &mut CheckResult, counts: Counts) {
    check.runs += counts.runs;
    check.steps += counts.steps;
    check.rejected += counts.rejected;
    let coverage = counts.coverage;
    check.distinct = check.distinct.max(coverage.distinct);
    if coverage.runs > 0 {
        check.chance_of_new = coverage.chance_of_new();
    }
    check.everything |= coverage.is_everything();
}

fn of_law(broken: &Broken, package: Option<&Path>) -> Failure {
    let trace = broken.trace.as_ref().map(PathBuf::from);
    let drawn = trace.as_deref().and_then(|path| Trace::read(path).ok());
    let verdict = drawn.and_then(|trace| trace.verdict);
    let blamed = verdict.iter().flat_map(|verdict| &verdict.blamed).map(|blamed| Place {
        what: blamed.what.clone(),
        file: blamed.site.file.clone(),
        line: blamed.site.line,
    });
    let corpus = broken.corpus.as_ref().map(PathBuf::from);
    Failure {
        kind: FailureKind::Law,
        law: Some(broken.law.clone()),
        sentence: verdict
            .as_ref()
            .map_or_else(|| sentence_in(&broken.report), |verdict| verdict.sentence.clone()),
        report: broken.report.clone(),
        places: blamed.collect(),
        tape: Some(broken.tape.clone()),
        corpus: corpus.map(|path| package.map_or(path.clone(), |package| package.join(&path))),
        trace,
    }
}

/// The first sentence below the title of a report.
fn sentence_in(report: &str) -> String {
    report
        .lines()
        .skip(1)
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn hung(process: &Process, seconds: u64) -> Failure {
    Failure {
        kind: FailureKind::Hung,
        sentence: format!("it said nothing for {seconds} seconds and was ended"),
        report: last_lines(&process.worker.output()),
        ..Failure::default()
    }
}

fn outside(output: &str, how: &str) -> Failure {
    Failure {
        kind: FailureKind::Outside,
        sentence: format!("the test failed outside its checks; its process was {how}"),
        report: last_lines(output),
        ..Failure::default()
    }
}

fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(MOST_LINES)..].join("\n")
}
