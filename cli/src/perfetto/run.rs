//! The events of one run as those of a process in Chrome's format.

use super::STEP;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Tracks that are of no task; those of resources follow.
const CLOCK: u64 = 1_000_000;
const RUN: u64 = 1_000_001;
const RESOURCES: u64 = 1_000_002;

/// Makes the events of a run, and knows what of it is still open.
pub(super) struct Track {
    process: u64,
    fate: String,
    out: Vec<Value>,
    /// The slices that have begun and not ended, of each track.
    open: HashMap<u64, Vec<String>>,
    /// Wakes that have not led to a poll yet, by whom they woke.
    wakes: HashMap<String, Vec<u64>>,
    arrows: u64,
    /// What the wakes between polls come from.
    cause: u64,
    now: u64,
}

impl Track {
    pub(super) fn new(process: u64, fate: &str) -> Track {
        Track {
            process,
            fate: fate.to_owned(),
            out: Vec::new(),
            open: HashMap::new(),
            wakes: HashMap::new(),
            arrows: 0,
            cause: CLOCK,
            now: 0,
        }
    }

    pub(super) fn all(mut self, run: &Value) -> Vec<Value> {
        self.names(run);
        let none = Vec::new();
        let events = run["events"].as_array().unwrap_or(&none);
        let times = times(events);
        for (event, ts) in events.iter().zip(times) {
            self.now = ts;
            self.add(event);
        }
        self.close();
        self.out
    }

    fn names(&mut self, run: &Value) {
        let name = self.fate.clone();
        self.meta("process_name", 0, json!({"name": name}));
        self.meta("process_sort_index", 0, json!({"sort_index": self.process}));
        for task in run["tasks"].as_array().into_iter().flatten() {
            let Some(id) = task["id"].as_u64() else { continue };
            let label = task["label"].as_str().map_or_else(|| format!("task {id}"), str::to_owned);
            let daemon = if task["daemon"] == true { " (daemon)" } else { "" };
            self.track(task_track(id), &format!("{label}{daemon}"), id);
        }
        self.track(CLOCK, "clock", CLOCK);
        self.track(RUN, "choices, faults, rest", RUN);
        for resource in run["resources"].as_array().into_iter().flatten() {
            let Some(id) = resource["id"].as_u64() else { continue };
            let name =
                resource["name"].as_str().map_or_else(|| format!("resource {id}"), str::to_owned);
            self.track(RESOURCES + id, &name, RESOURCES + id);
        }
    }

    fn track(&mut self, tid: u64, name: &str, place: u64) {
        self.meta("thread_name", tid, json!({"name": name}));
        self.meta("thread_sort_index", tid, json!({"sort_index": place}));
    }

    fn meta(&mut self, name: &str, tid: u64, args: Value) {
        self.out
            .push(json!({"ph": "M", "pid": self.process, "tid": tid, "name": name, "args": args}));
    }

    fn add(&mut self, event: &Value) {
        let by = event["by"].as_u64().map(task_track);
        let owner = event["owner"]["task"].as_u64().map(task_track);
        let resource = event["resource"].as_u64().map(|id| RESOURCES + id);
        match event["kind"].as_str().unwrap_or_default() {
            "polled" => {
                let track = owner.or(by).unwrap_or(RUN);
                self.begin(track, event);
                self.land(track, event);
            }
            "poll_ended" => self.end(owner.or(by).unwrap_or(RUN), event),
            "woken" | "woken_from_outside" | "let_in" => {
                let track = by.unwrap_or(self.cause);
                self.wake(track, event);
            }
            "timer_set" | "timer_dropped" | "timer_fired" | "event_set" | "event_due"
            | "clock_moved" => {
                self.cause = CLOCK;
                self.instant(CLOCK, event);
            }
            "became_ready" | "said_ready" | "io" | "submitted" | "completed"
                if resource.is_some() =>
            {
                let track = resource.unwrap_or(RUN);
                self.cause = track;
                self.instant(track, event);
            }
            _ => self.instant(by.unwrap_or(RUN), event),
        }
    }

    fn begin(&mut self, track: u64, event: &Value) {
        let spurious = if event["spurious"] == true { ", though nobody asked" } else { "" };
        let name = match event["owner"]["watch"].as_u64() {
            Some(watch) => format!("poll of watched future {watch}{spurious}"),
            None => format!("poll{spurious}"),
        };
        self.out.push(json!({"ph": "B", "pid": self.process, "tid": track, "ts": self.now, "name": name, "cat": "poll", "args": args(event)}));
        self.open.entry(track).or_default().push(name);
    }

