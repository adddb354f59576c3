use super::chrome_trace;
use expect_test::expect_file;
use serde_json::{Value, json};
use std::collections::HashMap;

const TRACES: [&str; 4] = [
    include_str!("../../tests/traces/stale-waker.json"),
    include_str!("../../tests/traces/deadlock.json"),
    include_str!("../../tests/traces/passed.json"),
    include_str!("../../tests/traces/every-kind.json"),
];

fn events(trace: &Value) -> Vec<Value> {
    let chrome: Value = serde_json::from_str(&chrome_trace(trace)).expect("it is JSON");
    chrome["traceEvents"].as_array().expect("it has events").clone()
}

fn each_trace(check: impl Fn(&[Value])) {
    for text in TRACES {
        check(&events(&serde_json::from_str(text).unwrap()));
    }
}

/// Where an event stands: its process and its track.
fn track(event: &Value) -> (u64, u64) {
    (event["pid"].as_u64().unwrap(), event["tid"].as_u64().unwrap())
}

#[test]
fn slices_are_balanced_on_each_track() {
    each_trace(|events| {
        let mut open: HashMap<(u64, u64), Vec<&Value>> = HashMap::new();
        for event in events {
            match event["ph"].as_str().unwrap() {
                "B" => open.entry(track(event)).or_default().push(&event["name"]),
                "E" => {
                    let begun = open.entry(track(event)).or_default().pop();
                    assert_eq!(begun, Some(&event["name"]), "{event}");
                }
                _ => {}
            }
        }
        assert!(open.values().all(Vec::is_empty), "{open:?}");
    });
}

#[test]
fn times_rise_on_each_track() {
    each_trace(|events| {
        let mut last: HashMap<(u64, u64), u64> = HashMap::new();
        // An arrow is written where it ends.
        for event in events.iter().filter(|event| event["ph"] != "M" && event["ph"] != "s") {
            let now = event["ts"].as_u64().expect("microseconds");
            let before = last.insert(track(event), now).unwrap_or(0);
            assert!(before <= now, "{event}");
        }
    });
}

#[test]
fn each_arrow_begins_in_a_slice_and_ends_where_one_begins() {
    each_trace(|events| {
        let starts: Vec<&Value> = events.iter().filter(|event| event["ph"] == "s").collect();
        let ends: HashMap<&Value, &Value> = HashMap::from_iter(
            events.iter().filter(|event| event["ph"] == "f").map(|event| (&event["id"], event)),
        );
        assert_eq!(starts.len(), ends.len());
        for start in starts {
            let end = ends[&start["id"]];
            assert!(start["ts"].as_u64() < end["ts"].as_u64());
            assert!(is_in_a_slice(events, start), "{start}");
            let begins = |event: &&Value| {
                event["ph"] == "B" && track(event) == track(end) && event["ts"] == end["ts"]
            };
            assert!(events.iter().any(|event| begins(&event)), "{end}");
        }
    });
}

fn is_in_a_slice(events: &[Value], arrow: &Value) -> bool {
    let now = arrow["ts"].as_u64().unwrap();
    let here = events.iter().filter(|event| track(event) == track(arrow));
    let mut depth = 0;
    for event in here.filter(|event| event["ts"].as_u64().is_some_and(|ts| ts <= now)) {
        match event["ph"].as_str().unwrap() {
            "B" => depth += 1,
            "E" => depth -= 1,
            "X" if event["ts"] == arrow["ts"] => return true,
            _ => {}
        }
    }
    depth > 0
}

#[test]
fn every_effective_wake_that_was_followed_by_a_poll_has_an_arrow() {
    let trace: Value = serde_json::from_str(TRACES[1]).unwrap();
    // Each of the two wakes itself once; after that nobody is woken before the teardown.
    let arrows =
        events(&trace).iter().filter(|event| event["ph"] == "s" && event["pid"] == 1).count();
    assert_eq!(arrows, 2);
}

#[test]
fn the_deadlock() {
    let mut trace: Value = serde_json::from_str(TRACES[1]).unwrap();
    trace["neighbour"] = Value::Null;
    expect_file!["../../tests/golden/deadlock.perfetto.json"].assert_eq(&chrome_trace(&trace));
}

#[test]
fn what_is_missing_or_strange_is_no_trouble() {
    assert_eq!(events(&json!({})).len(), 6);
    let event = json!({"index": 7, "step": 3, "now": 5, "by": 9, "kind": "swapped", "words": "swaps a flag"});
    let poll =
        json!({"index": 8, "step": 3, "now": 5, "by": 9, "kind": "polled", "owner": {"task": 9}});
    let trace = json!({"run": {"events": [event, poll]}});
    let out = events(&trace);
    assert!(out.iter().any(|event| event["name"] == "swaps a flag" && event["ph"] == "i"));
    let phases: Vec<&str> = out
        .iter()
        .filter(|event| event["name"] == "poll")
        .map(|event| event["ph"].as_str().unwrap())
        .collect();
    assert_eq!(phases, ["B", "E"]);
}
