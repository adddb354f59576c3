//! Every event of a run in a line, for a comparison and for a person to read.

use super::named::Named;
use super::steps;
use crate::callsite::place;
use crate::naming::task_name;
use reveille_sim::{Event, Owner, Trace, What};
use std::time::Duration;

/// Between what a person reads of an event and all that there is to compare.
const DETAILS: char = '\t';

/// Every event in a line.
pub(crate) fn event_lines(trace: &Trace) -> Vec<String> {
    trace.events().map(|event| event_line(trace, event)).collect()
}

fn event_line(trace: &Trace, event: &Event) -> String {
    let by = event.by.map_or("between polls".to_owned(), |task| task_name(trace, task));
    let words = event_words(trace, event);
    let details = match &event.what {
        // Of these the place is all that there is to compare.
        What::Awaiting { .. } | What::Pointed { .. } => String::new(),
        what => format!("{what:?}"),
    };
    format!("step {}, {by}: {words}{DETAILS}{details}", event.step).replace('\n', " ")
}

/// What happened in an event, as a person reads it.
pub(crate) fn event_words(trace: &Trace, event: &Event) -> String {
    match &event.what {
        What::Awaiting { at, .. } => format!("is pending at {}", place(at)),
        What::Pointed { at, goes_on: true } => format!("goes on at {}", place(at)),
        What::Pointed { at, goes_on: false } => format!("stops at {}", place(at)),
        _ => in_words(trace, event),
    }
}

fn in_words(trace: &Trace, event: &Event) -> String {
    let whose = |owner: &Owner| match owner {
        Owner::Task(task) => task_name(trace, *task),
        Owner::Watch(number) => format!("watched future {number}"),
    };
    let time = |nanos: u64| format!("{:?}", Duration::from_nanos(nanos));
    match &event.what {
        What::Polled { owner, spurious: false, .. } => format!("{} is polled", whose(owner)),
        What::Woken { owner, effective: false, .. } => {
            format!("wakes {}, which changes nothing", whose(owner))
        }
        What::HandlePolled { task } => format!("polls the handle of {}", task_name(trace, *task)),
        What::TimerSet { deadline } => format!("sets a timer for {}", time(*deadline)),
        What::TimerDropped { deadline } => format!("drops its timer for {}", time(*deadline)),
        What::EventSet { deadline } => format!("an event is to come at {}", time(*deadline)),
        What::WakerDropped { owner, left: 1.., .. } => {
            format!("drops a clone of the waker of {}", whose(owner))
        }
        What::HandleDropped { task, .. } => {
            format!("drops a handle of {}", task_name(trace, *task))
        }
        What::PollEnded { owner: Owner::Watch(number), end } => {
            format!("watched future {number} is {end:?}").to_lowercase()
        }
        What::Teardown => "the root has returned; what is left is dropped".into(),
        What::Chosen { kind, options, option } => {
            format!("option {option} of {options} is taken, a choice of the kind `{kind}`")
        }
        what => steps::verb(trace, &Named::default(), event).unwrap_or_else(|| format!("{what:?}")),
    }
}

/// Two lines that differ, in the words in which they do.
pub(crate) fn apart(one: &str, other: &str) -> [String; 2] {
    let split = |line: &str| {
        let (words, details) = line.split_once(DETAILS).unwrap_or((line, ""));
        (words.to_owned(), details.to_owned())
    };
    let (one, other) = (split(one), split(other));
    if one.0 != other.0 {
        return [one.0, other.0];
    }
    [one, other].map(|(words, details)| format!("{words} ({details})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_told_only_if_the_words_are_the_same() {
        assert_eq!(apart("a: wakes b\tx", "a: Ready\ty"), ["a: wakes b", "a: Ready"]);
        assert_eq!(apart("a: clones\tx", "a: clones\ty"), ["a: clones (x)", "a: clones (y)"]);
        assert_eq!(apart("a: Ready\tx", "the run is over"), ["a: Ready", "the run is over"]);
    }
}
