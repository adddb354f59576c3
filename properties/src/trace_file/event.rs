//! An event: its kind, named as in the simulator, with what that kind has.

use super::site;
use super::sources::Sources;
use crate::callsite::{CallSite, user_frames};
use crate::json::Object;
use crate::report::event_words;
use reveille_sim::{Event, Owner, PollEnd, Trace, What};
use std::io::ErrorKind;
use std::panic::Location;

/// Frames of a stack at most.
const MOST_FRAMES: usize = 16;

pub(super) fn write(object: &mut Object<'_>, trace: &Trace, event: &Event, sources: &mut Sources) {
    object.number("index", event.index);
    object.number("step", event.step);
    object.number("now", event.now);
    match event.by {
        Some(task) => object.number("by", task.0),
        None => object.null("by"),
    }
    write_kind(object, &event.what);
    object.text("words", &event_words(trace, event));
    if let Some(at) = place_of(trace, &event.what) {
        object.object("at", |object| site::of_location(object, at, sources));
    }
    if let Some(stack) = &event.stack {
        let frames: Vec<CallSite> = user_frames(stack).into_iter().take(MOST_FRAMES).collect();
        object.list("stack", &frames, |object, frame| site::of_call(object, frame, sources));
    }
}

pub(super) fn write_owner(object: &mut Object<'_>, owner: Owner) {
    object.object("owner", |object| match owner {
        Owner::Task(task) => object.number("task", task.0),
        Owner::Watch(number) => object.number("watch", number),
    });
}

fn place_of<'t>(trace: &'t Trace, what: &What) -> Option<&'t Location<'static>> {
    Some(match what {
        What::Spawned { child } => trace.task(*child)?.spawned_at,
        What::Awaiting { at, .. }
        | What::Pointed { at, .. }
        | What::Submitted { at, .. }
        | What::Cancelled { at, .. } => at,
        _ => return None,
    })
}

fn write_kind(object: &mut Object<'_>, what: &What) {
    match what {
        What::Spawned { child } => {
            object.text("kind", "spawned");
            object.number("child", child.0);
        }
        What::Polled { owner, waker, spurious } => {
            object.text("kind", "polled");
            write_owner(object, *owner);
            object.number("waker", waker);
            object.truth("spurious", *spurious);
        }
        What::PollEnded { owner, end } => {
            object.text("kind", "poll_ended");
            write_owner(object, *owner);
            object.text("end", end_name(*end));
        }
        What::WakerCloned { owner, waker } => {
            object.text("kind", "waker_cloned");
            write_owner(object, *owner);
            object.number("waker", waker);
        }
        What::WakerDropped { owner, waker, left } => {
            object.text("kind", "waker_dropped");
            write_owner(object, *owner);
            object.number("waker", waker);
            object.number("left", left);
        }
        What::Woken { owner, waker, effective } => {
            object.text("kind", "woken");
            write_owner(object, *owner);
            object.number("waker", waker);
            object.truth("effective", *effective);
        }
        What::WokenFromOutside { owner, thread } => {
            object.text("kind", "woken_from_outside");
            write_owner(object, *owner);
            object.text("thread", thread);
        }
        What::HandlePolled { task } => {
            object.text("kind", "handle_polled");
            object.number("task", task.0);
        }
        What::HandleDropped { task, left } => {
            object.text("kind", "handle_dropped");
            object.number("task", task.0);
            object.number("left", left);
        }
        What::Aborted { task } => {
            object.text("kind", "aborted");
            object.number("task", task.0);
        }
        What::LetIn { task } => {
            object.text("kind", "let_in");
            object.number("task", task.0);
        }
        What::Cancelled { forgotten, .. } => {
            object.text("kind", "cancelled");
            object.truth("forgotten", *forgotten);
        }
        What::TimerSet { deadline } => write_deadline(object, "timer_set", *deadline),
        What::TimerDropped { deadline } => write_deadline(object, "timer_dropped", *deadline),
        What::TimerFired { deadline } => write_deadline(object, "timer_fired", *deadline),
        What::EventSet { deadline } => write_deadline(object, "event_set", *deadline),
        What::EventDue { deadline } => write_deadline(object, "event_due", *deadline),
        What::ClockMoved { to } => {
            object.text("kind", "clock_moved");
            object.number("to", to);
        }
        What::Chosen { kind, options, option } => {
            object.text("kind", "chosen");
            object.text("choice", kind.name());
            object.number("options", options);
            object.number("option", option);
            object.truth("fault", kind.is_fault() && *option != 0);
        }
        What::Awaiting { future, .. } => {
            object.text("kind", "awaiting");
            object.text("future", future);
        }
        What::Pointed { goes_on, .. } => {
            object.text("kind", "pointed");
            object.truth("goes_on", *goes_on);
        }
        What::Marked { name } => {
            object.text("kind", "marked");
            object.text("name", name);
        }
        What::Noted { text } => {
            object.text("kind", "noted");
            object.text("text", text);
        }
        What::Rested => object.text("kind", "rested"),
        What::FairTail => object.text("kind", "fair_tail"),
        What::Teardown => object.text("kind", "teardown"),
        what => write_kind_of_io(object, what),
    }
}

fn write_deadline(object: &mut Object<'_>, kind: &str, deadline: u64) {
    object.text("kind", kind);
    object.number("deadline", deadline);
}

/// The kinds that are about a resource.
fn write_kind_of_io(object: &mut Object<'_>, what: &What) {
    match what {
        What::BecameReady { source, ready } => {
            object.text("kind", "became_ready");
            object.number("resource", source);
            object.text("ready", &crate::report::readiness(*ready));
        }
        What::SaidReady { source, ready } => {
            object.text("kind", "said_ready");
            object.number("resource", source);
            object.text("ready", &crate::report::readiness(*ready));
        }
        What::Io { source, verb, result } => {
            object.text("kind", "io");
            object.number("resource", source);
            object.text("verb", verb);
            match result {
                Ok(bytes) => object.number("bytes", bytes),
                Err(error) => object.text("error", &error_name(*error)),
            }
        }
        What::Submitted { operation, source, verb, .. } => {
            object.text("kind", "submitted");
            object.number("operation", operation);
            object.number("resource", source);
            object.text("verb", verb);
        }
        What::Completed { operation, source, verb, result } => {
            object.text("kind", "completed");
            object.number("operation", operation);
            object.number("resource", source);
            object.text("verb", verb);
            object.number("result", result);
        }
        What::Misused { operation, how } => {
            object.text("kind", "misused");
            object.number("operation", operation);
            object.text("how", &how.to_string());
        }
        What::Touched { place, how } => {
            object.text("kind", "touched");
            object.number("place", place);
            object.text("how", how.name());
        }
        // A kind that is younger than this file; its words tell it.
        _ => object.text("kind", "other"),
    }
}

fn error_name(error: ErrorKind) -> String {
    error.to_string()
}

fn end_name(end: PollEnd) -> &'static str {
    match end {
        PollEnd::Pending => "pending",
        PollEnd::Ready => "ready",
        PollEnd::Panicked => "panicked",
        PollEnd::Cancelled => "cancelled",
    }
}