    /// A poll that ends without having begun, as when a task is dropped between two polls,
    /// is an instant.
    fn end(&mut self, track: u64, event: &Value) {
        match self.open.get_mut(&track).and_then(Vec::pop) {
            Some(name) => {
                self.out.push(json!({"ph": "E", "pid": self.process, "tid": track, "ts": self.now, "name": name, "cat": "poll", "args": args(event)}));
            }
            None => self.instant(track, event),
        }
    }

    /// An arrow begins in a slice. Between polls there is none, so the wake is one.
    fn wake(&mut self, track: u64, event: &Value) {
        let is_in_a_poll = self.open.get(&track).is_some_and(|open| !open.is_empty());
        if is_in_a_poll {
            self.instant(track, event);
        } else {
            self.out.push(json!({"ph": "X", "pid": self.process, "tid": track, "ts": self.now, "dur": 1, "name": words(event), "cat": "wake", "args": args(event)}));
        }
        if event["effective"] != false {
            // The arrow is written when it is known where it ends.
            self.wakes.entry(whom(event)).or_default().extend([track, self.now]);
        }
    }

    /// The arrows of the wakes that led to this poll.
    fn land(&mut self, track: u64, event: &Value) {
        for wake in self.wakes.remove(&whom(event)).unwrap_or_default().chunks_exact(2) {
            let id = self.process << 32 | self.arrows;
            self.arrows += 1;
            let arrow = |phase: &str, track: u64, ts: u64| json!({"ph": phase, "pid": self.process, "tid": track, "ts": ts, "id": id, "name": "wake", "cat": "wake"});
            let start = arrow("s", wake[0], wake[1]);
            let mut finish = arrow("f", track, self.now);
            // It ends at the slice that encloses it, not at the next one.
            finish["bp"] = json!("e");
            self.out.extend([start, finish]);
        }
    }

    fn instant(&mut self, track: u64, event: &Value) {
        let category = event["kind"].as_str().unwrap_or("event").to_owned();
        self.out.push(json!({"ph": "i", "s": "t", "pid": self.process, "tid": track, "ts": self.now, "name": words(event), "cat": category, "args": args(event)}));
    }

    /// A poll that does not return ends with the run.
    fn close(&mut self) {
        let mut open: Vec<(u64, Vec<String>)> = self.open.drain().collect();
        open.sort();
        for (track, names) in open {
            for name in names.into_iter().rev() {
                self.out.push(json!({"ph": "E", "pid": self.process, "tid": track, "ts": self.now + 1, "name": name, "cat": "poll"}));
            }
        }
    }
}

/// Where each event stands: those of a step are spread over it, and never do two meet.
fn times(events: &[Value]) -> Vec<u64> {
    let step = |at: usize| events[at]["step"].as_u64().unwrap_or(0);
    let mut times = Vec::with_capacity(events.len());
    let mut at = 0;
    let mut free = 0;
    while at < events.len() {
        let end = (at..events.len()).find(|i| step(*i) != step(at)).unwrap_or(events.len());
        let count = (end - at) as u64;
        // Between two steps there is a gap, so that two polls of a task are two.
        let apart = (STEP * 9 / 10 / count).max(2);
        let first = free.max(step(at).saturating_mul(STEP));
        times.extend((0..count).map(|number| first + number * apart));
        free = first + count * apart;
        at = end;
    }
    times
}

fn task_track(id: u64) -> u64 {
    // A thread of number 0 is none in these viewers.
    id + 1
}

fn words(event: &Value) -> String {
    let said = event["words"].as_str().or(event["kind"].as_str()).unwrap_or("event");
    said.to_owned()
}

/// Whom a wake is for, or a poll is of.
fn whom(event: &Value) -> String {
    match (&event["owner"]["watch"], &event["owner"]["task"], &event["task"]) {
        (Value::Number(watch), _, _) => format!("watch {watch}"),
        (_, Value::Number(task), _) | (_, _, Value::Number(task)) => format!("task {task}"),
        _ => String::new(),
    }
}

/// All fields of an event but the place of its track, the virtual time among them.
fn args(event: &Value) -> Value {
    let mut args = Map::new();
    for (name, value) in event.as_object().into_iter().flatten() {
        match name.as_str() {
            "by" | "kind" => {}
            "now" => drop(args.insert("virtual time (ns)".into(), value.clone())),
            "at" => drop(args.insert("at".into(), json!(site(value)))),
            "stack" => {
                let lines: Vec<String> = value.as_array().into_iter().flatten().map(site).collect();
                args.insert("called from".into(), json!(lines));
            }
            _ => drop(args.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(args)
}

fn site(site: &Value) -> String {
    let function = site["function"].as_str().map(|name| format!(" in {name}")).unwrap_or_default();
    format!("{}:{}{function}", site["file"].as_str().unwrap_or("?"), site["line"])
}
