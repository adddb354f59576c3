//! What a child answers, as text: a word for how the check ended with its numbers, then
//! lines.

use crate::corpus::CorpusError;
use crate::coverage::Coverage;
use crate::error::{CheckError, Failure};
use crate::escape::{escape, unescape};
use crate::marks::Mark;
use crate::passed::Passed;
use crate::rejection::Rejected;
use reveille_sim::{Law, Tape};

pub(super) fn to_text(result: &Result<Passed, CheckError>) -> String {
    match result {
        Ok(passed) => {
            let Passed { runs, steps, rejected, corpus, .. } = passed;
            let coverage = passed.coverage.to_text();
            let mut text = format!("passed {runs} {steps} {rejected} {corpus} {coverage}\n");
            for mark in &passed.marks {
                let (name, at) = (escape(&mark.name), escape(&mark.at));
                text.push_str(&format!("mark {} {} {at}\t{name}\n", mark.looks, mark.seen));
            }
            for warning in &passed.warnings {
                text.push_str(&format!("warning {}\n", escape(warning)));
            }
            text
        }
        Err(CheckError::Rejected(rejected)) => {
            let reasons: String =
                rejected.reasons.iter().map(|reason| format!("{}\n", escape(reason))).collect();
            format!("rejected {} {}\n{reasons}", rejected.accepted, rejected.rejected)
        }
        Err(CheckError::Broken(failure)) => {
            let tape = failure.tape.to_text(&failure.test);
            format!("broken {}\n{tape}\n{}", failure.law, failure.report)
        }
        Err(CheckError::Corpus(error)) => format!("corpus\n{error}"),
        Err(CheckError::InsideRun) => "inside-run\n".to_owned(),
        Err(CheckError::NoRun(why)) => format!("error\n{why}"),
        Err(error) => format!("error\n{error}"),
    }
}

pub(super) fn from_text(text: &str) -> Option<Result<Passed, CheckError>> {
    let (first, rest) = text.split_once('\n')?;
    let mut words = first.split(' ');
    Some(match words.next()? {
        "passed" => {
            let mut number = || words.next()?.parse().ok();
            let (runs, steps, rejected) = (number()?, number()?, number()?);
            let corpus = number()?;
            let coverage = Coverage::from_text(words)?;
            let (mut marks, mut warnings) = (Vec::new(), Vec::new());
            for line in rest.lines() {
                match line.split_once(' ')? {
                    ("mark", mark) => marks.push(mark_from_text(mark)?),
                    ("warning", warning) => warnings.push(unescape(warning)?),
                    _ => return None,
                }
            }
            let test = String::new();
            Ok(Passed { test, runs, steps, rejected, corpus, coverage, marks, warnings })
        }
        "rejected" => {
            let (accepted, rejected) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let reasons = rest.lines().map(unescape).collect::<Option<_>>()?;
            let rejected = Rejected::new(accepted, rejected, reasons);
            Err(CheckError::Rejected(Box::new(rejected)))
        }
        "broken" => {
            let law = Law::from_name(words.next()?)?;
            let (tape, report) = rest.split_once('\n')?;
            let (test, tape) = Tape::from_text(tape).ok()?;
            Err(Failure { test, law, tape, report: report.to_owned() }.boxed())
        }
        "inside-run" => Err(CheckError::InsideRun),
        "corpus" => Err(CorpusError::Told(rest.to_owned()).into()),
        _ => Err(CheckError::NoRun(rest.to_owned())),
    })
}

fn mark_from_text(text: &str) -> Option<Mark> {
    let (counts, name) = text.split_once('\t')?;
    let mut parts = counts.splitn(3, ' ');
    let (looks, seen) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (at, name) = (unescape(parts.next()?)?, unescape(name)?);
    Some(Mark { name, at, looks, seen })
}
