//! A failure as it is handed from process to process: one line of text.

use crate::arguments;
use crate::specimens::Specimen;
use reveille::{CheckError, Failure, Passed, Tape};
use reveille_sim::{Outcome, Replay, World};

/// Who saw it, and so who is to see it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// A world, with a sampler. What it saw is the finding and the hash of all events.
    World,
    /// A checker. What it saw is the law and the whole report.
    Checker,
    /// A checker of a test with arguments.
    CheckerWithArguments,
}

impl By {
    const ALL: [(By, &str); 3] = [
        (By::World, "world"),
        (By::Checker, "checker"),
        (By::CheckerWithArguments, "checker-with-arguments"),
    ];

    fn name(self) -> &'static str {
        By::ALL.into_iter().find(|(by, _)| *by == self).expect("all are named").1
    }
}

/// A run that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) by: By,
    pub(crate) specimen: String,
    /// The tape, as text.
    pub(crate) tape: String,
    /// What was seen, with the law in front.
    pub(crate) seen: String,
}

impl Failed {
    pub(crate) fn law(&self) -> &str {
        self.seen.split_whitespace().next().unwrap_or_default()
    }

    pub(crate) fn to_line(&self) -> String {
        let Failed { by, specimen, tape, seen } = self;
        format!("{}\t{specimen}\t{tape}\t{}\n", by.name(), seen.escape_default())
    }

    /// Reads a line; what was seen stays escaped.
    pub(crate) fn from_line(line: &str) -> Failed {
        let fields: Vec<&str> = line.split('\t').collect();
        let [by, specimen, tape, seen] = fields[..] else { panic!("not four fields: {line}") };
        let (by, _) = By::ALL.into_iter().find(|(_, name)| *name == by).expect("a known witness");
        Failed { by, specimen: specimen.into(), tape: tape.into(), seen: seen.into() }
    }

    /// What is seen when the tape is replayed here, escaped.
    pub(crate) fn replay(&self, world: &mut World) -> String {
        let (_, tape) = Tape::from_text(&self.tape).expect("a tape");
        let seen = match self.by {
            By::World => {
                let specimen = Specimen::named(&self.specimen);
                let mut replay = Replay::new(tape);
                let outcome = world.run(&specimen.settings(), &mut replay, 0, specimen.body);
                seen_by_world(&outcome)
            }
            By::Checker => {
                let specimen = Specimen::named(&self.specimen);
                seen_by_checker(specimen.checker().replay(tape).try_check(specimen.body))
            }
            By::CheckerWithArguments => {
                seen_by_checker(arguments::check(&arguments::checker().replay(tape)))
            }
        };
        seen.unwrap_or_else(|| "it passes".into()).escape_default().to_string()
    }
}

/// The broken law with who, where, when and why, and the hash of all events.
pub(crate) fn seen_by_world(outcome: &Outcome<Result<(), String>>) -> Option<String> {
    let hash = outcome.trace.as_ref().map(reveille_sim::Trace::hash);
    let (steps, now) = (outcome.steps, outcome.now);
    match (&outcome.verdict, &outcome.output) {
        (Some(finding), _) => Some(format!("{} {finding:?} {steps} {now} {hash:?}", finding.law)),
        (None, Some(Err(text))) => Some(format!("panic {text} {steps} {now} {hash:?}")),
        _ => None,
    }
}

/// The law, the tape and the report, but for how it was found.
pub(crate) fn seen_by_checker(result: Result<Passed, CheckError>) -> Option<String> {
    match result {
        Ok(_) => None,
        Err(CheckError::Broken(failure)) => Some(seen_in(&failure)),
        Err(error) => panic!("nothing was checked: {error}"),
    }
}

pub(crate) fn seen_in(failure: &Failure) -> String {
    let Failure { law, report, .. } = failure;
    let report = report.split("\n  found in ").next().unwrap_or_default();
    format!("{law} {}", report.trim_end())
}
