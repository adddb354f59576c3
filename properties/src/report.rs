//! The text of a failure, for a person at nine in the evening: the law, who broke
//! it, where, the last steps, what to try.

mod breach;
mod circle;
mod events;
mod excerpt;
mod fact;
mod named;
mod steps;
mod table;
mod teller;
mod text;
mod width;

use crate::advice;
use crate::callsite::CallSite;
use crate::evidence::Evidence;
use crate::faults;
use crate::why::Why;
pub(crate) use events::{apart, event_lines, event_words};
use fact::Fact;
use named::Named;
use reveille_sim::{Certainty, Detail, Finding, Law, TaskId, Trace};
pub(crate) use steps::readiness;
use table::Table;
use teller::Facts;
pub(crate) use text::to_try;
pub(crate) use width::width;

/// What is told of a failure that its own replay does not show.
pub(crate) fn vanished() -> String {
    "  the replay with the trace on did not fail; what follows is all that is known\n".into()
}

/// A failure as it is told, without its title and its replay line.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) sentence: &'static str,
    pub(crate) certainty: Certainty,
    /// How a law that is suspected by its nature became certain.
    certain_because: Option<&'static str>,
    pub(crate) facts: Vec<Fact>,
    /// The places in the code that the facts point at.
    pub(crate) blamed: Vec<Blamed>,
    /// Who waits for whom.
    pub(crate) waits: Vec<(TaskId, TaskId)>,
    steps: Table,
    pub(crate) advice: Option<&'static str>,
    pub(crate) hints: Vec<&'static str>,
}

/// A place in the code that a fact points at.
#[derive(Debug)]
pub(crate) struct Blamed {
    /// What was done there.
    pub(crate) what: String,
    pub(crate) event: Option<u64>,
    pub(crate) site: CallSite,
}

impl Told {
    pub(crate) fn of(finding: &Finding, trace: &Trace, evidence: &Evidence, why: &Why) -> Told {
        let certainty = finding.certainty();
        let is_suspected = finding.law.certainty() == Certainty::Suspected;
        let Facts { facts, blamed, waits } = Facts::of(finding, trace, evidence, why);
        Told {
            sentence: sentence_of(finding),
            certainty,
            certain_because: (certainty == Certainty::Certain && is_suspected)
                .then_some("the state came again"),
            facts,
            blamed,
            waits,
            steps: Table::of(finding, trace, &Named::of(finding, trace, evidence, why)),
            advice: advice::for_finding(finding),
            hints: faults::hints(finding.law, trace),
        }
    }
}

fn sentence_of(finding: &Finding) -> &'static str {
    match &finding.detail {
        Detail::Panic { asked: Some(_), .. } => "the condition of a property must not panic",
        Detail::Panic { within: Some(_), .. } => "what a suite calls must not panic",
        Detail::Promise(_) => "what is under test must do what its suite demands",
        _ => sentence(finding.law, finding.task()),
    }
}

/// What the law demands; or, if the body of the test itself is what failed, just that.
pub(crate) fn sentence(law: Law, task: Option<TaskId>) -> &'static str {
    match (law, task) {
        (Law::Panic, Some(TaskId::ROOT)) => "the body of the test fails in this run",
        _ => law.sentence(),
    }
}

/// The arguments of the test, one a line or more.
pub(crate) fn arguments(trace: &Trace) -> String {
    let arguments = trace.arguments().iter();
    arguments.map(|(name, value)| format!("{name} = {value}\n")).collect()
}
