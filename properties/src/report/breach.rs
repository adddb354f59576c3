//! How the law was broken, in a sentence or two: the fact `what`.

use crate::callsite::{place, user_panic_place};
use crate::evidence::Suspect;
use crate::naming::task_name;
use crate::promise;
use reveille_sim::completion::{Misuse, Misused};
use reveille_sim::{Detail, Event, Finding, Law, Race, TaskId, Trace, What};
use std::fmt::Write as _;

/// Makers of memory told at most.
const MOST_MAKERS: usize = 4;

/// None if the law's own sentence says it all.
pub(super) fn told(finding: &Finding, trace: &Trace, suspect: &Suspect) -> Option<String> {
    let step = finding.step;
    // A debt may have become a verdict later than the poll or the drop that made it.
    let step_of = |at: Option<u64>| at.and_then(|at| trace.event(at)).map_or(step, |e| e.step);
    let poll = last_poll(trace, suspect);
    Some(match (finding.law, &finding.detail) {
        (_, Detail::Panic { message, location, asked: Some(asked), .. }) => {
            promise::panicked(asked, message, location.as_deref(), finding)
        }
        (_, Detail::Panic { message, location, in_drop, within, .. }) => {
            panicked(finding, trace, message, location.as_deref(), *in_drop, *within)
        }
        (_, Detail::Property(property)) => promise::broken(property, finding),
        (law, Detail::Forgotten(how)) if law != Law::Stuck => how.clone(),
        (_, Detail::Promise(how)) => how.clone(),
        (_, Detail::Error(error)) => format!("the body returned an error:\n{error}"),
        (_, Detail::KeptMemory { bytes, made_by }) => kept(*bytes, made_by),
        (Law::PendingWithoutWaker, _) => format!(
            "its {poll} returned Pending; it was not woken since that poll \
             began, and no clone of its waker is alive anywhere: nothing can wake it"
        ),
        (Law::StaleWaker, detail) => stale(trace, suspect, step, *detail == Detail::ReliedOn),
        (Law::WakerDropped, _) => format!(
            "it waits since its {}; in step {} the last clone of its waker was dropped \
             without a wake: nothing can wake it",
            polls(trace, suspect, 0),
            step_of(suspect.dropped)
        ),
        (Law::SpuriousPoll, _) => format!(
            "its {poll} was one that nobody asked for; it returned Pending and \
             is registered nowhere any more"
        ),
        (Law::PollAfterReady, Detail::MadeAt(at)) => format!(
            "the future under `cancellable` at {} was polled again in step {step}, after it \
             had returned Ready",
            place(at)
        ),
        (Law::PollAfterReady, _) => {
            let who = if finding.task().is_some() { "its handle" } else { "it" };
            format!("{who} was polled again in step {step}, after it had returned Ready")
        }
        (Law::Snoozed, _) => {
            "it was woken, and never polled again or dropped, while its task went on".into()
        }
        (Law::WakerLeak, Detail::KeptWakers { clones }) => format!(
            "it has ended and dropped all that it had, and what others have keeps {}",
            if *clones == 1 { "a waker of it".into() } else { format!("{clones} wakers of it") }
        ),
        (Law::TaskLeak, _) => "the test ended; this task was left and nothing can wake it".into(),
        (Law::SuspectedStuck, Detail::Jumps(count)) => format!(
            "after {step} polls the clock has moved {count} times since the root was last polled and \
             since any task began or ended; timers tick, and nothing comes of it"
        ),
        (Law::SuspectedStuck, Detail::Count(count)) => format!(
            "after {count} polls, the later half under a fair schedule without faults, the run has \
             not ended; time moves or tasks end, but the test does not"
        ),
        (Law::SuspectedLivelock, Detail::Count(count)) => format!(
            "after {count} polls, the later half under a fair schedule without faults, these tasks \
             still wake each other, no task has ended, and time stands still"
        ),
        (Law::BusyPoll, Detail::Count(count)) => format!(
            "after {count} polls, the later half under a fair schedule without faults, it still wakes \
             itself in every poll, no task has ended, and time stands still"
        ),
        (Law::SuspectedLivelock | Law::BusyPoll, Detail::Repeats { first }) => format!(
            "by the test's digest the state of step {first} came again in step {step}, under a fair \
             schedule without faults, and nothing got on between: so it goes on for ever"
        ),
        (Law::RunawaySpawn, Detail::Live { tasks, at }) => format!(
            "in step {step} it spawned a task at {}, and then {tasks} tasks \
             were there that had not ended: more than `max_tasks` allows",
            place(at)
        ),
        (_, Detail::Misused(misused)) => touched(misused, step),
        (_, Detail::Raced(race)) => raced(race, trace),
        (Law::Starvation, Detail::Count(count)) => {
            format!("its poll in step {step} had been woken {count} times and had not returned")
        }
        _ => return None,
    })
}

