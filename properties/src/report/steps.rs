//! The last steps of a run, each in a line: who did what.

use crate::callsite::place;
use crate::faults;
use crate::naming::task_name;
use reveille_sim::completion::error_name;
use reveille_sim::reactor::Ready;
use reveille_sim::{Event, Kind, Owner, PollEnd, TaskId, Trace, What};
use std::collections::BTreeSet;
use std::time::Duration;

/// Steps listed at most.
const STEPS: usize = 12;

/// The last steps, and the earlier ones in `telling`, in a line each.
pub(super) fn last(trace: &Trace, telling: &[u64]) -> Vec<String> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    let mut events = trace.events().take_while(|e| e.what != What::Teardown).peekable();
    while let Some(first) = events.next() {
        let mut words = Words::default();
        words.add(trace, first);
        while let Some(next) = events.next_if(|e| e.step == first.step && e.by == first.by) {
            words.add(trace, next);
        }
        if let Some(line) = words.line(trace, first) {
            lines.push((first.step, line));
        }
    }
    select(lines, telling)
}

/// The lines of the steps in `telling` and the last ones, no more than [`STEPS`],
/// with dots where lines are left out.
fn select(lines: Vec<(u64, String)>, telling: &[u64]) -> Vec<String> {
    let told = (0..lines.len()).rev().filter(|at| telling.contains(&lines[*at].0));
    let mut chosen: BTreeSet<usize> = told.take(STEPS / 2).collect();
    for at in (0..lines.len()).rev() {
        if chosen.len() == STEPS {
            break;
        }
        chosen.insert(at);
    }
    let mut shown = Vec::new();
    let mut next = 0;
    for (at, (_, line)) in lines.into_iter().enumerate().filter(|(at, _)| chosen.contains(at)) {
        if at > next {
            shown.push("...".into());
        }
        shown.push(line);
        next = at + 1;
    }
    shown
}

fn source_name(trace: &Trace, number: u32) -> String {
    trace.source(number).map_or_else(|| format!("source {number}"), str::to_owned)
}

fn completed(source: &str, verb: &str, result: i32) -> String {
    let end = match (verb, result) {
        ("read" | "write", 1) => ": 1 byte".to_owned(),
        ("read" | "write", 0..) => format!(": {result} bytes"),
        (_, 0..) => String::new(),
        _ => format!(": {}", error_name(result.saturating_neg())),
    };
    format!("the {verb} on {source} completes{end}")
}

fn readiness(ready: Ready) -> String {
    let words = [
        (Ready::ERROR, "in error"),
        (Ready::READABLE, "readable"),
        (Ready::PRIORITY, "urgent"),
        (Ready::READ_CLOSED, "closed for reading"),
        (Ready::WRITABLE, "writable"),
        (Ready::WRITE_CLOSED, "closed for writing"),
    ];
    let said = words.iter().filter(|(flag, _)| ready.contains(*flag)).map(|(_, word)| *word);
    said.collect::<Vec<_>>().join(" and ")
}

/// What happened in one step, in few words.
#[derive(Default)]
struct Words {
    verbs: Vec<String>,
    pending_at: Option<String>,
    /// The next wake is.
    held_up: bool,
}

impl Words {
    fn add(&mut self, trace: &Trace, event: &Event) {
        let name = |task: TaskId| task_name(trace, task);
        let whose = |owner: &Owner| match owner {
            Owner::Task(task) if Some(*task) == event.by => "its own waker".to_owned(),
            Owner::Task(task) => format!("the waker of {}", name(*task)),
            Owner::Watch(number) => format!("the waker of watched future {number}"),
        };
        let verb = match &event.what {
            What::Spawned { child } => format!("spawns {}", name(*child)),
            What::Polled { owner: Owner::Task(_), spurious: true, .. } => {
                "is polled though nobody asked".into()
            }
            What::WakerCloned { owner, .. } => format!("clones {}", whose(owner)),
            What::WakerDropped { owner, left: 0, .. } => format!("drops {}", whose(owner)),
            What::Woken { owner: Owner::Task(task), effective: true, .. } => {
                let held_up = if std::mem::take(&mut self.held_up) { " (held up)" } else { "" };
                if Some(*task) == event.by {
                    format!("wakes itself{held_up}")
                } else {
                    format!("wakes {}{held_up}", name(*task))
                }
            }
            What::LetIn { task } => format!("the wake of {} comes through", name(*task)),
            What::WokenFromOutside { owner: Owner::Task(task), thread } => {
                format!("{} is woken by the thread `{thread}`", name(*task))
            }
            What::Chosen { kind: Kind::Input, options, option } => {
                format!("draws {option} of {options}")
            }
            What::Aborted { task } => format!("aborts {}", name(*task)),
            What::ClockMoved { to } => format!("time moves to {:?}", Duration::from_nanos(*to)),
            What::TimerFired { .. } => "a timer fires".into(),
            What::EventDue { .. } => "an event comes".into(),
            What::BecameReady { source, ready } => {
                format!("{} is {}", source_name(trace, *source), readiness(*ready))
            }
            What::SaidReady { source, .. } => {
                format!("{} is said to be ready and is not", source_name(trace, *source))
            }
            What::Io { source, verb, result } => {
                let source = source_name(trace, *source);
                match result {
                    Ok(0) => format!("{verb} {source}"),
                    Ok(1) => format!("{verb} {source}: 1 byte"),
                    Ok(count) => format!("{verb} {source}: {count} bytes"),
                    Err(error) => format!("{verb} {source}: {error}"),
                }
            }
            What::Submitted { source, verb, .. } => {
                format!("submits a {verb} on {}", source_name(trace, *source))
            }
            What::Completed { source, verb, result, .. } => {
                completed(&source_name(trace, *source), verb, *result)
            }
            What::Misused { how, .. } => format!("memory in flight is {how}"),
            What::Rested => "everything is at rest".into(),
            What::FairTail => "the schedule is fair from here on".into(),
            What::Marked { name } => format!("passes the mark `{name}`"),
            What::Awaiting { at, .. } | What::Pointed { at, goes_on: false } => {
                self.pending_at.get_or_insert(place(at));
                return;
            }
            What::PollEnded { owner: Owner::Task(_), end } => match end {
                PollEnd::Pending => match self.pending_at.take() {
                    Some(at) => format!("Pending at {at}"),
                    None => "Pending".into(),
                },
                PollEnd::Ready => "Ready".into(),
                PollEnd::Panicked => "panics".into(),
                PollEnd::Cancelled => "is dropped".into(),
            },
            _ if faults::delays_a_wake(event) => {
                self.held_up = true;
                return;
            }
            _ => match faults::verb(event) {
                Some(verb) => verb,
                None => return,
            },
        };
        if self.verbs.last() != Some(&verb) {
            self.verbs.push(verb);
        }
    }

    fn line(&self, trace: &Trace, first: &Event) -> Option<String> {
        if self.verbs.is_empty() {
            return None;
        }
        let actor = match (&first.by, &first.what) {
            (Some(task), _) => task_name(trace, *task),
            (None, _) => "-".into(),
        };
        const MOST: usize = 6;
        let mut verbs = self.verbs.clone();
        if verbs.len() > MOST {
            let last = verbs.split_off(verbs.len() - 2);
            verbs.truncate(MOST - 3);
            verbs.push("...".into());
            verbs.extend(last);
        }
        Some(format!("{:>4}  {actor:<12}  {}", first.step, verbs.join(", ")))
    }
}
