//! What the search needs to know of one run.

#[cfg(any(target_os = "linux", test))]
mod text;

use crate::callsite::place;
use crate::chart::Chart;
use crate::contacts::times;
use crate::corpus::Aligned;
use crate::marks::Mark;
use crate::memory::Kept;
use crate::rejection::Rejection;
use crate::trials::Tried;
use reveille_sim::{Detail, Finding, Law, Owner, Property, Tape, TaskId};

/// One run, as the search sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunRecord {
    pub(crate) broken: Option<Broken>,
    /// Why the run proves nothing, if it does not.
    pub(crate) rejected: Option<Rejection>,
    pub(crate) marks: Vec<Mark>,
    /// The properties that it declared.
    pub(crate) tried: Vec<Tried>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) steps: u64,
    /// Tasks that there were.
    pub(crate) tasks: u64,
    /// Hash of the events, if they were recorded.
    pub(crate) hash: Option<u64>,
    pub(crate) tape: Tape,
    pub(crate) probed: Option<Vec<u32>>,
    /// What it chose between and its turns, if the plan asked for them.
    pub(crate) chart: Option<Chart>,
    pub(crate) foreign_threads: Vec<String>,
    /// Whether a check was begun inside it.
    pub(crate) misused: bool,
    /// How the tape fitted, if it was an entry of the corpus.
    pub(crate) aligned: Option<Aligned>,
    /// Equal for runs with the same deviations.
    pub(crate) digest: u64,
    /// What the run showed to the samplers, if it was made in another process.
    pub(crate) lesson: Vec<u64>,
}

/// A verdict, reduced to what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) law: Law,
    /// The task that the law names; none for a watched future.
    pub(crate) task: Option<u32>,
    /// The other tasks involved.
    pub(crate) others: Vec<u32>,
    /// What sets it apart from other breaches of the same law: where a panic was.
    pub(crate) cause: String,
    /// What it said, which may differ from run to run.
    pub(crate) message: String,
}

/// A finding that does not fail the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning {
    pub(crate) law: Law,
    pub(crate) text: String,
}

/// The cause, if the body returned one.
const AN_ERROR: &str = "an error";

/// The cause, if a suite found one broken.
const A_PROMISE: &str = "a promise";

impl Broken {
    pub(crate) fn of(finding: &Finding) -> Broken {
        let (cause, message) = match &finding.detail {
            Detail::Panic { message, location: None, .. } => (message.clone(), message.clone()),
            Detail::Panic { message, location: Some(at), .. } => (at.clone(), message.clone()),
            Detail::Error(text) => (AN_ERROR.to_owned(), text.clone()),
            Detail::Promise(how) => (A_PROMISE.to_owned(), how.clone()),
            Detail::Property(property) => (named(property), property.kind.name().to_owned()),
            Detail::Misused(misused) => {
                let cause = format!("{}, {}", place(misused.submitted_at), misused.how);
                (cause, misused.how.to_string())
            }
            _ => (String::new(), String::new()),
        };
        let others = finding.others.iter().map(|task| task.0).collect();
        let task = finding.task().map(|task| task.0);
        Broken { law: finding.law, task, others, cause, message }
    }

    pub(crate) fn of_memory(kept: Kept) -> Broken {
        let message = format!("{} bytes are kept by every such run", kept.bytes);
        let (task, others) = (Some(TaskId::ROOT.0), Vec::new());
        Broken { law: Law::MemoryLeak, task, others, cause: String::new(), message }
    }

    /// How the law was broken, as far as that is known without a trace.
    pub(crate) fn in_words(&self) -> Option<String> {
        let Broken { law, cause, message, .. } = self;
        Some(match law {
            _ if cause.is_empty() => return None,
            Law::Property => format!("the property {cause} does not hold"),
            _ if cause == AN_ERROR => format!("the body returned an error:\n{message}"),
            _ if cause == A_PROMISE => message.clone(),
            _ if cause == message => format!("panicked:\n{message}"),
            _ => format!("panicked at {cause}:\n{message}"),
        })
    }

    /// Whether two runs failed for the same reason, as far as one can tell; the
    /// numbers of tasks depend on the schedule.
    pub(crate) fn is_like(&self, other: &Broken) -> bool {
        self.law == other.law && self.cause == other.cause
    }
}

/// What a test calls a property, and where it is declared.
fn named(property: &Property) -> String {
    format!("`{}`, declared at {}", property.what, place(property.at))
}

impl Warning {
    pub(crate) fn of(finding: &Finding) -> Warning {
        let whose = match finding.owner {
            Owner::Task(task) => task.to_string(),
            Owner::Watch(number) => format!("watched future {number}"),
        };
        let text = match (finding.law, &finding.detail) {
            (Law::WakerLeak, Detail::Count(count)) => {
                let s = if *count == 1 { "" } else { "s" };
                format!("{count} clone{s} of the wakers of {whose} outlived the run")
            }
            (Law::WakerLeak, Detail::KeptWakers { clones }) => {
                let s = if *clones == 1 { " is" } else { "s are" };
                format!("{clones} waker{s} kept of {whose}, which is gone with all that it had")
            }
            (Law::TaskLeak, _) => format!("{whose} was left behind and nothing can wake it"),
            (_, Detail::Panic { message, .. }) => format!("{whose} panicked: {message}"),
            (_, Detail::Error(text)) => format!("the body returned {text}"),
            (_, Detail::Promise(how)) => how.clone(),
            (_, Detail::Property(property)) => {
                format!("the property {} does not hold", named(property))
            }
            (_, Detail::Outside(used)) => {
                let used = used.iter().map(|(outside, count)| times(outside.name(), *count));
                format!("the run used {}", used.collect::<Vec<_>>().join(", "))
            }
            _ => format!("{}, broken by {whose}", finding.law.sentence()),
        };
        Warning { law: finding.law, text }
    }
}

impl RunRecord {
    pub(crate) fn failed_like(&self, broken: &Broken) -> bool {
        self.broken.as_ref().is_some_and(|own| own.is_like(broken))
    }

    /// What it cost to make the run: polls, and the spawning of tasks.
    pub(crate) fn cost(&self) -> u64 {
        self.steps.saturating_add(self.tasks)
    }
}

/// The tasks of a record, as the simulator names them.
pub(crate) fn task_ids(numbers: &[u32]) -> impl Iterator<Item = TaskId> + '_ {
    numbers.iter().copied().map(TaskId)
}
