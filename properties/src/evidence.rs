//! What in a trace bears on a verdict.

use crate::callsite::is_thread;
use crate::contacts::Contacts;
use reveille_sim::{Detail, Event, Finding, Kind, Law, Owner, TaskId, Touching, Trace, What};

/// The events that a report points at, by their numbers in the trace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) suspects: Vec<Suspect>,
    /// Suspects beyond those that a person will read about.
    pub(crate) left_out: usize,
    /// What was taken from the machine.
    pub(crate) contacts: Contacts,
}

/// Suspects told of at most.
const MOST_SUSPECTS: usize = 8;

/// Operations of threads whose lines are told at most.
const MOST_TOUCHES: usize = 60;

/// The last operations of threads on what others may see, before the end of the run.
pub(crate) fn last_touches(trace: &Trace) -> Vec<u64> {
    let told = trace.events().take_while(|event| event.what != What::Teardown);
    let touches = told.filter(|event| matches!(event.what, What::Touched { .. }));
    let mut touches: Vec<u64> = touches.map(|event| event.index).collect();
    touches.split_off(touches.len().saturating_sub(MOST_TOUCHES))
}

/// A task or a watched future, and the last that was seen of it.
#[derive(Clone, Debug)]
pub(crate) struct Suspect {
    pub(crate) owner: Owner,
    /// It was spawned, if it is a thread of the user's: then the line is known by the call alone.
    pub(crate) spawned: Option<u64>,
    /// The poll that tells began.
    pub(crate) polled: Option<u64>,
    /// In the poll that tells: the innermost `.await` of the test's body that was pending.
    pub(crate) awaiting: Option<u64>,
    /// By then it was given its last fresh waker.
    pub(crate) fresh: Option<u64>,
    /// A clone of one of its wakers was made for the last time.
    pub(crate) registered: Option<u64>,
    /// Its last waker was dropped without a wake.
    pub(crate) dropped: Option<u64>,
    /// It was woken for the last time.
    pub(crate) woken: Option<u64>,
    /// Its handle was polled for the last time.
    pub(crate) joined: Option<u64>,
    /// It made a call of a waker that ran another task, for the last time.
    pub(crate) called: Option<u64>,
    /// The operation whose memory was touched was submitted.
    pub(crate) submitted: Option<u64>,
    /// Its memory was touched.
    pub(crate) touched: Option<u64>,
    /// It went to sleep in the midst of its poll, as a thread does, and did not wake again.
    pub(crate) asleep: Option<u64>,
    /// It was woken, and that one sleeps in the midst of its poll on the thread that both share.
    pub(crate) aside_for: Option<TaskId>,
}

impl Evidence {
    pub(crate) fn gather(finding: &Finding, trace: &Trace) -> Evidence {
        let mut owners = vec![finding.owner];
        if matches!(finding.law, Law::Deadlock | Law::Stuck | Law::SuspectedLivelock) {
            owners.extend(finding.others.iter().map(|task| Owner::Task(*task)));
            owners.sort_unstable();
            owners.dedup();
        }
        if finding.law == Law::Deadlock {
            owners.extend(bystanders(&owners, trace));
        }
        // If the stale waker was woken, the poll that tells is the one before.
        let later = usize::from(finding.detail == Detail::ReliedOn);
        let suspect = |owner| Suspect::find(owner, trace, later).with_misuse(finding, trace);
        let left_out = owners.len().saturating_sub(MOST_SUSPECTS);
        let suspects = owners.into_iter().take(MOST_SUSPECTS).map(suspect).collect();
        Evidence { suspects, left_out, contacts: Contacts::default() }
    }

    /// The numbers of the events whose call stacks the report shows, rising.
    pub(crate) fn stacks_wanted(&self) -> Vec<u64> {
        let mut wanted: Vec<u64> = self
            .suspects
            .iter()
            .flat_map(|s| {
                [
                    s.spawned,
                    s.registered,
                    s.dropped,
                    s.woken,
                    s.joined,
                    s.called,
                    s.submitted,
                    s.touched,
                    s.asleep,
                ]
            })
            .flatten()
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// The one that the law names.
    pub(crate) fn main(&self, finding: &Finding) -> Option<&Suspect> {
        self.suspects.iter().find(|suspect| suspect.owner == finding.owner)
    }
}

impl Suspect {
    /// Looks for what `owner` did up to the poll before the last `later` ones.
    fn find(owner: Owner, trace: &Trace, later: usize) -> Suspect {
        // Teardown drops everything; what counts happened before.
        let end = teardown(trace);
        let before = |wanted: &dyn Fn(&What) -> bool| {
            trace.events().rev().find(|e| e.index < end && wanted(&e.what)).map(|e| e.index)
        };
        let polls = trace.events().rev().filter(|e| e.index < end);
        let polled = polls
            .filter(|e| matches!(e.what, What::Polled { owner: o, .. } if o == owner))
            .nth(later)
            .map(|e| e.index);
        // A later poll may have registered again.
        let told = if later > 0 { polled.unwrap_or(end) } else { end };
        let registered = |wanted: &dyn Fn(&What) -> bool| {
            trace.events().rev().find(|e| e.index < told && wanted(&e.what)).map(|e| e.index)
        };
        let poller = match owner {
            Owner::Task(task) => Some(task),
            Owner::Watch(_) => polled.and_then(|at| trace.event(at)).and_then(|e| e.by),
        };
        Suspect {
            owner,
            spawned: poller.and_then(|task| spawned(trace, task)),
            polled,
            fresh: polled.and_then(|polled| freshened(trace, polled, poller)),
            awaiting: polled.and_then(|polled| awaiting(trace, polled, poller)),
            registered: registered(
                &|w| matches!(w, What::WakerCloned { owner: o, .. } if *o == owner),
            ),
            dropped: before(
                &|w| matches!(w, What::WakerDropped { owner: o, left: 0, .. } if *o == owner),
            ),
            woken: before(
                &|w| matches!(w, What::Woken { owner: o, effective: true, .. } if *o == owner),
            ),
            joined: before(
                &|w| matches!(w, What::HandlePolled { task } if Owner::Task(*task) == owner),
            ),
            called: calling(trace, end, poller),
            submitted: None,
            touched: None,
            asleep: asleep(trace, end, poller),
            aside_for: match owner {
                Owner::Task(task) => busy_with(trace, end, task),
                Owner::Watch(_) => None,
            },
        }
    }

