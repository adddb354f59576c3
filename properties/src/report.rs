//! The text of a failure, for a person at nine in the evening: the law, who broke
//! it, where, the last steps, what to try.

use crate::advice;
use crate::callsite::{blamed, short_path};
use crate::evidence::{Evidence, Suspect};
use crate::faults;
use crate::promise;
use reveille_sim::{
    Certainty, Detail, Event, Finding, Kind, Law, Owner, PollEnd, TaskId, Trace, What,
};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::panic::Location;
use std::time::Duration;

/// Steps listed at most.
const STEPS: usize = 12;

/// What is told of a failure that its own replay does not show.
pub(crate) fn vanished() -> String {
    "  the replay with the trace on did not fail; what follows is all that is known\n".into()
}

/// The facts of a failure, without its title and its replay line.
pub(crate) fn failure(finding: &Finding, trace: &Trace, evidence: &Evidence, why: &str) -> String {
    let mut text = String::new();
    let certainty = match finding.law.certainty() {
        Certainty::Certain => "",
        Certainty::Suspected => " (suspected: it rests on a bound, see below)",
    };
    let sentence = match (finding.law, finding.task()) {
        (Law::Panic, Some(TaskId::ROOT)) => "the body of the test fails under this schedule",
        _ => finding.law.sentence(),
    };
    let _ = writeln!(text, "  {sentence}{certainty}\n");
    let teller = Teller { finding, trace };
    let mut facts = Facts::default();
    let with = arguments(trace);
    facts.0.extend((!with.is_empty()).then_some(("with", with)));
    teller.tell(evidence, &mut facts);
    if !why.is_empty() {
        facts.add("why", why);
    }
    facts.write(&mut text);
    let steps = teller.steps(evidence);
    if !steps.is_empty() {
        let _ = writeln!(text, "\n  the last steps of {}:", finding.step);
        steps.iter().for_each(|line| {
            let _ = writeln!(text, "    {line}");
        });
    }
    if let Some(advice) = advice::for_finding(finding) {
        let _ = writeln!(text, "\n  try: {advice}");
    }
    for hint in faults::hints(finding.law, trace) {
        let _ = writeln!(text, "\n  fault: {hint}");
    }
    text
}

/// The arguments of the test, one a line or more.
pub(crate) fn arguments(trace: &Trace) -> String {
    let arguments = trace.arguments().iter();
    arguments.map(|(name, value)| format!("{name} = {value}\n")).collect()
}

/// Every event in a line, for a comparison.
pub(crate) fn event_lines(trace: &Trace) -> Vec<String> {
    trace.events().map(|event| event_line(trace, event)).collect()
}

fn event_line(trace: &Trace, event: &Event) -> String {
    let by = event.by.map_or("between polls".to_owned(), |task| task_name(trace, task));
    let what = match &event.what {
        What::Awaiting { at, .. } => format!("pending at {}", place(at)),
        What::Pointed { at, goes_on: true } => format!("goes on at {}", place(at)),
        What::Pointed { at, goes_on: false } => format!("stops at {}", place(at)),
        what => format!("{what:?}"),
    };
    format!("step {}, {by}: {what}", event.step)
}

