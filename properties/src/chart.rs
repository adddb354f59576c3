//! What a run chose between and the turns that it took, for those who want to
//! change one of them: the shrinker and the search for the critical pair.
//!
//! Taken from the trace of a replay, and only if the plan asks for it.

#[cfg(any(target_os = "linux", test))]
mod text;

use crate::callsite::{place, user_place};
use crate::naming::task_name;
use reveille_sim::{Kind, Owner, Path, PollEnd, TaskId, Trace, What};
use std::collections::BTreeMap;
use std::panic::Location;

/// Turns that are charted: of a longer run, the first.
const MOST_TURNS: usize = 4_000;

/// A run, as one who wants to change it sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chart {
    /// The choices in their order, each with its number of options. Of the faults
    /// there are those only that struck.
    pub(crate) choices: Vec<Choice>,
    /// The turns in their order, the first of a very long run.
    pub(crate) turns: Vec<Turn>,
}

/// A choice as it was offered, and what was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) kind: Kind,
    pub(crate) options: u32,
    pub(crate) option: u32,
    /// The step it belongs to.
    pub(crate) step: u64,
    /// The task that was being polled, or had been; none between steps.
    pub(crate) task: Option<u32>,
}

/// A turn of a strand: what it does from where it stood to the next choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) strand: Path,
    /// How many turns the strand had before.
    pub(crate) number: u32,
    pub(crate) step: u64,
    pub(crate) task: u32,
    /// The task, in words.
    pub(crate) who: String,
    /// What it does, such as `goes on`.
    pub(crate) does: String,
    /// From where, such as `from the point in src/lib.rs:7`; may be empty.
    pub(crate) site: String,
}

impl Turn {
    /// What names the turn in every run.
    pub(crate) fn name(&self) -> (Path, u32) {
        (self.strand, self.number)
    }
}

impl Chart {
    /// None if the trace is not whole.
    pub(crate) fn of(trace: &Trace) -> Option<Chart> {
        trace.is_whole().then(|| Chart { choices: choices(trace), turns: turns(trace) })
    }

    /// The options of the choices of `kind`, in order.
    pub(crate) fn options(&self, kind: Kind) -> Vec<u32> {
        self.choices.iter().filter(|c| c.kind == kind).map(|c| c.options).collect()
    }
}

fn choices(trace: &Trace) -> Vec<Choice> {
    let mut polled = (0, None);
    let mut choices = Vec::new();
    for event in trace.events() {
        match event.what {
            What::Polled { owner: Owner::Task(task), .. } => polled = (event.step, Some(task)),
            What::Chosen { kind, options, option } => {
                let last = polled.1.filter(|_| polled.0 == event.step && kind != Kind::Schedule);
                let task = event.by.or(last).map(|task| task.0);
                choices.push(Choice { kind, options, option, step: event.step, task });
            }
            _ => {}
        }
    }
    choices
}

/// The turns of the run: a poll, the cancellation of a task, and what comes after
/// a scheduling point that is passed.
fn turns(trace: &Trace) -> Vec<Turn> {
    let mut strands = Strands { trace, seen: BTreeMap::new() };
    let mut turns = Vec::new();
    let mut polled = None;
    for event in trace.events().take_while(|event| event.what != What::Teardown) {
        let turn = match (&event.what, event.by) {
            (What::Polled { owner: Owner::Task(task), .. }, _) => {
                polled = Some(*task);
                strands.turn(*task, event.step, None)
            }
            (What::PollEnded { owner: Owner::Task(task), end }, _) => {
                let of_a_poll = polled.take() == Some(*task);
                if of_a_poll || *end != PollEnd::Cancelled {
                    continue;
                }
                strands.turn(*task, event.step, None)
            }
            (What::Pointed { at, goes_on: true }, Some(task)) => {
                strands.turn(task, event.step, Some(at))
            }
            (What::Pointed { at, goes_on: false }, Some(task)) => {
                strands.stop(task, format!("from the point in {}", place(at)));
                continue;
            }
            (What::Awaiting { at, .. }, Some(task)) => {
                strands.stop(task, format!("from its .await in {}", place(at)));
                continue;
            }
            _ => continue,
        };
        turns.extend(turn);
        if turns.len() == MOST_TURNS {
            break;
        }
    }
    turns
}

/// Where the strands of a run stand.
struct Strands<'a> {
    trace: &'a Trace,
    /// For each task its turns, its polls, and where its last poll stopped.
    seen: BTreeMap<TaskId, (u32, u32, Option<String>)>,
}

impl Strands<'_> {
    /// `task` has a turn: a poll, or one that begins at the point `passed`.
    fn turn(
        &mut self,
        task: TaskId,
        step: u64,
        passed: Option<&&'static Location<'static>>,
    ) -> Option<Turn> {
        let info = self.trace.task(task)?;
        let (turns, polls, stopped) = self.seen.entry(task).or_default();
        let number = *turns;
        *turns += 1;
        let goes_on = |site| ("goes on".to_owned(), site);
        let (does, site) = match passed {
            Some(at) => goes_on(format!("from the point in {}", place(at))),
            None => {
                *polls += 1;
                match stopped.take() {
                    Some(site) => goes_on(site),
                    None if *polls > 1 => (format!("its poll {polls}"), String::new()),
                    None if task == TaskId::ROOT => ("starts".into(), String::new()),
                    None => {
                        let place = user_place(info.spawned_at);
                        let site = place.map(|place| format!("spawned at {place}"));
                        ("starts".into(), site.unwrap_or_default())
                    }
                }
            }
        };
        let who = task_name(self.trace, task);
        Some(Turn { strand: info.path, number, step, task: task.0, who, does, site })
    }

    /// The poll of `task` stops; the innermost place is told first.
    fn stop(&mut self, task: TaskId, site: String) {
        if let Some((_, _, stopped)) = self.seen.get_mut(&task) {
            stopped.get_or_insert(site);
        }
    }
}
