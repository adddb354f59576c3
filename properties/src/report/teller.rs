//! The facts of a report: who broke the law, where, and the calls that bear on it.

use super::breach;
use super::fact::{AROUND, Fact};
use super::{Blamed, arguments};
use crate::callsite::{
    CallSite, OpenCalls, blamed, is_thread, place, short_path, user_panic_place, user_place,
};
use crate::contacts::Contacts;
use crate::evidence::{Evidence, Suspect};
use crate::faults;
use crate::naming::{future_name, task_name};
use crate::why::Why;
use reveille_sim::completion::{Misuse, Misused};
use reveille_sim::{
    Access, Detail, Event, Finding, Law, Owner, PropertyKind, TaskId, TaskInfo, Thrown, Trace, What,
};
use std::fmt::Write;
use std::panic::Location;

/// Panics of threads that are told at most.
const MOST_THROWN: usize = 2;

/// Loads that were not the newest which are told at most.
const MOST_STALE: usize = 3;

/// What is told of a failure.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) facts: Vec<Fact>,
    /// The places in the code that the facts point at.
    pub(super) blamed: Vec<Blamed>,
    /// Who waits for whom.
    pub(super) waits: Vec<(TaskId, TaskId)>,
}

impl Facts {
    pub(super) fn of(finding: &Finding, trace: &Trace, evidence: &Evidence, why: &Why) -> Facts {
        let mut facts = Facts::default();
        let with = arguments(trace);
        facts.extend("with", (!with.is_empty()).then(|| with.trim_end()));
        let teller = Teller { finding, trace };
        teller.tell(evidence, &mut facts);
        teller.thrown(&mut facts);
        teller.stale_loads(&mut facts);
        if facts.blamed.is_empty() {
            facts.blamed.extend(teller.place_at_least(evidence));
        }
        if !facts.facts.iter().any(Fact::shows_code) {
            facts.show_code_at_least();
        }
        facts.extend("why", (!why.text.is_empty()).then_some(&why.text));
        facts
    }

    fn add(&mut self, label: &'static str, text: impl Into<String>) {
        self.facts.push(Fact::new(label, text));
    }

    /// The calls that led to an event are worth a look.
    fn blame(&mut self, what: &str, event: Option<&Event>, sites: &[CallSite]) {
        self.blamed.extend(sites.iter().map(|site| Blamed {
            what: what.to_owned(),
            event: event.map(|event| event.index),
            site: site.clone(),
        }));
    }

    fn extend(&mut self, label: &'static str, text: Option<impl Into<String>>) {
        self.facts.extend(text.map(|text| Fact::new(label, text)));
    }

    /// The line of code of the last fact.
    fn show(&mut self, site: CallSite, around: u32) {
        if let Some(fact) = self.facts.last_mut() {
            fact.show(site, around);
        }
    }

