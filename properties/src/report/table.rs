//! The last steps of a run, in a table with a column for each task.
//!
//! In a step only one task is polled, so what it does begins in its column and may be as long
//! as the line. To its left are the lanes of the tasks that are there; what happens between
//! two polls begins at the margin.
//!
//! ```text
//!       step  root    task 1  task 2
//!          1  spawns task 1, spawns task 2, Pending at src/lib.rs:7
//!    >     2  |       wakes task 2, Ready
//!    >     3  |               Pending at src/lib.rs:9
//!          3  -- everything is at rest
//! ```

use super::excerpt::cut;
use super::named::Named;
use super::steps::{self, Line};
use super::text::wrapped;
use crate::escape::shown;
use crate::naming::task_name;
use reveille_sim::{Finding, Owner, PollEnd, TaskId, Trace, What};
use std::collections::{BTreeMap, BTreeSet};
use textwrap::core::display_width;

/// Columns that the text in the last column has at least, of few and of many.
const TEXT: (usize, usize) = (24, 40);
/// Columns of a name at most.
const NAME: usize = 16;
const GAP: usize = 2;
const INDENT: &str = "    ";
/// Before a step that decides.
const DECIDES: &str = " >  ";

#[derive(Debug)]
pub(super) struct Table {
    rows: Vec<Option<Line>>,
    last_step: u64,
    /// Those that do something in one of the rows, those that a report names first.
    tasks: Vec<Lane>,
    /// The steps that decide.
    decisive: BTreeSet<u64>,
}

#[derive(Clone, Debug)]
struct Lane {
    task: TaskId,
    name: String,
    /// The steps in which it begins and ends.
    from: u64,
    to: u64,
}

impl Lane {
    fn width(&self) -> usize {
        display_width(&self.name) + GAP
    }
}

impl Table {
    pub(super) fn of(finding: &Finding, trace: &Trace, named: &Named) -> Table {
        let rows = steps::last(trace, named);
        let mut tasks: Vec<TaskId> = Vec::new();
        let mut add = |task: TaskId| {
            if !tasks.contains(&task) {
                tasks.push(task);
            }
        };
        let doers = || rows.iter().flatten().filter_map(|line| line.by);
        doers().filter(|task| named.has_owner(Owner::Task(*task))).for_each(&mut add);
        doers().rev().for_each(add);
        let lives = lives(trace);
        let lane = |task: TaskId| {
            let (from, to) = lives.get(&task).copied().unwrap_or((0, u64::MAX));
            Lane { task, name: cut(&shown(&task_name(trace, task)), NAME), from, to }
        };
        let tasks = tasks.into_iter().map(lane).collect();
        Table { rows, last_step: finding.step, tasks, decisive: named.decisive().clone() }
    }

    /// None if nothing happened.
    pub(super) fn to_text(&self, width: usize) -> Option<String> {
        if self.rows.is_empty() {
            return None;
        }
        let lines = || self.rows.iter().flatten();
        let number = lines().map(|line| line.step.to_string().len()).fold(4, usize::max);
        let margin = INDENT.len() + number + GAP;
        let columns = self.columns(width.saturating_sub(margin));
        let marked = lines().any(|line| self.decisive.contains(&line.step));
        let legend = if marked { " (`>`: it decides)" } else { "" };
        let mut text = format!("  the last steps of {}{legend}:\n", self.last_step);
        let heads = columns.heads();
        text.push_str(format!("{INDENT}{:>number$}  {heads}", "step").trim_end());
        text.push('\n');
        for row in &self.rows {
            let Some(line) = row else {
                text.push_str(&format!("{INDENT}{:>number$}\n", "..."));
                continue;
            };
            let before = if self.decisive.contains(&line.step) { DECIDES } else { INDENT };
            let (lanes, told) = columns.cell(line);
            let first = format!("{before}{:>number$}  {lanes}", line.step);
            let others = format!("{INDENT}{:number$}  {lanes}", "");
            let indented = if line.by.is_none() { format!("{others}   ") } else { others };
            text.push_str(&wrapped(&shown(&told), &first, &indented, width));
        }
        Some(text)
    }

