//! What a run found: a broken law with its evidence, and how the run ended.

use crate::completion::Misused;
use crate::law::{Certainty, Law};
use crate::outside::{Contact, Outside};
use crate::property::Trial;
use crate::race::Race;
use crate::sighting::Sighting;
use crate::trace::{Owner, TaskId, Trace};
use std::fmt;
use std::panic::Location;

/// A broken law.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The law.
    pub law: Law,
    /// Who broke it, or suffers from it.
    pub owner: Owner,
    /// Other tasks that have a part in it.
    pub others: Vec<TaskId>,
    /// The step at which it was decided.
    pub step: u64,
    /// The virtual time, in nanoseconds.
    pub now: u64,
    /// What is particular to this case, in words.
    pub detail: Detail,
}

/// What is particular to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// Nothing.
    None,
    /// A panic.
    Panic {
        /// The message.
        message: String,
        /// File, line and column.
        location: Option<String>,
        /// Whether a destructor panicked.
        in_drop: bool,
        /// The call into what a suite tests that it happened in.
        within: Option<&'static str>,
        /// The property whose condition panicked, if it was one.
        asked: Option<Box<Asked>>,
    },
    /// The body returned an error; its text.
    Error(String),
    /// What is under test broke a promise that a suite of laws demands; how.
    Promise(String),
    /// A number: steps, wakers or the like, as the law has it.
    Count(u64),
    /// A stale waker was woken, and the poll that followed got on.
    ReliedOn,
    /// Where the future that it is about was put under `cancellable`.
    MadeAt(&'static Location<'static>),
    /// Moves of the clock.
    Jumps(u64),
    /// The state of the run came again, by the [`digest`](crate::digest()) of the test.
    Repeats {
        /// The step in which it was first seen.
        first: u64,
    },
    /// So many tasks are unfinished.
    Live {
        /// How many, with the one that was just spawned.
        tasks: u64,
        /// Where that one was spawned.
        at: &'static Location<'static>,
    },
    /// So many clones of its wakers are kept, though it is gone and the run goes on.
    KeptWakers {
        /// How many.
        clones: u64,
    },
    /// Why somebody who waits could go on, or what a suite saw.
    Forgotten(String),
    /// Memory that is kept by every such run.
    KeptMemory {
        /// How much.
        bytes: u64,
        /// Who made it, and how much of it.
        made_by: Vec<(String, u64)>,
    },
    /// A property that the test declared.
    Property(Box<Property>),
    /// An operation whose memory was touched.
    Misused(Box<Misused>),
    /// Accesses to the same memory that nothing orders.
    Raced(Box<Race>),
    /// Things of the machine that were used, and how often.
    Outside(Vec<(Outside, u64)>),
}

/// A property that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Property {
    /// What the test calls it.
    pub what: String,
    /// Where it was declared.
    pub at: &'static Location<'static>,
    /// What it demands.
    pub kind: PropertyKind,
    /// For a demand with a deadline: the step since which it was open.
    pub since_step: u64,
    /// The virtual time of that step, in nanoseconds.
    pub since: u64,
    /// The virtual time that it had, in nanoseconds.
    pub within: u64,
    /// Whether it was decided because the run came to rest, before the deadline.
    pub at_rest: bool,
}

/// A property whose condition was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// What the test calls it.
    pub what: String,
    /// Where it was declared.
    pub at: &'static Location<'static>,
    /// What it demands.
    pub kind: PropertyKind,
}

/// What a property demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PropertyKind {
    /// To hold after every step.
    Always,
    /// To hold some time up to a deadline.
    Eventually,
    /// That one thing is followed by another.
    LeadsTo,
}

impl PropertyKind {
    /// The name of the function that declares it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PropertyKind::Always => "always",
            PropertyKind::Eventually => "eventually",
            PropertyKind::LeadsTo => "leads_to",
        }
    }
}

impl Finding {
    /// A broken law at the start of a run.
    #[must_use]
    pub fn new(law: Law, owner: Owner, detail: Detail) -> Self {
        Finding { law, owner, others: Vec::new(), step: 0, now: 0, detail }
    }

    /// The same at a step and a virtual time in nanoseconds.
    #[must_use]
    pub fn at(self, step: u64, now: u64) -> Self {
        Finding { step, now, ..self }
    }

    /// The same as a matter of `law` between `others`, of which the first owns it.
    #[must_use]
    pub fn refined(self, law: Law, others: Vec<TaskId>) -> Self {
        let owner = match others.first() {
            Some(first) if law != self.law => Owner::Task(*first),
            _ => self.owner,
        };
        Finding { law, owner, others, ..self }
    }

    /// The task that the finding is about; none for a watched future.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        match self.owner {
            Owner::Task(task) => Some(task),
            Owner::Watch(_) => None,
        }
    }
}

impl Finding {
    /// Whether this verdict is proven or a well-founded guess.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self.detail {
            Detail::Repeats { .. } => Certainty::Certain,
            _ => self.law.certainty(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.law)?;
        match self.owner {
            Owner::Task(task) => write!(f, " by {task}"),
            Owner::Watch(number) => write!(f, " by watched future {number}"),
        }
    }
}

/// How a run ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// What the body returned; none if it did not get that far.
    pub output: Option<T>,
    /// The broken law that fails the run; none if the run passed.
    pub verdict: Option<Box<Finding>>,
    /// Broken laws whose level is warn.
    pub warnings: Vec<Finding>,
    /// Polls.
    pub steps: u64,
    /// Tasks that there were, the root among them.
    pub tasks: u64,
    /// The virtual time at the end, in nanoseconds.
    pub now: u64,
    /// The events, as far as they were recorded.
    pub trace: Option<Trace>,
    /// The threads outside the run that woke something in it.
    pub foreign_threads: Vec<String>,
    /// What the run took from the machine.
    pub outside: Vec<Contact>,
    /// Whom the probe woke; none if there was no probe or the run never came to rest.
    pub probed: Option<Vec<TaskId>>,
    /// The states that were looked for, in the order of the first looks.
    pub sightings: Vec<Sighting>,
    /// The places that declared properties, in the order of the first declarations.
    pub trials: Vec<Trial>,
}
