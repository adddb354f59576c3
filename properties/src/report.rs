//! The text of a failure, for a person at nine in the evening: the law, who broke
//! it, where, the last steps, what to try.

mod breach;
mod events;
mod named;
mod steps;

use crate::advice;
use crate::callsite::{CallSite, blamed, place, user_panic_place, user_place};
use crate::escape::shown;
use crate::evidence::{Evidence, Suspect};
use crate::faults;
use crate::naming::{future_name, task_name};
use crate::why::Why;
pub(crate) use events::{apart, event_lines, event_words};
use named::Named;
use reveille_sim::completion::{Misuse, Misused};
use reveille_sim::{Certainty, Detail, Event, Finding, Law, Owner, TaskId, Trace, What};
use std::fmt::Write;
pub(crate) use steps::readiness;

/// What is told of a failure that its own replay does not show.
pub(crate) fn vanished() -> String {
    "  the replay with the trace on did not fail; what follows is all that is known\n".into()
}

/// A failure as it is told, without its title and its replay line.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) sentence: &'static str,
    pub(crate) certainty: Certainty,
    /// How a law that is suspected by its nature became certain.
    certain_because: Option<&'static str>,
    pub(crate) facts: Vec<(&'static str, String)>,
    /// The places in the code that the facts point at.
    pub(crate) blamed: Vec<Blamed>,
    /// Who waits for whom.
    pub(crate) waits: Vec<(TaskId, TaskId)>,
    steps: Vec<String>,
    last_step: u64,
    pub(crate) advice: Option<&'static str>,
    pub(crate) hints: Vec<&'static str>,
}

/// A place in the code that a fact points at.
#[derive(Debug)]
pub(crate) struct Blamed {
    /// What was done there.
    pub(crate) what: String,
    pub(crate) event: Option<u64>,
    pub(crate) site: CallSite,
}

impl Told {
    pub(crate) fn of(finding: &Finding, trace: &Trace, evidence: &Evidence, why: &Why) -> Told {
        let certainty = finding.certainty();
        let is_suspected = finding.law.certainty() == Certainty::Suspected;
        let mut facts = Facts::default();
        let with = arguments(trace);
        facts.extend("with", (!with.is_empty()).then_some(with));
        let teller = Teller { finding, trace };
        teller.tell(evidence, &mut facts);
        if facts.blamed.is_empty() {
            facts.blamed.extend(teller.place_at_least(evidence));
        }
        facts.extend("why", (!why.text.is_empty()).then_some(&why.text));
        Told {
            sentence: sentence_of(finding),
            certainty,
            certain_because: (certainty == Certainty::Certain && is_suspected)
                .then_some("the state came again"),
            facts: facts.facts,
            blamed: facts.blamed,
            waits: facts.waits,
            steps: steps::last(trace, &Named::of(finding, trace, evidence, why)),
            last_step: finding.step,
            advice: advice::for_finding(finding),
            hints: faults::hints(finding.law, trace),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let certainty = match (self.certainty, self.certain_because) {
            (Certainty::Certain, Some(because)) => format!(" (certain: {because})"),
            (Certainty::Certain, None) => String::new(),
            (Certainty::Suspected, _) => " (suspected: it rests on a bound, see below)".into(),
        };
        let _ = writeln!(text, "  {}{certainty}\n", self.sentence);
        self.write_facts(&mut text);
        if !self.steps.is_empty() {
            let _ = writeln!(text, "\n  the last steps of {}:", self.last_step);
            self.steps.iter().for_each(|line| {
                let _ = writeln!(text, "    {line}");
            });
        }
        if let Some(advice) = self.advice {
            let _ = writeln!(text, "\n  try: {advice}");
        }
        for hint in &self.hints {
            let _ = writeln!(text, "\n  fault: {hint}");
        }
        shown(&text)
    }

    fn write_facts(&self, text: &mut String) {
        let width = self.facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        for (label, fact) in &self.facts {
            let mut lines = fact.lines();
            let _ = writeln!(text, "  {label:<width$}  {}", lines.next().unwrap_or_default());
            for line in lines {
                let _ = writeln!(text, "  {:<width$}  {line}", "");
            }
        }
    }
}

fn sentence_of(finding: &Finding) -> &'static str {
    match &finding.detail {
        Detail::Panic { asked: Some(_), .. } => "the condition of a property must not panic",
        Detail::Panic { within: Some(_), .. } => "what a suite calls must not panic",
        Detail::Promise(_) => "what is under test must do what its suite demands",
        _ => sentence(finding.law, finding.task()),
    }
}

