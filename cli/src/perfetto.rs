//! A trace for [Perfetto](https://ui.perfetto.dev) and for Chrome's `about:tracing`, in
//! their JSON.
//!
//! Each task is a track with its polls as slices; a wake is an arrow to the poll it caused;
//! what else happened is an instant. Timers and what wakes tasks between polls have a track
//! of their own, and so has each resource.
//!
//! The axis of these viewers is time, and a run's virtual time stands still while
//! everything happens: it moves only when nothing is left to do. On that axis most of a run
//! would lie on one spot. So a step is a millisecond here, whatever it is in the run, and
//! the events of a step are spread over it; the virtual time is an argument of each.

mod run;

use self::run::Track;
use serde_json::{Value, json};

/// What one step takes on the axis, in microseconds.
const STEP: u64 = 1000;

/// The trace, and its neighbour beside it as a process of its own, as one JSON object.
///
/// ```
/// let trace = serde_json::json!({"format": "reveille-trace", "version": 1, "test": "t", "run": {}});
/// let chrome = cargo_reveille::perfetto::chrome_trace(&trace);
/// assert!(chrome.starts_with('{'));
/// ```
#[must_use]
pub fn chrome_trace(trace: &Value) -> String {
    let fate = match trace["verdict"]["law"].as_str() {
        Some(law) => format!("this run breaks {law}"),
        None => "this run passed".to_owned(),
    };
    let mut events = Track::new(1, &fate).all(&trace["run"]);
    if trace["neighbour"].is_object() {
        let fate = match trace["neighbour"]["law"].as_str() {
            Some(law) => format!("the neighbour breaks {law}"),
            None => "the neighbour passes".to_owned(),
        };
        events.extend(Track::new(2, &fate).all(&trace["neighbour"]["run"]));
    }
    let about = ["test", "replay", "found", "shrunk"].map(|name| (name, trace[name].clone()));
    let about = about.into_iter().chain([(
        "axis",
        json!("a step is drawn as a millisecond; the virtual time is an argument"),
    )]);
    let about =
        about.map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>();
    // One event a line: files that are compared are compared by lines.
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    format!(
        "{{\"displayTimeUnit\":\"ms\",\"otherData\":{},\"traceEvents\":[\n{}\n]}}\n",
        Value::Object(about),
        lines.join(",\n")
    )
}

#[cfg(test)]
mod tests;
