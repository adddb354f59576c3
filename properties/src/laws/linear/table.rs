//! A history as it is drawn: a column for each task, a row for each moment, and a line down
//! the column for as long as an operation is under way.

use super::{End, Entry, Model, Operation};
use std::fmt::Write;

/// Rows told at most, the last ones.
const MOST_ROWS: usize = 40;

/// `history`, whose tasks have these names.
pub(in super::super) fn of<M: Model>(history: &[Entry<M>], tasks: &[String]) -> String {
    let rows = rows::<M>(history);
    let column = |task: usize| {
        let cells = rows.iter().filter(|row| row.task == task).map(|row| row.text.chars().count());
        cells.chain([tasks[task].chars().count()]).max().unwrap_or(0) + 2
    };
    let widths: Vec<usize> = (0..tasks.len()).map(column).collect();
    let mut drawing = Drawing { widths, under_way: vec![0; tasks.len()], text: String::new() };
    drawing.row("", |task, _| tasks[task].clone());
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        let _ = write!(drawing.text, "\n  ... {left_out} before");
    }
    for (number, row) in rows.into_iter().enumerate() {
        if number >= left_out {
            drawing.moment(number + 1, &row);
        }
        drawing.under_way[row.task] += row.begins;
    }
    if drawing.under_way.iter().any(|count| *count > 0) {
        drawing.row("", |_, under_way| if under_way { "| waits" } else { "" }.to_owned());
    }
    drawing.text
}

struct Row {
    at: u64,
    task: usize,
    text: String,
    /// How many operations more are under way after it: 1 less if one ends.
    begins: i32,
}

fn rows<M: Model>(history: &[Entry<M>]) -> Vec<Row> {
    let mut moments: Vec<u64> = history.iter().map(|entry| entry.called).collect();
    moments.extend(history.iter().filter_map(|entry| ended::<M>(entry)));
    moments.sort_unstable();
    let is_next = |at: u64, other: u64| {
        let after = moments.partition_point(|moment| *moment <= at);
        moments.get(after) == Some(&other)
    };
    let mut rows = Vec::new();
    for entry in history {
        let Operation { task, op, called, .. } = entry;
        let (task, called) = (*task, *called);
        let end = match &entry.end {
            End::Returned { answer, .. } => answer.to_string(),
            End::Dropped { .. } => "dropped".to_owned(),
            End::Forgotten { .. } => "forgotten".to_owned(),
            End::Waiting => String::new(),
        };
        match ended::<M>(entry) {
            Some(at) if is_next(called, at) => {
                rows.push(Row { at: called, task, text: format!("{op}: {end}"), begins: 0 });
            }
            ended => {
                rows.push(Row { at: called, task, text: format!("/ {op}"), begins: 1 });
                let end = ended.map(|at| Row { at, task, text: format!("\\ {end}"), begins: -1 });
                rows.extend(end);
            }
        }
    }
    rows.sort_by_key(|row| row.at);
    rows
}

fn ended<M: Model>(entry: &Entry<M>) -> Option<u64> {
    match entry.end {
        End::Returned { at, .. } | End::Dropped { at, .. } | End::Forgotten { at, .. } => Some(at),
        End::Waiting => None,
    }
}

struct Drawing {
    widths: Vec<usize>,
    /// Operations of each task.
    under_way: Vec<i32>,
    text: String,
}

impl Drawing {
    fn moment(&mut self, number: usize, row: &Row) {
        self.row(&number.to_string(), |task, under_way| match under_way {
            _ if task == row.task => row.text.clone(),
            true => "|".to_owned(),
            false => String::new(),
        });
    }

    /// A row of cells, each made of its task and whether an operation of that is under way.
    fn row(&mut self, head: &str, cell: impl Fn(usize, bool) -> String) {
        let mut line = format!("  {head:>3}  ");
        for (task, width) in self.widths.iter().enumerate() {
            let _ = write!(line, "{:width$}", cell(task, self.under_way[task] > 0));
        }
        let newline = if self.text.is_empty() { "" } else { "\n" };
        let _ = write!(self.text, "{newline}{}", line.trim_end());
    }
}
