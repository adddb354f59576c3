//! A run: tasks, watched futures, resources, events.

use super::sources::Sources;
use super::{event, site};
use crate::callsite::user_place;
use crate::json::{self, Object};
use crate::naming::task_name;
use reveille_sim::{TaskInfo, Trace, What};

/// Events whose call stacks are taken at most: the last ones, which are the nearest to the
/// end. To read a stack takes about as long as a thousand steps.
const MOST_STACKS: usize = 400;

/// The numbers of the events whose stacks tell something, rising.
pub(crate) fn stacks_wanted(trace: &Trace) -> Vec<u64> {
    let told = trace.events().take_while(|event| event.what != What::Teardown);
    let mut wanted: Vec<u64> = told
        .filter(|event| {
            matches!(
                event.what,
                What::WakerCloned { .. }
                    | What::WakerDropped { .. }
                    | What::Woken { .. }
                    | What::Touched { .. }
            )
        })
        .map(|event| event.index)
        .collect();
    wanted.split_off(wanted.len().saturating_sub(MOST_STACKS))
}

pub(super) fn to_json(trace: &Trace, steps: u64, sources: &mut Sources) -> String {
    json::object(|run| {
        run.number("steps", steps);
        run.number("count", trace.count());
        run.truth("whole", trace.is_whole());
        run.text("hash", &format!("{:016x}", trace.hash()));
        run.list("tasks", trace.tasks(), |object, task| write_task(object, trace, task, sources));
        let watches = (0..).map_while(|number| trace.watched_at(number)).enumerate();
        run.list("watches", watches, |object, (number, at)| {
            object.number("id", number);
            object.object("at", |object| site::of_location(object, at, sources));
        });
        let resources = (0..).map_while(|number| trace.source(number)).enumerate();
        run.list("resources", resources, |object, (number, name)| {
            object.number("id", number);
            object.text("name", name);
        });
        run.list("events", trace.events(), |object, event| {
            event::write(object, trace, event, sources);
        });
    })
}

fn write_task(object: &mut Object<'_>, trace: &Trace, task: &TaskInfo, sources: &mut Sources) {
    object.number("id", task.id.0);
    object.text_or_null("name", task.name.as_deref());
    object.text("label", &task_name(trace, task.id));
    match task.parent {
        Some(parent) => object.number("parent", parent.0),
        None => object.null("parent"),
    }
    match user_place(task.spawned_at) {
        Some(_) if task.parent.is_some() => object.object("spawned", |object| {
            site::of_location(object, task.spawned_at, sources);
        }),
        _ => object.null("spawned"),
    }
    object.text("future", task.future);
    object.truth("daemon", task.daemon);
}
