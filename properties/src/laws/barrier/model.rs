//! What a barrier is: those who have come since it last opened, and those who went on
//! together and do not know it yet.

use crate::laws::linear::Model;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Join(usize),
    Wait(usize),
    Drop(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Leads,
    Follows,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    /// Those who have come; none is one who is gone and counts.
    come: Vec<Option<usize>>,
    opened: Vec<Round>,
    rules: Rules,
}

/// Those who go on together.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Round {
    left: Vec<usize>,
    /// Whether one leads, or may have led and is gone.
    has_leader: bool,
    may_have_leader: bool,
}

/// What is promised of a barrier, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) size: usize,
    pub(super) has_leaders: bool,
    pub(super) withdraws: bool,
}

impl Gate {
    pub(super) fn new(rules: Rules) -> Gate {
        Gate { come: Vec::new(), opened: Vec::new(), rules }
    }

    fn joined(mut self, number: usize) -> Gate {
        self.come.push(Some(number));
        if self.come.len() == self.rules.size {
            let come = std::mem::take(&mut self.come);
            let may_have_leader = come.contains(&None);
            let left = come.into_iter().flatten().collect();
            self.opened.push(Round { left, has_leader: false, may_have_leader });
        }
        self
    }

    fn round(&self, number: usize) -> Option<usize> {
        self.opened.iter().position(|round| round.left.contains(&number))
    }

    fn gone_on(mut self, number: usize, leads: bool) -> Option<Gate> {
        let at = self.round(number)?;
        let round = &mut self.opened[at];
        round.left.retain(|left| *left != number);
        if leads && (round.has_leader || !self.rules.has_leaders) {
            return None;
        }
        round.has_leader |= leads;
        let has_leader = round.has_leader || round.may_have_leader || !self.rules.has_leaders;
        let is_over = round.left.is_empty();
        if is_over && !has_leader {
            return None;
        }
        if is_over {
            self.opened.remove(at);
        }
        Some(self)
    }

    fn left(mut self, number: usize) -> Gate {
        if let Some(at) = self.round(number) {
            let round = &mut self.opened[at];
            round.left.retain(|left| *left != number);
            round.may_have_leader = true;
            if round.left.is_empty() {
                self.opened.remove(at);
            }
        } else if self.rules.withdraws {
            self.come.retain(|come| *come != Some(number));
        } else if let Some(come) = self.come.iter_mut().find(|come| **come == Some(number)) {
            *come = None;
        }
        self
    }
}

impl Model for Gate {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Gate> {
        match (*op, answer) {
            (Op::Join(number), _) => Some(self.clone().joined(number)),
            (Op::Wait(number), Some(Answer::Leads)) => self.clone().gone_on(number, true),
            (Op::Wait(number), Some(Answer::Follows)) => self.clone().gone_on(number, false),
            (Op::Drop(number), _) => Some(self.clone().left(number)),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Join(_) | Op::Wait(_) => "Barrier::wait",
            Op::Drop(_) => "drop(Barrier::wait)",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Op::Wait(number) => self.round(*number).is_some(),
            _ => true,
        })
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} have come", self.come.len(), self.rules.size)?;
        let left: Vec<String> =
            self.opened.iter().flat_map(|round| &round.left).map(usize::to_string).collect();
        if left.is_empty() { Ok(()) } else { write!(f, ", {} may go on", left.join(", ")) }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Join(number) => write!(f, "come {number}"),
            Op::Wait(number) => write!(f, "wait {number}"),
            Op::Drop(number) => write!(f, "drop {number}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Done => "done",
            Answer::Leads => "leads",
            Answer::Follows => "follows",
        })
    }
}
