//! The steps of a run, as a person reads them.

use crate::shown::in_a_line;
use crate::trace::{Event, Trace};
use anstream::println;
use std::time::Duration;

/// Words told of one who acts in a step at most.
const MOST_WORDS: usize = 12;

pub(super) fn print(trace: &Trace) {
    println!("{:>5}  {:>10}  {:<12}  what", "step", "time", "who");
    for line in lines(trace) {
        println!("{line}");
    }
}

/// A line for each who acts in a step.
fn lines(trace: &Trace) -> Vec<String> {
    let events: Vec<&Event> =
        trace.run.events.iter().take_while(|event| event.kind != "teardown").collect();
    let groups = events.chunk_by(|a, b| (a.step, a.by) == (b.step, b.by));
    groups.filter_map(|group| line(trace, group)).collect()
}

fn line(trace: &Trace, group: &[&Event]) -> Option<String> {
    let first = group.first()?;
    let is_pending_somewhere = group.iter().any(|event| event.kind == "awaiting");
    let tells = |event: &&&Event| match event.kind.as_str() {
        "chosen" => event.option != Some(0),
        "polled" => false,
        // Where it is pending is told.
        "poll_ended" => !is_pending_somewhere,
        _ => true,
    };
    let mut words: Vec<String> =
        group.iter().filter(tells).map(|event| in_a_line(&event.words)).collect();
    words.dedup();
    if words.is_empty() {
        return None;
    }
    let more = words.len().saturating_sub(MOST_WORDS);
    words.truncate(MOST_WORDS);
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    let who = first.by.map_or_else(|| "-".to_owned(), |task| name_of(trace, task));
    let time = format!("{:?}", Duration::from_nanos(first.now));
    Some(format!("{:>5}  {time:>10}  {:<12}  {}", first.step, in_a_line(&who), words.join(", ")))
}

fn name_of(trace: &Trace, task: u32) -> String {
    let known = trace.run.tasks.iter().find(|known| known.id == task);
    known.map_or_else(|| format!("task {task}"), |known| known.label.clone())
}