/// What the law demands; or, if the body of the test itself is what failed, just that.
pub(crate) fn sentence(law: Law, task: Option<TaskId>) -> &'static str {
    match (law, task) {
        (Law::Panic, Some(TaskId::ROOT)) => "the body of the test fails in this run",
        _ => law.sentence(),
    }
}

/// The arguments of the test, one a line or more.
pub(crate) fn arguments(trace: &Trace) -> String {
    let arguments = trace.arguments().iter();
    arguments.map(|(name, value)| format!("{name} = {value}\n")).collect()
}

/// What is told, as it is put together.
#[derive(Default)]
struct Facts {
    facts: Vec<(&'static str, String)>,
    blamed: Vec<Blamed>,
    waits: Vec<(TaskId, TaskId)>,
}

impl Facts {
    fn add(&mut self, label: &'static str, text: impl Into<String>) {
        self.facts.push((label, text.into()));
    }

    fn extend(&mut self, label: &'static str, text: Option<impl Into<String>>) {
        self.facts.extend(text.map(|text| (label, text.into())));
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
                facts.extend("what", breach::told(self.finding, self.trace, suspect));
                return;
            }
            // Several tasks did it together.
            _ if matches!(self.finding.detail, Detail::Promise(_)) => {}
            _ => self.who(suspect.owner, facts),
        }
        if self.finding.law != Law::WakeInLock {
            // There it is a call that matters, and its line is told below.
            self.awaits(suspect, facts);
        }
        facts.extend("what", breach::told(self.finding, self.trace, suspect));
        if let Detail::Property(property) = &self.finding.detail {
            let by = format!("by `reveille::{}` at {}", property.kind.name(), place(property.at));
            facts.add("declared", by);
        }
        if let Detail::Panic { asked: Some(asked), .. } = &self.finding.detail {
            let by = format!("by `reveille::{}` at {}", asked.kind.name(), place(asked.at));
            facts.add("declared", by);
        }
        match self.finding.law {
            Law::PendingWithoutWaker | Law::StaleWaker | Law::SpuriousPoll => {
                self.registered("before", suspect, facts);
                self.woken(suspect, facts);
            }
            Law::WakerLeak => self.registered("kept", suspect, facts),
            Law::WakerDropped => {
                self.registered("kept", suspect, facts);
                self.at("dropped", "", suspect.dropped, facts);
            }
            Law::Snoozed | Law::BusyPoll | Law::TaskLeak => self.woken(suspect, facts),
            Law::PollAfterReady => self.at("polled", "", suspect.joined, facts),
            Law::BufferInFlight => self.misused(suspect, facts),
            Law::OutsideWorld => facts.add("used", evidence.contacts.told().trim_end()),
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
                match self.trace.task(task).filter(|_| task != TaskId::ROOT) {
                    Some(info) => {
                        if let Some(place) = user_place(info.spawned_at) {
                            let _ = write!(text, ", spawned at {place}");
                        }
                    }
                    None => text.push_str(", the body of the test"),
                }
                facts.add("who", text);
            }
            Owner::Watch(number) => {
                let at = self.trace.watched_at(number).map_or("?".into(), place);
                facts.add("who", format!("watched future {number}, under `watch` at {at}"));
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
            && user_place(info.spawned_at).is_some()
        {
            facts.add("where", format!("in {}", future_name(info.future)));
        }
    }

