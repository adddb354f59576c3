//! A history as a table: a column for each task, a row for each moment.

use super::{End, Entry, Model};
use std::fmt::Write;

/// Rows told at most, the last ones.
const MOST_ROWS: usize = 40;

/// `history`, whose tasks have these names.
pub(in super::super) fn of<M: Model>(history: &[Entry<M>], tasks: &[String]) -> String {
    let mut rows = rows::<M>(history);
    rows.sort();
    let column = |task: usize| {
        let cells = rows.iter().filter(|row| row.1 == task).map(|row| row.2.chars().count());
        cells.chain([tasks[task].chars().count()]).max().unwrap_or(0) + 2
    };
    let widths: Vec<usize> = (0..tasks.len()).map(column).collect();
    let mut text = String::from("       ");
    for (name, width) in tasks.iter().zip(&widths) {
        let _ = write!(text, "{name:width$}");
    }
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        let _ = write!(text, "\n  ... {left_out} before");
    }
    for (number, (_, task, what)) in rows.iter().enumerate().skip(left_out) {
        let indent: usize = widths[..*task].iter().sum();
        let _ = write!(text, "\n  {:>3}  {:indent$}{what}", number + 1, "");
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// When, which task, what.
fn rows<M: Model>(history: &[Entry<M>]) -> Vec<(u64, usize, String)> {
    let mut rows = Vec::new();
    for entry in history {
        let (op, task) = (&entry.op, entry.task);
        let Some(queued) = entry.queued else {
            let row = match &entry.end {
                End::Returned { at, answer } => (*at, format!("{op}: {answer}")),
                End::Dropped { at, .. } => (*at, format!("{op}: dropped")),
                End::Forgotten { at, .. } => (*at, format!("{op}: forgotten")),
                End::Waiting => (entry.called, format!("{op} ..")),
            };
            rows.push((row.0, task, row.1));
            continue;
        };
        rows.push((queued, task, format!("{op} .. waits")));
        match &entry.end {
            End::Returned { at, answer } => rows.push((*at, task, format!("{op}: {answer}"))),
            End::Dropped { at, .. } => rows.push((*at, task, format!("{op}: dropped"))),
            End::Forgotten { at, .. } => rows.push((*at, task, format!("{op}: forgotten"))),
            End::Waiting => {}
        }
    }
    rows
}