    /// Those for which there is room; the others share the last one.
    fn columns(&self, room: usize) -> Columns {
        let all = self.tasks.len();
        let kept = (1..=all).rev().find(|kept| self.before_last(*kept) + text(room) <= room);
        let (kept, others) = self.tasks.split_at(kept.unwrap_or(1).min(all));
        let mut kept = kept.to_vec();
        kept.sort_by_key(|lane| lane.task);
        let others = others.iter().map(|lane| (lane.task, lane.name.clone())).collect();
        Columns { kept, others }
    }

    /// What stands before the last column if so many have one of their own.
    fn before_last(&self, kept: usize) -> usize {
        let kept = &self.tasks[..kept];
        let last = kept.iter().max_by_key(|lane| lane.task);
        // If there are others, the last column is theirs.
        let last = last.filter(|_| kept.len() == self.tasks.len());
        kept.iter().map(Lane::width).sum::<usize>() - last.map_or(0, Lane::width)
    }
}

fn text(room: usize) -> usize {
    (room / 2).clamp(TEXT.0, TEXT.1)
}

struct Columns {
    kept: Vec<Lane>,
    others: BTreeMap<TaskId, String>,
}

impl Columns {
    fn heads(&self) -> String {
        let heads = self.kept.iter().map(|lane| format!("{}{:GAP$}", lane.name, ""));
        let others = (!self.others.is_empty()).then(|| "others".to_owned());
        heads.chain(others).collect()
    }

    /// The lanes to the left of what is done in a row, and what is done.
    fn cell(&self, line: &Line) -> (String, String) {
        let Some(task) = line.by else { return (String::new(), format!("-- {}", line.told())) };
        let at = self.kept.iter().position(|lane| lane.task == task);
        let before = self.kept.iter().take(at.unwrap_or(self.kept.len()));
        let lanes = before.map(|lane| {
            let bar = if lane.from < line.step && line.step <= lane.to { '|' } else { ' ' };
            format!("{bar}{:1$}", "", lane.width() - 1)
        });
        let told = match self.others.get(&task) {
            Some(name) if at.is_none() => format!("{name}: {}", line.told()),
            _ => line.told(),
        };
        (lanes.collect(), told)
    }
}

/// The steps in which each task begins and ends.
fn lives(trace: &Trace) -> BTreeMap<TaskId, (u64, u64)> {
    let mut lives = BTreeMap::from([(TaskId::ROOT, (0, u64::MAX))]);
    for event in trace.events() {
        match event.what {
            What::Spawned { child } => {
                lives.insert(child, (event.step, u64::MAX));
            }
            What::PollEnded { owner: Owner::Task(task), end } if end != PollEnd::Pending => {
                lives.entry(task).or_insert((0, u64::MAX)).1 = event.step;
            }
            _ => {}
        }
    }
    lives
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(names: &[usize]) -> Table {
        let lane = |(at, width): (usize, &usize)| Lane {
            // Not in the order of their numbers, as those that are named come first.
            task: TaskId((at as u32 * 7) % 13),
            name: "x".repeat(*width),
            from: 0,
            to: u64::MAX,
        };
        let tasks = names.iter().enumerate().map(lane).collect();
        Table { rows: Vec::new(), last_step: 0, tasks, decisive: BTreeSet::new() }
    }

    proptest! {
        #[test]
        fn there_is_always_room_for_a_text(
            names in proptest::collection::vec(1..=NAME, 1..13),
            room in TEXT.0..200usize,
        ) {
            let table = table(&names);
            let Columns { kept, others } = table.columns(room);
            prop_assert_eq!(kept.len() + others.len(), names.len());
            prop_assert!(kept.is_sorted_by_key(|lane| lane.task));
            prop_assert!(kept.iter().any(|lane| lane.task == table.tasks[0].task));
            let widths: Vec<usize> = kept.iter().map(Lane::width).collect();
            let before_last = match widths.split_last() {
                Some((_, before)) if others.is_empty() => before.iter().sum::<usize>(),
                _ => widths.iter().sum(),
            };
            // The first one stays, whatever there is.
            let least = table.tasks[0].name.len() + GAP;
            prop_assert!(before_last <= (room - text(room)).max(least), "{before_last} of {room}");
        }
    }
}
