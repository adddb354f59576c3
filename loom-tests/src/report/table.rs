//! The interleaving as a table: a column for each thread, a line for each operation.

use super::{escape, shown};
use crate::recorder::{Interleaving, Object, ObjectId, Step};
use std::fmt::Write;
use std::path::Path;

/// So wide may a table with a column for each thread be.
const WIDEST: usize = 150;

/// What threads and objects are called.
pub(super) struct Names {
    threads: Vec<String>,
    objects: Vec<String>,
}

impl Names {
    pub(super) fn of(told: &Interleaving) -> Names {
        let mut objects: Vec<String> = Vec::new();
        for object in &told.objects {
            let name = name_in_source(object).unwrap_or_else(|| object.kind.clone());
            let same =
                objects.iter().filter(|other| other.split(' ').next() == Some(&name)).count();
            objects.push(if same == 0 { name } else { format!("{name} {}", same + 1) });
        }
        Names { threads: told.threads.clone(), objects }
    }

    pub(super) fn thread(&self, thread: usize) -> &str {
        self.threads.get(thread).map_or("a thread", String::as_str)
    }

    pub(super) fn object(&self, object: ObjectId) -> &str {
        self.objects.get(object as usize).map_or("an object", String::as_str)
    }
}

/// The field or the variable that an object is made for, if its line tells.
fn name_in_source(object: &Object) -> Option<String> {
    let line = source_line(&object.made_at.file, object.made_at.line)?;
    let before = &line[..line.find(&format!("{}::", object.kind))?];
    let before = before.trim_end().trim_end_matches("Arc::new(").trim_end();
    let before = before.strip_suffix([':', '='])?.trim_end();
    let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    let name = &before[start..];
    (!name.trim_matches('_').is_empty()).then(|| name.into())
}

fn source_line(file: &str, line: u32) -> Option<String> {
    // The compiler names files from where cargo ran it; tests run in the package.
    let tried = ["", "..", "../.."].map(|up| Path::new(up).join(file));
    let text = tried.iter().find_map(|path| std::fs::read_to_string(path).ok())?;
    text.lines().nth(line as usize - 1).map(str::to_owned)
}

/// So many operations are listed of a long interleaving: the first and the last.
const FIRST: usize = 8;
const LAST: usize = 40;

struct Row {
    number: String,
    thread: usize,
    text: String,
    at: String,
}

pub(super) fn of(told: &Interleaving, names: &Names) -> String {
    let mut rows: Vec<Row> = told
        .steps
        .iter()
        .enumerate()
        .map(|(number, step)| Row {
            number: (number + 1).to_string(),
            thread: step.thread,
            text: said(step, names),
            at: shown(&step.at),
        })
        .collect();
    rows.extend(told.under_way.iter().flatten().map(|step| Row {
        number: "-".into(),
        thread: step.thread,
        text: format!("{} ...", said(step, names)),
        at: shown(&step.at),
    }));
    let rows = shortened(rows, told.steps.len());
    let mut text = format!("  the interleaving, of {} operations:\n", told.steps.len());
    let widths: Vec<usize> = (0..told.threads.len())
        .map(|thread| {
            let of_thread = rows.iter().filter(|row| row.thread == thread);
            let texts = of_thread.map(|row| width(&row.text));
            texts.max().unwrap_or(0).max(width(names.thread(thread)))
        })
        .collect();
    if widths.iter().map(|width| width + 2).sum::<usize>() + 40 <= WIDEST {
        in_columns(&rows, names, &widths, &mut text);
    } else {
        in_lines(&rows, names, &mut text);
    }
    text
}

/// What is repeated becomes one line, and the middle of what is long is left out.
fn shortened(rows: Vec<Row>, steps: usize) -> Vec<Row> {
    let mut short: Vec<Row> = Vec::new();
    let mut repeated = 0;
    for row in rows {
        let is_again = short.iter().rev().find(|row| !row.number.is_empty()).is_some_and(|last| {
            (last.thread, &last.text, &last.at) == (row.thread, &row.text, &row.at)
        });
        if !is_again {
            repeated = 0;
            short.push(row);
            continue;
        }
        repeated += 1;
        if repeated > 1 {
            short.pop();
        }
        let text = format!("the same, {repeated} times more");
        short.push(Row { number: String::new(), text, at: String::new(), ..row });
    }
    if short.len() > FIRST + LAST {
        let left_out = short.len() - FIRST - LAST;
        let text = format!("{left_out} lines are left out, of {steps} operations");
        let thread = short[FIRST].thread;
        let gap = Row { number: String::new(), thread, text, at: String::new() };
        short.splice(FIRST..FIRST + left_out, [gap]);
    }
    short
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn in_columns(rows: &[Row], names: &Names, widths: &[usize], text: &mut String) {
    let _ = write!(text, "    {:>4}", "step");
    for (thread, width) in widths.iter().enumerate() {
        let _ = write!(text, "  {:<width$}", names.thread(thread));
    }
    let _ = writeln!(text, "  line");
    for row in rows {
        let _ = write!(text, "    {:>4}", row.number);
        for (thread, width) in widths.iter().enumerate() {
            let said = if thread == row.thread { &*row.text } else { "" };
            let _ = write!(text, "  {said:<width$}");
        }
        let _ = writeln!(text, "  {}", row.at);
    }
}

fn in_lines(rows: &[Row], names: &Names, text: &mut String) {
    let threads = rows.iter().map(|row| width(names.thread(row.thread))).max().unwrap_or(0);
    let longest = rows.iter().map(|row| width(&row.text)).max().unwrap_or(0);
    let _ = writeln!(
        text,
        "    {:>4}  {:<threads$}  {:<longest$}  line",
        "step", "thread", "operation"
    );
    for row in rows {
        let thread = names.thread(row.thread);
        let _ = writeln!(
            text,
            "    {:>4}  {thread:<threads$}  {:<longest$}  {}",
            row.number, row.text, row.at
        );
    }
}

/// An operation in words: on what, which, and what came of it.
fn said(step: &Step, names: &Names) -> String {
    let name = step.operation.split('(').next().unwrap_or_default();
    let mut said = match step.object {
        // Those that are words name it themselves.
        Some(object) if !name.contains(' ') => {
            format!("{}.{}", names.object(object), step.operation)
        }
        _ => step.operation.clone(),
    };
    if !step.result.is_empty() {
        let _ = write!(said, " = {}", step.result);
    }
    if let Some(missed) = step.missed {
        let _ = write!(said, " (has not seen step {})", missed + 1);
    }
    escape(&said)
}
