//! The steps of a run, as a person reads them.

use crate::shown::in_a_line;
use crate::trace::{Event, Trace};
use std::time::Duration;

/// What one does in a step, or what happens outside of all polls.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) step: u64,
    pub(crate) time: Duration,
    pub(crate) who: String,
    /// What is done, each in words; never empty.
    pub(crate) words: Vec<String>,
}

/// Those that a person is told of, up to the end of the root.
pub(crate) fn acts(trace: &Trace) -> Vec<Act> {
    let events: Vec<&Event> =
        trace.run.events.iter().take_while(|event| event.kind != "teardown").collect();
    let groups = events.chunk_by(|a, b| (a.step, a.by) == (b.step, b.by));
    groups.filter_map(|group| act(trace, group)).collect()
}

fn act(trace: &Trace, group: &[&Event]) -> Option<Act> {
    let first = group.first()?;
    let is_pending_somewhere = group.iter().any(|event| event.kind == "awaiting");
    let tells = |event: &&&Event| match event.kind.as_str() {
        "chosen" => event.option != Some(0),
        "polled" => false,
        // Where it is pending is told.
        "poll_ended" => !is_pending_somewhere,
        _ => true,
    };
    let words: Vec<String> =
        group.iter().filter(tells).map(|event| in_a_line(&event.words)).collect();
    if words.is_empty() {
        return None;
    }
    let who = first.by.map_or_else(|| "-".to_owned(), |task| name_of(trace, task));
    let time = Duration::from_nanos(first.now);
    Some(Act { step: first.step, time, who: in_a_line(&who), words })
}

fn name_of(trace: &Trace, task: u32) -> String {
    let known = trace.run.tasks.iter().find(|known| known.id == task);
    known.map_or_else(|| format!("task {task}"), |known| known.label.clone())
}
