//! What a property demands, and what a look at it says.

use crate::finding::PropertyKind;
use crate::world::Core;
use std::time::Duration;

pub(super) type Condition = Box<dyn FnMut() -> bool>;

pub(super) enum Rule {
    Always(Condition),
    Eventually { condition: Condition, open: Open },
    LeadsTo { cause: Condition, effect: Condition, within: Duration, open: Option<Open> },
}

/// An obligation that is not met yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) since_step: u64,
    pub(super) since: u64,
    pub(super) within: u64,
    pub(super) deadline: u64,
}

impl Open {
    pub(super) fn from_now(core: &Core, within: Duration) -> Open {
        let since = core.now.get();
        let within = u64::try_from(within.as_nanos()).unwrap_or(u64::MAX);
        let deadline = since.saturating_add(within);
        Open { since_step: core.steps.get(), since, within, deadline }
    }
}

/// When a property is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A step was made.
    Step,
    /// Its deadline is about to pass.
    Deadline,
    /// Nothing can change any more.
    Rest,
}

/// What a look at a property says.
pub(super) enum Answer {
    Open,
    Held,
    Broken,
}

impl Rule {
    pub(super) fn open_mut(&mut self) -> Option<&mut Open> {
        match self {
            Rule::Always(_) => None,
            Rule::Eventually { open, .. } => Some(open),
            Rule::LeadsTo { open, .. } => open.as_mut(),
        }
    }

    pub(super) fn kind(&self) -> PropertyKind {
        match self {
            Rule::Always(_) => PropertyKind::Always,
            Rule::Eventually { .. } => PropertyKind::Eventually,
            Rule::LeadsTo { .. } => PropertyKind::LeadsTo,
        }
    }

    pub(super) fn open(&self) -> Option<Open> {
        match self {
            Rule::Always(_) => None,
            Rule::Eventually { open, .. } => Some(*open),
            Rule::LeadsTo { open, .. } => *open,
        }
    }

    pub(super) fn ask(&mut self, core: &Core, occasion: Occasion) -> Answer {
        match self {
            Rule::Always(_) if occasion != Occasion::Step => Answer::Open,
            Rule::Always(condition) => match condition() {
                true => Answer::Open,
                false => Answer::Broken,
            },
            Rule::Eventually { condition, .. } => match (condition(), occasion) {
                (true, _) => Answer::Held,
                (false, Occasion::Step) => Answer::Open,
                (false, Occasion::Deadline | Occasion::Rest) => Answer::Broken,
            },
            Rule::LeadsTo { cause, effect, within, open } => {
                if open.is_some() && effect() {
                    *open = None;
                }
                if open.is_none() && occasion == Occasion::Step && cause() && !effect() {
                    *open = Some(Open::from_now(core, *within));
                }
                match (open, occasion) {
                    (None, _) | (_, Occasion::Step) => Answer::Open,
                    (Some(_), Occasion::Deadline | Occasion::Rest) => Answer::Broken,
                }
            }
        }
    }
}
