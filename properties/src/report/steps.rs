//! The last steps of a run, each in a line: who did what.

use super::named::Named;
use crate::callsite::{place, short_path, user_frames, user_panic_place};
use crate::escape::escape;
use crate::faults;
use crate::naming::task_name;
use reveille_sim::completion::error_name;
use reveille_sim::reactor::Ready;
use reveille_sim::{Event, Kind, Owner, PollEnd, TaskId, Touching, Trace, What};
use std::collections::BTreeSet;
use std::time::Duration;

/// Lines listed, if the facts do not name more steps.
const LINES: usize = 12;
/// Of them at least so many are the last ones.
const LAST: usize = 6;
/// Things told of a step, if no more of them are about somebody whom the facts name.
const VERBS: usize = 8;

/// The last steps, and the earlier ones that the facts name; nothing stands for those between.
pub(super) fn last(trace: &Trace, named: &Named) -> Vec<Option<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    let mut events = trace.events().take_while(|e| e.what != What::Teardown).peekable();
    while let Some(first) = events.next() {
        let mut words = Words::default();
        words.add(trace, named, first);
        while let Some(next) = events.next_if(|e| e.step == first.step && e.by == first.by) {
            words.add(trace, named, next);
        }
        if !words.verbs.is_empty() {
            lines.push(Line { step: first.step, by: first.by, verbs: words.verbs });
        }
    }
    let chosen = choose(&lines, named);
    without_gaps(lines, &chosen)
}

/// What happened in an event, in few words.
pub(super) fn verb(trace: &Trace, named: &Named, event: &Event) -> Option<String> {
    let mut words = Words::default();
    words.add(trace, named, event);
    words.verbs.pop().map(|verb| verb.text)
}

/// The lines of the steps that are named, and the last ones.
fn choose(lines: &[Line], named: &Named) -> BTreeSet<usize> {
    let mut chosen: BTreeSet<usize> =
        (0..lines.len()).filter(|at| named.has_step(lines[*at].step)).collect();
    for (count, at) in (0..lines.len()).rev().enumerate() {
        if chosen.len() >= LINES && count >= LAST {
            break;
        }
        chosen.insert(at);
    }
    chosen
}

/// The chosen ones, with nothing in the place of those between. A single one between is
/// no longer than the dots for it.
fn without_gaps<T>(all: Vec<T>, chosen: &BTreeSet<usize>) -> Vec<Option<T>> {
    let last = all.len().saturating_sub(1);
    let is_left_out = |at: usize| !chosen.contains(&at);
    let mut kept: Vec<Option<T>> = Vec::new();
    for (at, one) in all.into_iter().enumerate() {
        let beside = at > 0 && is_left_out(at - 1) || at < last && is_left_out(at + 1);
        if !is_left_out(at) || !beside {
            kept.push(Some(one));
        } else if kept.last().is_none_or(Option::is_some) {
            kept.push(None);
        }
    }
    kept
}

/// What one did in a step, or what happened between two.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) step: u64,
    pub(super) by: Option<TaskId>,
    verbs: Vec<Verb>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Verb {
    text: String,
    /// Whether it is about somebody whom the facts name.
    named: bool,
}

impl Line {
    /// In words.
    pub(super) fn told(&self) -> String {
        let verbs = &self.verbs;
        let all = 0..verbs.len();
        let (first, last) = (VERBS - 3, verbs.len().saturating_sub(2));
        // Of what comes again the last tells.
        let tells = |at: usize| verbs[at].named && !verbs[at + 1..].contains(&verbs[at]);
        let is_chosen =
            |at: &usize| verbs.len() <= VERBS || *at < first || *at >= last || tells(*at);
        let shown = without_gaps(verbs.iter().collect(), &all.filter(is_chosen).collect());
        let shown = shown.into_iter().map(|verb| verb.map_or("...", |verb| &verb.text));
        shown.collect::<Vec<_>>().join(", ")
    }
}

