//! What the facts of a report name, and what its steps must therefore show.

use crate::evidence::Evidence;
use crate::why::Why;
use reveille_sim::{Detail, Event, Finding, Law, Owner, PollEnd, TaskId, Trace, What};
use std::collections::BTreeSet;

/// Panics of tasks that a later panic may be the echo of.
const PANICS: usize = 3;

/// The steps, tasks and watched futures that a report names.
#[derive(Debug, Default)]
pub(super) struct Named {
    steps: BTreeSet<u64>,
    owners: BTreeSet<Owner>,
    /// The steps that decide: with them otherwise the run would not fail so.
    decisive: BTreeSet<u64>,
    /// The step of a poll that would not have returned.
    cut_short: Option<u64>,
}

impl Named {
    pub(super) fn of(finding: &Finding, trace: &Trace, evidence: &Evidence, why: &Why) -> Named {
        let suspects = evidence.suspects.iter();
        let events = suspects.clone().flat_map(|s| {
            [
                s.spawned,
                s.registered,
                s.dropped,
                s.woken,
                s.polled,
                s.fresh,
                s.joined,
                s.called,
                s.submitted,
                s.touched,
                s.asleep,
            ]
        });
        let events = events.flatten().filter_map(|at| trace.event(at));
        let of_detail = match &finding.detail {
            Detail::Property(property) => Some(property.since_step),
            Detail::Repeats { first } => Some(*first),
            _ => None,
        };
        let mut steps: BTreeSet<u64> = events.map(|event| event.step).collect();
        steps.extend(of_detail.into_iter().chain(why.steps.iter().copied()));
        steps.insert(finding.step);
        if finding.law == Law::Panic {
            let panicked =
                |e: &&Event| matches!(e.what, What::PollEnded { end: PollEnd::Panicked, .. });
            let panics = trace.events().rev().filter(panicked).take(PANICS);
            steps.extend(panics.map(|event| event.step));
        }
        let in_why = why.tasks.iter().map(|task| Owner::Task(TaskId(*task)));
        let owners = suspects.map(|suspect| suspect.owner).chain(in_why).collect();
        let cut_short = (finding.law == Law::Starvation).then_some(finding.step);
        Named { steps, owners, decisive: why.steps.iter().copied().collect(), cut_short }
    }

    pub(super) fn has_step(&self, step: u64) -> bool {
        self.steps.contains(&step)
    }

    pub(super) fn has_owner(&self, owner: Owner) -> bool {
        self.owners.contains(&owner)
    }

    pub(super) fn decisive(&self) -> &BTreeSet<u64> {
        &self.decisive
    }

    pub(super) fn is_cut_short(&self, step: u64) -> bool {
        self.cut_short == Some(step)
    }

    /// Whether the event is a wake or a registration of one that is named, or its beginning
    /// or end.
    pub(super) fn is_about(&self, event: &Event) -> bool {
        match &event.what {
            What::WakerCloned { owner, .. }
            | What::WakerDropped { owner, .. }
            | What::Woken { owner, .. }
            | What::WokenFromOutside { owner, .. } => self.owners.contains(owner),
            What::Spawned { child: task } | What::LetIn { task } | What::Aborted { task } => {
                self.owners.contains(&Owner::Task(*task))
            }
            _ => false,
        }
    }
}