    /// Where somebody may begin to look if no call tells: where it panicked, waits or was spawned.
    fn place_at_least(&self, evidence: &Evidence) -> Option<Blamed> {
        if let Detail::Panic { location: Some(at), .. } = &self.finding.detail
            && let Some(site) = user_panic_place(at).and_then(|_| CallSite::of_text(at))
        {
            return Some(Blamed { what: "panicked".into(), event: None, site });
        }
        if let Detail::Property(property) = &self.finding.detail {
            let site = CallSite::of_location(property.at);
            return Some(Blamed { what: "declared".into(), event: None, site });
        }
        let suspect = evidence.main(self.finding)?;
        let awaiting = suspect.awaiting.and_then(|at| self.trace.event(at));
        if let Some(Event { index, what: What::Awaiting { at, .. }, .. }) = awaiting {
            let (event, site) = (Some(*index), CallSite::of_location(at));
            return Some(Blamed { what: "waits".into(), event, site });
        }
        let Owner::Task(task) = suspect.owner else { return None };
        let at = self.trace.task(task)?.spawned_at;
        let site = user_place(at).map(|_| CallSite::of_location(at))?;
        Some(Blamed { what: "spawned".into(), event: None, site })
    }

    fn waits(&self, suspect: &Suspect, facts: &mut Facts) {
        self.awaits(suspect, facts);
        // The clone that a join handle takes follows its poll at once.
        let before = suspect.registered.and_then(|at| self.trace.event(at.checked_sub(1)?));
        match before.map(|event| &event.what) {
            Some(What::HandlePolled { task }) => {
                facts.add("waits", format!("for {} to end", task_name(self.trace, *task)));
                if let Owner::Task(waits) = suspect.owner {
                    facts.waits.push((waits, *task));
                }
            }
            _ => self.registered("waits", suspect, facts),
        }
    }

    fn circle(&self, facts: &mut Facts) {
        if self.finding.law == Law::Deadlock {
            let others = &self.finding.others;
            let next = others.iter().cycle().skip(1);
            facts.waits = others.iter().copied().zip(next.copied()).collect();
            let mut names: Vec<String> =
                others.iter().map(|task| task_name(self.trace, *task)).collect();
            names.extend(names.first().cloned());
            let circle = names.join(" waits for ");
            facts
                .add("circle", format!("{circle}\n(each would be woken if the next were dropped)"));
        } else if let Detail::Forgotten(how) = &self.finding.detail {
            facts.add("what", how);
        } else {
            facts.add(
                "rest",
                "nothing is runnable, no timer is set, no task waits for another in a circle, and no\n\
                 thread outside the run wakes anybody while it is waited for (`Checker::patience`)",
            );
        }
    }

    fn registered(&self, label: &'static str, suspect: &Suspect, facts: &mut Facts) {
        match suspect.registered {
            None if self.trace.is_whole() => facts.add(label, "it never cloned its waker"),
            None => facts.add(
                label,
                "it did not clone its waker in the last part of the run, of which alone events are kept",
            ),
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

    fn misused(&self, suspect: &Suspect, facts: &mut Facts) {
        let Detail::Misused(misused) = &self.finding.detail else { return };
        let event = suspect.submitted.and_then(|at| self.trace.event(at));
        let stack = event.and_then(|event| event.stack.as_deref());
        if stack.is_some_and(|stack| !blamed(stack).is_empty()) {
            self.at("handed", "over ", suspect.submitted, facts);
        } else {
            // Without debug information the call itself is known all the same.
            let Misused { submitted_in, submitted_at, .. } = &**misused;
            facts.add("handed", format!("over in step {submitted_in}, at {}", place(submitted_at)));
        }
        if misused.how != Misuse::Changed {
            self.at("touched", "", suspect.touched, facts);
        }
    }

    /// Step and line of an event.
    fn at(&self, label: &'static str, prefix: &str, event: Option<u64>, facts: &mut Facts) {
        let Some(event) = event.and_then(|at| self.trace.event(at)) else { return };
        let mut text = format!("{prefix}in step {}", event.step);
        let sites = event.stack.as_deref().map(blamed).unwrap_or_default();
        let what = match prefix.trim() {
            "" => label,
            said => said.trim_end_matches(','),
        };
        facts.blamed.extend(sites.iter().map(|site| Blamed {
            what: what.to_owned(),
            event: Some(event.index),
            site: site.clone(),
        }));
        for (depth, site) in sites.iter().enumerate() {
            let _ = write!(text, "{}{site}", if depth == 0 { ", at " } else { "\ncalled from " });
        }
        facts.add(label, text);
    }
}
