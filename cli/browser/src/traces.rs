//! Traces to show: those of real runs that the crate's own tests use, and long ones.

use serde_json::{Value, json};

/// A run of 64 events in which a future keeps the waker of an earlier poll, with a neighbour.
#[must_use]
pub fn stale_waker() -> Value {
    read(include_str!("../../tests/traces/stale-waker.json"))
}

/// Two locks that are taken in opposite orders.
#[must_use]
pub fn deadlock() -> Value {
    read(include_str!("../../tests/traces/deadlock.json"))
}

/// A server, its clients and their sockets; nothing is wrong with it.
#[must_use]
pub fn passed() -> Value {
    read(include_str!("../../tests/traces/passed.json"))
}

/// A made-up run with every kind of event, and one that is not known.
#[must_use]
pub fn every_kind() -> Value {
    read(include_str!("../../tests/traces/every-kind.json"))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("the trace is JSON")
}

/// A run of so many tasks that hand work to each other for so many events or a few more. One
/// of them is never woken.
#[must_use]
pub fn long(tasks: u64, events: usize) -> Value {
    let mut run = Run { events: Vec::with_capacity(events), step: 1, now: 0, seed: 1 };
    run.add(
        Some(0),
        "polled",
        "is polled",
        json!({"owner": {"task": 0}, "waker": 0, "spurious": false}),
    );
    for child in 1..tasks {
        run.add(Some(0), "spawned", &format!("spawns task {child}"), json!({"child": child}));
    }
    run.add(Some(0), "poll_ended", "Pending", json!({"owner": {"task": 0}, "end": "pending"}));
    let stuck = 1;
    let mut due: Vec<u64> = (1..tasks).collect();
    let mut waiting: Vec<u64> = Vec::new();
    let mut registered = 0;
    while run.events.len() < events {
        run.step += 1;
        if due.is_empty() {
            run.now += 5_000_000;
            run.add(None, "clock_moved", "time moves on", json!({"to": run.now}));
            for task in waiting.drain(..waiting.len().min(5)) {
                run.add(None, "timer_fired", "a timer fires", json!({"deadline": run.now}));
                run.add(
                    None,
                    "woken",
                    &format!("wakes task {task}"),
                    json!({"owner": {"task": task}, "waker": task, "effective": true}),
                );
                due.push(task);
            }
            continue;
        }
        let option = run.draw(due.len().min(8) as u64);
        let task = due.remove(option as usize);
        run.add(
            None,
            "chosen",
            "a task is chosen",
            json!({"choice": "schedule", "options": 8, "option": option, "fault": false}),
        );
        run.add(
            Some(task),
            "polled",
            "is polled",
            json!({"owner": {"task": task}, "waker": task, "spurious": false}),
        );
        if task == stuck {
            registered = run.events.len();
        }
        run.add(Some(task), "waker_cloned", "clones its own waker", json!({"owner": {"task": task}, "waker": task, "at": {"file": "src/pool.rs", "line": 61}}));
        if run.draw(2) == 0 && !waiting.is_empty() {
            let other = waiting.remove(0);
            run.add(
                Some(task),
                "woken",
                &format!("wakes task {other}"),
                json!({"owner": {"task": other}, "waker": other, "effective": true}),
            );
            due.push(other);
        }
        if run.draw(40) == 0 {
            run.add(Some(task), "noted", "says \"batch done\"", json!({"text": "batch done"}));
        }
        run.add(
            Some(task),
            "poll_ended",
            "Pending",
            json!({"owner": {"task": task}, "end": "pending"}),
        );
        if task != stuck {
            waiting.push(task);
        }
    }
    run.add(None, "rested", "everything is at rest", json!({}));
    run.finish(tasks, stuck, registered)
}

struct Run {
    events: Vec<Value>,
    step: u64,
    now: u64,
    seed: u64,
}

impl Run {
    fn add(&mut self, by: Option<u64>, kind: &str, words: &str, mut event: Value) {
        let common = json!({"index": self.events.len(), "step": self.step, "now": self.now, "by": by, "kind": kind, "words": words});
        let fields = event.as_object_mut().expect("an object");
        fields.extend(common.as_object().expect("an object").clone());
        self.events.push(event);
    }

    /// A number below a bound: the generator of Knuth's MMIX, which is the same everywhere.
    fn draw(&mut self, bound: u64) -> u64 {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % bound
    }

    fn finish(self, tasks: u64, stuck: u64, registered: usize) -> Value {
        let task = |id: u64| match id {
            0 => {
                json!({"id": 0, "name": null, "label": "root", "parent": null, "spawned": null, "future": "body", "daemon": false})
            }
            _ => json!({
                "id": id, "name": format!("worker {id}"), "label": format!("task {id} `worker {id}`"), "parent": 0,
                "spawned": {"file": "src/pool.rs", "line": 40}, "future": "pool::worker", "daemon": false,
            }),
        };
        json!({
            "format": "reveille-trace", "version": 1, "test": "pool::every_worker_gets_its_turn", "package": "pool",
            "verdict": {
                "law": "stuck", "certainty": "certain", "sentence": "whoever keeps a waker must wake it before everything comes to rest",
                "owner": {"task": stuck}, "others": [], "step": self.step, "now": self.now,
                "facts": [{"label": "who", "text": format!("task {stuck}")}], "why": null, "advice": "look at where it was registered", "hints": [],
                "blamed": [{"what": "its waker was last cloned", "event": registered, "site": {"file": "src/pool.rs", "line": 61}}],
                "waits": [{"task": 0, "for": stuck}],
            },
            "arguments": [], "found": null, "shrunk": null, "tape": "v1/x", "replay": "REVEILLE_REPLAY=v1/x cargo test -p pool", "corpus": null, "report": "",
            "run": {
                "steps": self.step, "count": self.events.len(), "whole": true, "hash": "0", "watches": [], "resources": [],
                "tasks": (0..tasks).map(task).collect::<Vec<_>>(), "events": self.events,
            },
            "neighbour": null, "sources": [],
        })
    }
}