    /// Where somebody may begin to look, below the first fact.
    fn show_code_at_least(&mut self) {
        if let (Some(fact), Some(blamed)) =
            (self.facts.iter_mut().find(|fact| fact.label != "with"), self.blamed.first())
        {
            fact.show(blamed.site.clone(), AROUND);
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
                    self.who(suspect, facts);
                    self.waits(suspect, facts);
                }
                self.and_others(evidence, facts);
                self.circle(evidence, facts);
                return;
            }
            Law::SuspectedLivelock => {
                for suspect in &evidence.suspects {
                    self.who(suspect, facts);
                    self.awaits(suspect, facts);
                    self.woken(suspect, facts);
                }
                self.what(suspect, facts);
                return;
            }
            // Several tasks did it together.
            _ if matches!(self.finding.detail, Detail::Promise(_)) => {}
            _ => self.who(suspect, facts),
        }
        if self.finding.law != Law::WakeInLock {
            // There it is a call that matters, and its line is told below.
            self.awaits(suspect, facts);
        }
        self.what(suspect, facts);
        match &self.finding.detail {
            Detail::Property(property) => declared(property.kind, property.at, facts),
            Detail::Panic { asked: Some(asked), .. } => declared(asked.kind, asked.at, facts),
            _ => {}
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
            Law::DataRace => self.raced(facts),
            Law::OutsideWorld => used(&evidence.contacts, facts),
            Law::WakeInLock => self.at("called", "a waker ", suspect.called, facts),
            _ => {}
        }
    }

    fn what(&self, suspect: &Suspect, facts: &mut Facts) {
        facts.extend("what", breach::told(self.finding, self.trace, suspect));
        if let Detail::Panic { location: Some(at), .. } = &self.finding.detail
            && let Some(site) = panicked_at(at)
        {
            facts.show(site, AROUND);
        }
    }

    fn and_others(&self, evidence: &Evidence, facts: &mut Facts) {
        if evidence.left_out > 0 {
            facts.add("who", format!("and {} more tasks that wait", evidence.left_out));
        }
    }

    fn who(&self, suspect: &Suspect, facts: &mut Facts) {
        match suspect.owner {
            Owner::Task(task) => {
                let mut text = task_name(self.trace, task);
                match self.trace.task(task).filter(|_| task != TaskId::ROOT) {
                    Some(info) => {
                        let kind = if is_thread(info.spawned_at) { ", a thread" } else { "," };
                        match self.spawned_at(info, suspect) {
                            Some(place) => _ = write!(text, "{kind} spawned at {place}"),
                            None => text.push_str(kind.trim_end_matches(',')),
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

    /// The line that spawned it, if it is one of the user's.
    fn spawned_at(&self, info: &TaskInfo, suspect: &Suspect) -> Option<String> {
        let by_call = || {
            let stack = self.trace.event(suspect.spawned?)?.stack.as_deref()?;
            let site = blamed(stack).pop()?;
            Some(format!("{}:{}", short_path(&site.file), site.line))
        };
        user_place(info.spawned_at).or_else(by_call)
    }

    fn awaits(&self, suspect: &Suspect, facts: &mut Facts) {
        let event = suspect.awaiting.and_then(|at| self.trace.event(at));
        if let Some(What::Awaiting { at, future }) = event.map(|e| &e.what) {
            facts.add(
                "where",
                format!("at the .await in {}, on {}", place(at), future_name(future)),
            );
            facts.show(CallSite::of_location(at), 0);
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
            && let Some(site) = panicked_at(at)
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
        if let (Owner::Task(waits), Some(by)) = (suspect.owner, suspect.aside_for) {
            let by_name = task_name(self.trace, by);
            facts.add("waits", format!("for {by_name}, whose thread it shares, to end its poll"));
            facts.waits.push((waits, by));
            return;
        }
        // The clone that a join handle takes follows its poll at once; a thread that joins
        // another one takes none.
        let of_task = suspect.registered.and_then(|at| at.checked_sub(1));
        let before = suspect.asleep.or(of_task).and_then(|at| self.trace.event(at));
        match before.map(|event| &event.what) {
            Some(What::HandlePolled { task }) => {
                let text = format!("for {} to end", task_name(self.trace, *task));
                match suspect.asleep {
                    Some(_) => {
                        self.asleep(|step| format!("since step {step} {text}"), suspect, facts)
                    }
                    None => facts.add("waits", text),
                }
                if let Owner::Task(waits) = suspect.owner {
                    facts.waits.push((waits, *task));
                }
            }
            Some(_) if suspect.asleep.is_some() => {
                self.asleep(|step| format!("asleep since step {step}"), suspect, facts);
            }
            _ => self.registered("waits", suspect, facts),
        }
    }

    /// Panics of threads: who joins one is told that it panicked, and not of what.
    fn thrown(&self, facts: &mut Facts) {
        let of_thread = |task| self.trace.task(task).is_some_and(|info| is_thread(info.spawned_at));
        let thrown = self.trace.thrown().iter().filter(|thrown| of_thread(thrown.by));
        for Thrown { by, step, message, location, .. } in thrown.take(MOST_THROWN) {
            let who = task_name(self.trace, *by);
            let at = location.as_deref().and_then(user_panic_place);
            let at = at.map_or(String::new(), |at| format!(" at {at}"));
            facts.add("panic", format!("in step {step} {who} panicked{at}:\n{message}"));
            if let Some(site) = location.as_deref().and_then(panicked_at) {
                facts.show(site, AROUND);
            }
        }
    }

    fn circle(&self, evidence: &Evidence, facts: &mut Facts) {
        if self.finding.law == Law::Deadlock {
            let others = &self.finding.others;
            let next = others.iter().cycle().skip(1);
            facts.waits = others.iter().copied().zip(next.copied()).collect();
            let names = others.iter().map(|task| task_name(self.trace, *task)).collect();
            let mut circle = Fact::of_circle("circle", names);
            let sleeps = |suspect: &Suspect| {
                let is_in = |task: &TaskId| Owner::Task(*task) == suspect.owner;
                suspect.asleep.is_some() && others.iter().any(is_in)
            };
            // What sleeps in the midst of its poll cannot be dropped.
            circle.say(match evidence.suspects.iter().any(sleeps) {
                true => "(each goes on only when the next gives something back, or ends)",
                false => "(each would be woken if the next were dropped)",
            });
            facts.facts.push(circle);
        } else if let Detail::Forgotten(how) = &self.finding.detail {
            facts.add("what", how);
        } else {
            facts.add(
                "rest",
                "nothing is runnable, no timer is set, no task waits for another in a circle, and no \
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

    /// The lines of loads that gave a value which was not the newest.
    fn stale_loads(&self, facts: &mut Facts) {
        let mut events = self.trace.events();
        let mut told = 0;
        while told < MOST_STALE
            && let Some(choice) = events.find(|event| faults::makes_a_load_stale(event))
        {
            let is_load = |event: &&Event| {
                event.by == choice.by && matches!(event.what, What::Touched { .. })
            };
            let Some(load) = events.find(is_load) else { return };
            let (What::Touched { place, .. }, Some(by)) = (&load.what, load.by) else { return };
            let sites = load.stack.as_deref().map(blamed).unwrap_or_default();
            facts.blame("loads an older value", Some(load), &sites);
            let who = task_name(self.trace, by);
            let what =
                format!("{who} loads an older value of atomic {place} in step {}", load.step);
            facts.facts.push(fact_of_calls("stale", what, OpenCalls { sites, left_out: 0 }));
            told += 1;
        }
    }

    fn raced(&self, facts: &mut Facts) {
        let Detail::Raced(race) = &self.finding.detail else { return };
        for (label, access) in [("first", &race.first), ("then", &race.second)] {
            let calls = access.stack.as_deref().map(OpenCalls::of).unwrap_or_default();
            facts.blame(access.how.verb(), None, &calls.sites);
            let who = task_name(self.trace, access.by);
            let bytes = if access.bytes == 1 { "byte" } else { "bytes" };
            let Access { how, bytes: count, step, .. } = access;
            let what = format!("{who} {how} {count} {bytes} in step {step}");
            facts.facts.push(fact_of_calls(label, what, calls));
        }
    }

    /// Where a thread sleeps in the midst of its poll, with all its calls.
    fn asleep(&self, text: impl Fn(u64) -> String, suspect: &Suspect, facts: &mut Facts) {
        let Some(event) = suspect.asleep.and_then(|at| self.trace.event(at)) else { return };
        let calls = event.stack.as_deref().map(OpenCalls::of).unwrap_or_default();
        facts.blame("asleep", Some(event), &calls.sites);
        facts.facts.push(fact_of_calls("waits", text(event.step), calls));
    }

    /// Step and line of an event.
    fn at(&self, label: &'static str, prefix: &str, event: Option<u64>, facts: &mut Facts) {
        let Some(event) = event.and_then(|at| self.trace.event(at)) else { return };
        let sites = event.stack.as_deref().map(blamed).unwrap_or_default();
        let what = match prefix.trim() {
            "" => label,
            said => said.trim_end_matches(','),
        };
        facts.blame(what, Some(event), &sites);
        let step = format!("{prefix}in step {}", event.step);
        facts.facts.push(fact_of_calls(label, step, OpenCalls { sites, left_out: 0 }));
    }
}

/// The calls that led to an event, innermost first, with the code of the first and the last.
fn fact_of_calls(label: &'static str, step: String, calls: OpenCalls) -> Fact {
    let gap = (calls.left_out > 0).then_some(calls.sites.len() / 2);
    let mut sites = calls.sites.into_iter().enumerate();
    let Some((_, innermost)) = sites.next() else { return Fact::new(label, step) };
    let mut fact = Fact::new(label, format!("{step}, at {innermost}"));
    fact.show(innermost, AROUND);
    while let Some((at, site)) = sites.next() {
        if gap == Some(at) {
            fact.say(format!("called from {} more", calls.left_out));
        }
        fact.say(format!("called from {site}"));
        if sites.len() == 0 {
            fact.show(site, 0);
        }
    }
    fact
}

fn used(contacts: &Contacts, facts: &mut Facts) {
    facts.add("used", contacts.told().trim_end());
    if let Some(site) = contacts.first_site() {
        facts.show(site.clone(), AROUND);
        facts.blamed.push(Blamed { what: "used".into(), event: None, site });
    }
}

fn declared(kind: PropertyKind, at: &'static Location<'static>, facts: &mut Facts) {
    facts.add("declared", format!("by `reveille::{}` at {}", kind.name(), place(at)));
    facts.show(CallSite::of_location(at), 0);
}

fn panicked_at(at: &str) -> Option<CallSite> {
    user_panic_place(at).and_then(|_| CallSite::of_text(at))
}
