//! What the host of a run tells of tapes, in words that fit through a pipe: in a
//! hermetic search every run has a process of its own.

#[cfg(any(target_os = "linux", test))]
mod text;

use super::entry::{Entry, Names, Notes};
use super::format::{fingerprint_text, turn_text};
use reveille_sim::{Alignment, Deviation, Found, Kind, Lineage, TaskId, Trace};

/// How the tape of an entry fitted the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aligned {
    /// Deviations that found their place, and all.
    pub(crate) placed: usize,
    pub(crate) of: usize,
    /// Where it first diverged, in words.
    pub(crate) diverged: Option<String>,
}

impl Aligned {
    pub(crate) fn of(entry: &Entry, alignment: &Alignment) -> Aligned {
        let diverged = alignment.diverged.as_ref().map(|divergence| {
            let deviation = &entry.deviations[divergence.deviation];
            divergence_text(deviation, &divergence.found, &entry.names)
        });
        Aligned { placed: alignment.placed, of: alignment.of, diverged }
    }

    /// Whether all deviations found a place.
    pub(crate) fn is_whole(&self) -> bool {
        self.placed == self.of
    }

    /// What is to be said of the tape.
    pub(super) fn sentence(&self) -> Option<String> {
        let place = self.diverged.as_ref()?;
        Some(format!(
            "first diverged at {place}; {} of {} deviations found their place",
            self.placed, self.of
        ))
    }
}

fn divergence_text(deviation: &Deviation, found: &Found, names: &Names) -> String {
    let found = match found {
        Found::Nothing => "the run made no such choice".to_owned(),
        Found::Earlier { index } => format!("that came earlier, with choice {index}"),
        Found::Default(turn) => format!("{} was due by default", turn_text(turn, names)),
        Found::NotRunnable => "the first of the two was not runnable".to_owned(),
        Found::Within { turn: Some(turn), nth } => {
            format!("this was choice {nth} in {}", turn_text(turn, names))
        }
        Found::Within { turn: None, nth } => format!("this was choice {nth} before the first turn"),
        Found::Options(options) => format!("there were {options} options"),
        _ => "something else stood there".to_owned(),
    };
    let expected = fingerprint_text(&deviation.fingerprint, names);
    format!("{} {}: expected {expected}, but {found}", deviation.kind, deviation.index)
}

impl Notes {
    /// What `trace` tells of the tasks in `deviations` and of the one that a law names.
    pub(crate) fn gather(deviations: &[Deviation], task: Option<TaskId>, trace: &Trace) -> Notes {
        let named = trace.tasks().iter().filter_map(|info| Some((info.id, info.name.as_ref()?)));
        let names = named.map(|(id, name)| (lineage(trace, id), name.to_string())).collect();
        let task = task.filter(|task| trace.task(*task).is_some());
        Notes {
            // What arguments are made of is for the tape alone; their values are told.
            deviations: deviations.iter().filter(|d| d.kind != Kind::Argument).cloned().collect(),
            task: task.map(|task| lineage(trace, task)),
            names,
        }
    }
}

fn lineage(trace: &Trace, task: TaskId) -> Lineage {
    let mut ordinals = Vec::new();
    let mut at = task;
    while let Some(info) = trace.task(at)
        && let Some(parent) = info.parent
    {
        ordinals.push(info.ordinal);
        at = parent;
    }
    ordinals.into_iter().rev().fold(Lineage::of_nobody(at.0), Lineage::child)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::format::read_deviation;
    use reveille_sim::Turn;

    #[test]
    fn divergences_are_told_by_tasks_and_turns() {
        let mut names = Names::new();
        let line = "schedule 3: option 1 of 2, turn 1 of root.1 before turn 2 of root.0 \"left\"";
        let deviation = read_deviation(line, &mut names).unwrap();
        let turn = Turn { strand: "root.0".parse().unwrap(), number: 4 };
        for (found, text) in [
            (Found::Nothing, "the run made no such choice"),
            (Found::Earlier { index: 2 }, "that came earlier, with choice 2"),
            (Found::Default(turn.clone()), "turn 4 of root.0 \"left\" was due by default"),
            (Found::NotRunnable, "the first of the two was not runnable"),
            (
                Found::Within { turn: Some(turn), nth: 2 },
                "this was choice 2 in turn 4 of root.0 \"left\"",
            ),
            (Found::Within { turn: None, nth: 1 }, "this was choice 1 before the first turn"),
            (Found::Options(2), "there were 2 options"),
        ] {
            assert_eq!(
                divergence_text(&deviation, &found, &names),
                format!(
                    "schedule 3: expected turn 1 of root.1 before turn 2 of root.0 \"left\", but {text}"
                )
            );
        }
    }
}
