//! What is kept of the beginning of a very long trace: of each task the events of its
//! last step there, and what last happened to its wakers and to its handle. So a report
//! can say where somebody waits who has not moved since.

use super::{Event, Owner, What};

/// Takes out of the oldest events, in order, what is told of nobody any more.
pub(super) fn thin_out(events: &mut Vec<Event>) {
    let mut seen = Seen::default();
    let mut kept: Vec<Event> = Vec::new();
    while let Some(event) = events.pop() {
        // Both are asked: either may be the first to see its task.
        let (acted, suffered) = (seen.acts(&event), seen.suffers(&event));
        if acted || suffered {
            kept.push(event);
        }
    }
    kept.reverse();
    *events = kept;
}

/// What was come by, from the end on.
#[derive(Default)]
struct Seen {
    /// Of each task, the step of its last event.
    steps: Vec<u64>,
    /// Of each task and each watched future, a bit for each kind of event.
    tasks: Vec<u8>,
    watches: Vec<u8>,
}

impl Seen {
    /// Whether it belongs to the last step of who did it.
    fn acts(&mut self, event: &Event) -> bool {
        let Some(by) = event.by else { return false };
        let last = entry(&mut self.steps, by.0);
        if *last == 0 {
            *last = event.step;
        }
        *last == event.step
    }

    /// Whether it is the last of its kind that its owner has come to.
    fn suffers(&mut self, event: &Event) -> bool {
        let (owner, kind) = match event.what {
            What::WakerCloned { owner, .. } => (owner, 1),
            What::WakerDropped { owner, left: 0, .. } => (owner, 2),
            What::Woken { owner, effective: true, .. } => (owner, 4),
            What::HandlePolled { task } => (Owner::Task(task), 8),
            _ => return false,
        };
        let seen = match owner {
            Owner::Task(task) => entry(&mut self.tasks, task.0),
            Owner::Watch(number) => entry(&mut self.watches, number),
        };
        let first = *seen & kind == 0;
        *seen |= kind;
        first
    }
}

fn entry<T: Clone + Default>(table: &mut Vec<T>, index: u32) -> &mut T {
    let index = index as usize;
    if table.len() <= index {
        table.resize(index + 1, T::default());
    }
    &mut table[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::TaskId;

    fn event(index: u64, step: u64, by: u32, what: What) -> Event {
        Event { index, step, now: 0, by: Some(TaskId(by)), what, stack: None }
    }

    #[test]
    fn the_last_step_of_each_task_and_the_last_clone_of_its_waker_stay() {
        let owner = Owner::Task(TaskId(0));
        let polled =
            |task| What::Polled { owner: Owner::Task(TaskId(task)), waker: 0, spurious: false };
        let cloned = What::WakerCloned { owner, waker: 0 };
        let mut events = vec![
            event(0, 1, 0, polled(0)),
            event(1, 1, 0, cloned.clone()),
            event(2, 2, 0, cloned),
            event(3, 3, 0, polled(0)),
            event(4, 4, 1, polled(1)),
            event(5, 5, 1, polled(1)),
            event(6, 5, 1, What::Marked { name: "here" }),
        ];
        thin_out(&mut events);
        let kept: Vec<u64> = events.iter().map(|event| event.index).collect();
        assert_eq!(kept, [2, 3, 5, 6]);
    }
}