fn panics(trace: &Trace, task: TaskId) -> String {
    let at = trace.panicked_at(task).and_then(user_panic_place);
    at.map_or_else(|| "panics".into(), |at| format!("panics at {}", brief(&at)))
}

fn touched(event: &Event, place: u32, how: Touching, is_stale: bool) -> String {
    let does = match how {
        Touching::Load if is_stale => "loads an older value of",
        Touching::Refusal if is_stale => "finds an older value of",
        Touching::Load => "loads",
        Touching::Store => "stores to",
        Touching::Change => "changes",
        Touching::Refusal => "fails to change",
        Touching::Sleep => "sleeps on",
        Touching::Wake => "wakes who sleeps on",
        _ => "touches",
    };
    let site = event.stack.as_deref().and_then(|stack| user_frames(stack).into_iter().next());
    let at = site.map_or_else(String::new, |site| {
        format!(" at {}", brief(&format!("{}:{}", short_path(&site.file), site.line)))
    });
    format!("{does} atomic {place}{at}")
}

/// The end of a path, which is enough where the facts name all of it.
fn brief(place: &str) -> String {
    let mut parts = place.rsplitn(3, '/');
    match (parts.next(), parts.next()) {
        (Some(file), Some(directory)) => format!("{directory}/{file}"),
        _ => place.to_owned(),
    }
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

/// For what a source is ready, in words.
pub(crate) fn readiness(ready: Ready) -> String {
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
    verbs: Vec<Verb>,
    pending_at: Option<String>,
    /// Whom the last verb woke.
    woken: Option<Owner>,
    /// The next wake is.
    held_up: bool,
    /// The next load gives a value that is not the newest.
    stale: bool,
}

impl Words {
    fn add(&mut self, trace: &Trace, named: &Named, event: &Event) {
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
            // A wake by value drops the waker that it wakes.
            What::WakerDropped { owner, .. } if self.woken == Some(*owner) => return,
            What::WakerDropped { owner, left: 0, .. } => format!("drops {}", whose(owner)),
            What::Woken { owner: Owner::Task(task), effective: true, .. } => {
                let held_up = if std::mem::take(&mut self.held_up) { " (held up)" } else { "" };
                if Some(*task) == event.by {
                    format!("wakes itself{held_up}")
                } else {
                    format!("wakes {}{held_up}", name(*task))
                }
            }
            What::Woken { owner: Owner::Watch(number), effective: true, .. } => {
                format!("wakes watched future {number}")
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
            What::Touched { place, how } => {
                touched(event, *place, *how, std::mem::take(&mut self.stale))
            }
            What::Noted { text } => format!("says \"{}\"", escape(text)),
            What::Marked { name } => format!("passes the mark `{name}`"),
            What::Awaiting { at, .. } | What::Pointed { at, goes_on: false } => {
                self.pending_at.get_or_insert(brief(&place(at)));
                return;
            }
            What::PollEnded { owner: Owner::Task(task), end } => match end {
                PollEnd::Pending => match self.pending_at.take() {
                    Some(at) => format!("Pending at {at}"),
                    None => "Pending".into(),
                },
                PollEnd::Ready => "Ready".into(),
                PollEnd::Panicked if named.is_cut_short(event.step) => "is cut short".into(),
                PollEnd::Panicked => panics(trace, *task),
                PollEnd::Cancelled => "is dropped".into(),
            },
            _ if faults::delays_a_wake(event) => {
                self.held_up = true;
                return;
            }
            _ if faults::makes_a_load_stale(event) => {
                self.stale = true;
                return;
            }
            _ => match faults::verb(event) {
                Some(verb) => verb,
                None => return,
            },
        };
        self.woken = match event.what {
            What::Woken { owner, .. } => Some(owner),
            _ => None,
        };
        let verb = Verb { text: verb, named: named.is_about(event) };
        if self.verbs.last() != Some(&verb) {
            self.verbs.push(verb);
        }
    }
}