/// Labelled lines in two columns.
#[derive(Default)]
struct Facts(Vec<(&'static str, String)>);

impl Facts {
    fn add(&mut self, label: &'static str, text: impl Into<String>) {
        self.0.push((label, text.into()));
    }

    fn write(&self, text: &mut String) {
        let width = self.0.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        for (label, fact) in &self.0 {
            let mut lines = fact.lines();
            let _ = writeln!(text, "  {label:<width$}  {}", lines.next().unwrap_or_default());
            for line in lines {
                let _ = writeln!(text, "  {:<width$}  {line}", "");
            }
        }
    }
}

struct Teller<'a> {
    finding: &'a Finding,
    trace: &'a Trace,
}

impl Teller<'_> {
    fn tell(&self, evidence: &Evidence, facts: &mut Facts) {
        let Some(suspect) = evidence.main(self.finding) else { return };
        match self.finding.law {
            Law::Deadlock | Law::Stuck => {
                for suspect in &evidence.suspects {
                    self.who(suspect.owner, facts);
                    self.waits(suspect, facts);
                }
                self.and_others(evidence, facts);
                self.circle(facts);
                return;
            }
            Law::SuspectedLivelock => {
                for suspect in &evidence.suspects {
                    self.who(suspect.owner, facts);
                    self.awaits(suspect, facts);
                    self.woken(suspect, facts);
                }
                self.what(suspect, facts);
                return;
            }
            _ => self.who(suspect.owner, facts),
        }
        if self.finding.law != Law::WakeInLock {
            // There it is a call that matters, and its line is told below.
            self.awaits(suspect, facts);
        }
        self.what(suspect, facts);
        if let Detail::Property(property) = &self.finding.detail {
            let by = format!("by `reveille::{}` at {}", property.kind.name(), place(property.at));
            facts.add("declared", by);
        }
        match self.finding.law {
            Law::PendingWithoutWaker | Law::StaleWaker | Law::SpuriousPoll => {
                self.registered("before", suspect, facts);
                self.woken(suspect, facts);
            }
            Law::WakerDropped => {
                self.registered("kept", suspect, facts);
                self.at("dropped", "", suspect.dropped, facts);
            }
            Law::Snoozed | Law::BusyPoll | Law::TaskLeak => self.woken(suspect, facts),
            Law::PollAfterReady => self.at("polled", "", suspect.joined, facts),
            Law::WakeInLock => self.at("called", "a waker ", suspect.called, facts),
            _ => {}
        }
    }

    fn and_others(&self, evidence: &Evidence, facts: &mut Facts) {
        if evidence.left_out > 0 {
            facts.add("who", format!("and {} more tasks that wait", evidence.left_out));
        }
    }

    fn who(&self, owner: Owner, facts: &mut Facts) {
        match owner {
            Owner::Task(task) => {
                let mut text = task_name(self.trace, task);
                if let Some(info) = self.trace.task(task).filter(|_| task != TaskId::ROOT) {
                    let _ = write!(text, ", spawned at {}", place(info.spawned_at));
                } else {
                    text.push_str(", the body of the test");
                }
                facts.add("who", text);
            }
            Owner::Watch(number) => {
                let at = self.trace.watched_at(number).map_or("?".into(), place);
                facts.add("who", format!("the future under `watch` at {at}"));
            }
        }
    }

    fn awaits(&self, suspect: &Suspect, facts: &mut Facts) {
        let event = suspect.awaiting.and_then(|at| self.trace.event(at));
        if let Some(What::Awaiting { at, future }) = event.map(|e| &e.what) {
            facts.add(
                "where",
                format!("at the .await in {}, on {}", place(at), future_name(future)),
            );
        } else if let Owner::Task(task) = suspect.owner
            && let Some(info) = self.trace.task(task)
            && task != TaskId::ROOT
        {
            facts.add("where", format!("in {}", future_name(info.future)));
        }
    }

    fn waits(&self, suspect: &Suspect, facts: &mut Facts) {
        self.awaits(suspect, facts);
        // The clone that a join handle takes follows its poll at once.
        let before = suspect.registered.and_then(|at| self.trace.event(at.checked_sub(1)?));
        match before.map(|event| &event.what) {
            Some(What::HandlePolled { task }) => {
                facts.add("waits", format!("for {} to end", task_name(self.trace, *task)));
            }
            _ => self.registered("waits", suspect, facts),
        }
    }

    fn circle(&self, facts: &mut Facts) {
        if self.finding.law == Law::Deadlock {
            let mut names: Vec<String> =
                self.finding.others.iter().map(|task| task_name(self.trace, *task)).collect();
            names.extend(names.first().cloned());
            let circle = names.join(" waits for ");
            facts
                .add("circle", format!("{circle}\n(each would be woken if the next were dropped)"));
        } else {
            facts.add(
                "rest",
                "nothing is runnable, no timer is set, no task waits for another in a circle, and no\n\
                 thread outside the run wakes anybody while it is waited for (`Checker::patience`)",
            );
        }
    }

    fn what(&self, suspect: &Suspect, facts: &mut Facts) {
        let step = self.finding.step;
        let polls = self.polls(suspect);
        let text = match (self.finding.law, &self.finding.detail) {
            (_, Detail::Panic { message, location, in_drop }) => {
                let at =
                    location.as_deref().map_or(String::new(), |l| format!(" at {}", short_path(l)));
                let how = if *in_drop { "panicked while it was dropped" } else { "panicked" };
                let poll = if self.finding.law == Law::SpuriousPoll {
                    " in a poll that nobody asked for"
                } else {
                    ""
                };
                let how = match self.finding.others.first() {
                    Some(polled) if self.finding.law == Law::WakeInLock => {
                        let polled = task_name(self.trace, *polled);
                        format!(
                            "in step {step} it called a waker; {polled}, run inside that call,\n{how}"
                        )
                    }
                    _ => how.to_owned(),
                };
                let unread = match (self.finding.law, self.finding.task()) {
                    (Law::Panic, Some(task)) if task != TaskId::ROOT => {
                        "\nand nobody read the error from its handle"
                    }
                    _ => "",
                };
                format!("{how}{poll}{at}:\n{}{unread}", without_marks(message))
            }
            (_, Detail::Property(property)) => promise::broken(property, self.finding),
            (_, Detail::Error(error)) => format!("the body returned an error:\n{error}"),
            (Law::PendingWithoutWaker, _) => format!(
                "its poll {polls}, in step {step}, returned Pending; it was not woken since that poll\n\
                 began, and no clone of its waker is alive anywhere: nothing can wake it"
            ),
            (Law::StaleWaker, detail) => {
                let step_of =
                    |at: Option<u64>| at.and_then(|at| self.trace.event(at)).map(|e| e.step);
                let stale = step_of(suspect.polled).unwrap_or(step);
                let since = step_of(suspect.fresh).unwrap_or(stale);
                let since =
                    if since == stale { String::new() } else { format!(" since step {since}") };
                let relied = *detail == Detail::ReliedOn;
                let poll = if relied { polls.saturating_sub(1) } else { polls };
                let then = if relied {
                    format!(
                        "then a waker of an earlier poll was woken, and in step {step} that was what it\n\
                         had waited for"
                    )
                } else {
                    "only a waker of an earlier poll is still kept".to_owned()
                };
                format!(
                    "its poll {poll}, in step {stale}, had a fresh waker{since} and returned Pending without\n\
                     cloning it; {then}"
                )
            }
            (Law::WakerDropped, _) => format!(
                "it waits since its poll {polls}; in step {step} the last clone of its waker was dropped\n\
                 without a wake: nothing can wake it"
            ),
            (Law::SpuriousPoll, _) => format!(
                "its poll {polls}, in step {step}, was one that nobody asked for; it returned Pending and\n\
                 is registered nowhere any more"
            ),
            (Law::PollAfterReady, Detail::MadeAt(at)) => format!(
                "the future under `cancellable` at {} was polled again in step {step}, after it\n\
                 had returned Ready",
                place(at)
            ),
            (Law::PollAfterReady, _) => {
                format!("it was polled again in step {step}, after it had returned Ready")
            }
            (Law::Snoozed, _) => {
                "it was woken, and never polled again or dropped, while its task went on".into()
            }
            (Law::TaskLeak, _) => {
                "the test ended; this task was left and nothing can wake it".into()
            }
            (Law::SuspectedStuck, Detail::Jumps(count)) => format!(
                "the clock has moved {count} times since the root was last polled and since any task\n\
                 began or ended; timers tick, and nothing comes of it"
            ),
            (Law::SuspectedStuck, Detail::Count(count)) => format!(
                "after {count} polls, the later half under a fair schedule without faults, the run has\n\
                 not ended; time moves or tasks end, but the test does not"
            ),
            (Law::SuspectedLivelock, Detail::Count(count)) => format!(
                "after {count} polls, the later half under a fair schedule without faults, these tasks\n\
                 still wake each other, no task has ended, and time stands still"
            ),
            (Law::BusyPoll, Detail::Count(count)) => format!(
                "after {count} polls, the later half under a fair schedule without faults, it still wakes\n\
                 itself in every poll, no task has ended, and time stands still"
            ),
            (Law::Starvation, Detail::Count(count)) => {
                format!("its poll in step {step} had been woken {count} times and had not returned")
            }
            _ => return,
        };
        facts.add("what", text);
    }

    /// The number of polls that the suspect has had.
    fn polls(&self, suspect: &Suspect) -> usize {
        let of_suspect =
            |e: &&Event| matches!(e.what, What::Polled { owner, .. } if owner == suspect.owner);
        self.trace.events().filter(of_suspect).count()
    }

    fn registered(&self, label: &'static str, suspect: &Suspect, facts: &mut Facts) {
        match suspect.registered {
            None => facts.add(label, "it never cloned its waker"),
            Some(_) => self.at(label, "its waker was last cloned ", suspect.registered, facts),
        }
    }

    fn woken(&self, suspect: &Suspect, facts: &mut Facts) {
        if let Some(event) = suspect.woken.and_then(|at| self.trace.event(at)) {
            let by = match event.by {
                Some(task) if Owner::Task(task) == suspect.owner => "itself".to_owned(),
                Some(task) => task_name(self.trace, task),
                None => "a timer".to_owned(),
            };
            self.at("woken", &format!("last by {by}, "), suspect.woken, facts);
        }
    }

    /// Step and line of an event.
    fn at(&self, label: &'static str, prefix: &str, event: Option<u64>, facts: &mut Facts) {
        let Some(event) = event.and_then(|at| self.trace.event(at)) else { return };
        let mut text = format!("{prefix}in step {}", event.step);
        let sites = event.stack.as_deref().map(blamed).unwrap_or_default();
        for (depth, site) in sites.iter().enumerate() {
            let _ = write!(text, "{}{site}", if depth == 0 { ", at " } else { "\ncalled from " });
        }
        facts.add(label, text);
    }

    /// The last steps, and earlier ones that the facts point at, in a line each.
    fn steps(&self, evidence: &Evidence) -> Vec<String> {
        let mut lines: Vec<(u64, String)> = Vec::new();
        let mut events = self.trace.events().take_while(|e| e.what != What::Teardown).peekable();
        while let Some(first) = events.next() {
            let mut words = Words::default();
            words.add(self, first);
            while let Some(next) = events.next_if(|e| e.step == first.step && e.by == first.by) {
                words.add(self, next);
            }
            if let Some(line) = words.line(self, first) {
                lines.push((first.step, line));
            }
        }
        select(lines, &self.telling_steps(evidence))
    }

    /// The steps of the events that the facts point at.
    fn telling_steps(&self, evidence: &Evidence) -> Vec<u64> {
        let suspects = evidence.suspects.iter();
        let events = suspects.flat_map(|s| [s.registered, s.dropped, s.woken, s.polled, s.fresh]);
        events.flatten().filter_map(|at| self.trace.event(at)).map(|event| event.step).collect()
    }
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

/// What happened in one step, in few words.
#[derive(Default)]
struct Words {
    verbs: Vec<String>,
    pending_at: Option<String>,
    /// The next wake is.
    held_up: bool,
}

impl Words {
    fn add(&mut self, teller: &Teller<'_>, event: &Event) {
        let name = |task: TaskId| task_name(teller.trace, task);
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

    fn line(&self, teller: &Teller<'_>, first: &Event) -> Option<String> {
        if self.verbs.is_empty() {
            return None;
        }
        let actor = match (&first.by, &first.what) {
            (Some(task), _) => task_name(teller.trace, *task),
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

/// What a user wrote, without what the attribute wrote into it.
fn without_marks(message: &str) -> String {
    message.replace(".__reveille_at()", "")
}

fn task_name(trace: &Trace, task: TaskId) -> String {
    match trace.task(task).and_then(|info| info.name.as_deref()) {
        Some(name) => format!("{task} `{name}`"),
        None => task.to_string(),
    }
}

/// The type of a future in a form that can be read.
fn future_name(name: &str) -> String {
    if let Some(function) = name.strip_suffix("::{{closure}}") {
        let function = function.replace("::{{closure}}", "");
        return format!("async code in `{}`", function.trim_end_matches("::__reveille_body"));
    }
    // Paths of the arguments add more noise than they tell.
    let mut short = String::new();
    for part in name.split_inclusive(['<', '>', ',', ' ', '(', ')', '&']) {
        let tail = part.char_indices().rev().find(|(at, _)| part[..*at].ends_with("::"));
        let depth = short.matches('<').count() - short.matches('>').count();
        match tail {
            Some((at, _)) if depth > 0 => short.push_str(&part[at..]),
            _ => short.push_str(part),
        }
    }
    format!("`{short}`")
}

fn place(at: &'static Location<'static>) -> String {
    format!("{}:{}", short_path(at.file()), at.line())
}