/// Who came upon whom.
fn raced(race: &Race, trace: &Trace) -> String {
    let [first, second] = [&race.first, &race.second].map(|access| task_name(trace, access.by));
    format!(
        "{second} touched memory that {first} had touched before, one of them to write, and nothing that \
         the two did puts the one access before the other: in another run they may come the other way round, \
         or both at once"
    )
}

/// What was done to memory that is the kernel's.
fn touched(misused: &Misused, step: u64) -> String {
    let Misused { verb, device, how, .. } = misused;
    let whose = match *how {
        Misuse::Changed => {
            return format!(
                "by the time the {verb} on `{device}` completed, in step {step}, somebody had written to its memory \
             (at which line is not known; a `Buffer` would tell)"
            );
        }
        Misuse::SubmittedAgain => "submitted again, for another operation,".to_owned(),
        how => how.to_string(),
    };
    let then = match *verb {
        "read" => "the kernel will write to it",
        _ => "the kernel will read what is there then",
    };
    format!(
        "the memory of a {verb} on `{device}` was {whose} in step {step}, before the \
         completion: {then}"
    )
}

fn panicked(
    finding: &Finding,
    trace: &Trace,
    message: &str,
    location: Option<&str>,
    in_drop: bool,
    within: Option<&str>,
) -> String {
    let at = location.and_then(user_panic_place);
    let at = at.map_or(String::new(), |at| format!(" at {at}"));
    let how = if in_drop { "panicked while it was dropped" } else { "panicked" };
    let poll = match finding.law {
        Law::SpuriousPoll => " in a poll that nobody asked for",
        _ => "",
    };
    let how = match finding.others.first() {
        Some(polled) if finding.law == Law::WakeInLock => {
            let (step, polled) = (finding.step, task_name(trace, *polled));
            format!("in step {step} it called a waker; {polled}, run inside that call,\n{how}")
        }
        _ => how.to_owned(),
    };
    let unread = match (finding.law, finding.task()) {
        (Law::Panic, Some(task)) if task != TaskId::ROOT && within.is_none() => {
            "\nand nobody read the error from its handle"
        }
        _ => "",
    };
    let within = within.map_or(String::new(), |within| format!(", in `{within}` of the adapter"));
    format!("{how}{poll}{at}{within}:\n{}{unread}", without_marks(message))
}

/// Memory; the makers of most of it.
fn kept(bytes: u64, made_by: &[(String, u64)]) -> String {
    let mut told = format!("every such run keeps {bytes} bytes");
    let mut makers: Vec<_> = made_by.iter().collect();
    makers.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    for (place, bytes) in makers.iter().take(MOST_MAKERS) {
        let _ = write!(told, "\n{bytes} bytes made at {place}");
    }
    told
}

/// `relied`: the waker of the earlier poll was woken, and that was what it waited for.
fn stale(trace: &Trace, suspect: &Suspect, step: u64, relied: bool) -> String {
    let step_of = |at: Option<u64>| at.and_then(|at| trace.event(at)).map(|e| e.step);
    let stale = step_of(suspect.polled).unwrap_or(step);
    let since = step_of(suspect.fresh).unwrap_or(stale);
    let since = if since == stale { String::new() } else { format!(" since step {since}") };
    let poll = polls(trace, suspect, usize::from(relied));
    let then = if relied {
        format!(
            "then a waker of an earlier poll was woken, and in step {step} that was what it \
             had waited for"
        )
    } else {
        "only a waker of an earlier poll is still kept".to_owned()
    };
    format!(
        "its {poll}, in step {stale}, had a fresh waker{since} and returned Pending without \
         cloning it; {then}"
    )
}

/// The last poll of the suspect, with its step between commas if that is known.
fn last_poll(trace: &Trace, suspect: &Suspect) -> String {
    let step = suspect.polled.and_then(|at| trace.event(at)).map(|event| event.step);
    let step = step.map_or(String::new(), |step| format!(", in step {step},"));
    polls(trace, suspect, 0) + &step
}

/// The poll of the suspect before the last `later` ones, by its number if that is known.
fn polls(trace: &Trace, suspect: &Suspect, later: usize) -> String {
    let of_suspect =
        |e: &&Event| matches!(e.what, What::Polled { owner, .. } if owner == suspect.owner);
    match trace.events().filter(of_suspect).count() {
        polls if trace.is_whole() => format!("poll {}", polls.saturating_sub(later)),
        _ if later > 0 => "last poll but one".into(),
        _ => "last poll".into(),
    }
}

/// What a user wrote, without what the attribute wrote into it.
fn without_marks(message: &str) -> String {
    message.replace(".__reveille_at()", "")
}