    /// The same, with the events of the operation whose memory was touched.
    fn with_misuse(self, finding: &Finding, trace: &Trace) -> Suspect {
        let Detail::Misused(misused) = &finding.detail else { return self };
        let first = |wanted: &dyn Fn(&What) -> bool| {
            trace.events().find(|event| wanted(&event.what)).map(|event| event.index)
        };
        let number = misused.operation;
        Suspect {
            submitted: first(
                &|w| matches!(w, What::Submitted { operation, .. } if *operation == number),
            ),
            touched: first(
                &|w| matches!(w, What::Misused { operation, .. } if *operation == number),
            ),
            ..self
        }
    }
}

/// Where the run is over, and everything is dropped.
fn teardown(trace: &Trace) -> u64 {
    trace.events().find(|e| e.what == What::Teardown).map_or(u64::MAX, |e| e.index)
}

/// The threads that sleep in the midst of their polls beside those of a circle: they wait for
/// it, or for nobody.
fn bystanders(circle: &[Owner], trace: &Trace) -> Vec<Owner> {
    let end = teardown(trace);
    let tasks = (0..).map(TaskId).take_while(|task| trace.task(*task).is_some());
    let beside = tasks.filter(|task| !circle.contains(&Owner::Task(*task)));
    beside.filter(|task| asleep(trace, end, Some(*task)).is_some()).map(Owner::Task).collect()
}

/// The spawning of a thread of the user's.
fn spawned(trace: &Trace, task: TaskId) -> Option<u64> {
    trace.task(task).filter(|info| is_thread(info.spawned_at))?;
    let of_task = |e: &&Event| matches!(e.what, What::Spawned { child } if child == task);
    trace.events().find(of_task).map(|e| e.index)
}

/// The first await noted in the poll that began with event `polled`.
fn awaiting(trace: &Trace, polled: u64, by: Option<TaskId>) -> Option<u64> {
    let later = trace.events().filter(|e| e.index > polled && e.by == by);
    // Of threads a poll has several steps.
    let is_next = |e: &Event| matches!(e.what, What::Polled { owner: Owner::Task(_), .. });
    let mut of_poll = later.take_while(|e| !is_next(e));
    of_poll.find(|e| matches!(e.what, What::Awaiting { .. })).map(|e| e.index)
}

/// The last that `by` did before event `end`, if it was to go to sleep.
fn asleep(trace: &Trace, end: u64, by: Option<TaskId>) -> Option<u64> {
    let last = trace.events().rev().find(|e| e.index < end && e.by == by && by.is_some())?;
    let sleeps =
        matches!(last.what, What::Touched { how: Touching::Sleep, .. } | What::HandlePolled { .. });
    sleeps.then_some(last.index)
}

/// Who sleeps in the midst of its poll, before event `end`, on the thread of a task that is due.
fn busy_with(trace: &Trace, end: u64, task: TaskId) -> Option<TaskId> {
    let home = |task: TaskId| trace.task(task).map(|info| info.home);
    let own = Owner::Task(task);
    let lately = trace.events().rev().filter(|e| e.index < end).find_map(|e| match e.what {
        What::Polled { owner, .. } if owner == own => Some(false),
        What::Woken { owner, effective: true, .. } if owner == own => Some(true),
        What::Spawned { child } if child == task => Some(true),
        _ => None,
    });
    let is_due = lately == Some(true) && asleep(trace, end, Some(task)).is_none();
    let tasks = (0..).map(TaskId).take_while(|task| trace.task(*task).is_some());
    let mut mates = tasks.filter(|mate| *mate != task && is_due && home(*mate) == home(task));
    mates.find(|mate| asleep(trace, end, Some(*mate)).is_some())
}

/// The last call of a waker by `by`, before event `end`, that ran another task.
fn calling(trace: &Trace, end: u64, by: Option<TaskId>) -> Option<u64> {
    let ran =
        |what: &What| matches!(what, What::Chosen { kind: Kind::ReentrantWaker, option: 1, .. });
    let mut earlier = trace.events().rev().filter(|e| e.index < end && e.by == by);
    // The call is the event before.
    earlier.find(|e| ran(&e.what))?.index.checked_sub(1)
}

/// The last fresh waker that `by` was given up to the poll that began with event `polled`.
fn freshened(trace: &Trace, polled: u64, by: Option<TaskId>) -> Option<u64> {
    let fresh =
        |what: &What| matches!(what, What::Chosen { kind: Kind::FreshWaker, option: 1, .. });
    let mut earlier = trace.events().rev().filter(|e| e.index <= polled && e.by == by);
    earlier.find(|e| fresh(&e.what)).map(|e| e.index)
}
