//! What to try, law by law.

use crate::promise;
use reveille_sim::{Detail, Finding, Law, Owner};

/// What to try about a finding.
pub(crate) fn for_finding(finding: &Finding) -> Option<&'static str> {
    if let Detail::Property(property) = &finding.detail {
        return Some(promise::advice(property));
    }
    if let Detail::Panic { message, .. } = &finding.detail
        && let Some(advice) = for_panic(message)
    {
        return Some(advice);
    }
    match (finding.law, finding.owner) {
        (Law::PendingWithoutWaker, Owner::Watch(_)) => Some(
            "store `cx.waker().clone()` on every path that returns Pending; a future that may wait for \
             ever, such as `pending()`, should not be under `watch`",
        ),
        (law, _) => what_to_try(law),
    }
}

/// What to try about panics of tokio's, whose own advice is for other programs.
fn for_panic(message: &str) -> Option<&'static str> {
    let advice = [
        (
            "there is no reactor running, must be called from the context of a Tokio",
            "give the runs a tokio runtime: `#[reveille::test(tokio = true)]`, with the feature `tokio`; \
             `reveille::spawn` and `reveille::time`, in tokio's names, need none",
        ),
        (
            "A Tokio 1.x context was found, but IO is disabled",
            "take sockets from `reveille::net`, which has tokio's names; a run has none of the machine's",
        ),
        (
            "time is already frozen",
            "leave out `tokio::time::pause`: the time of a run is virtual from its beginning",
        ),
        (
            "time is not frozen",
            "leave out `tokio::time::resume`: the time of a run is virtual to its end",
        ),
    ];
    advice.iter().find(|(text, _)| message.contains(text)).map(|(_, advice)| *advice)
}

pub(crate) fn what_to_try(law: Law) -> Option<&'static str> {
    Some(match law {
        Law::PendingWithoutWaker => {
            "store `cx.waker().clone()` on every path that returns Pending, also when a wake \
             turned out to be for nothing; if the task may wait for ever, spawn it with `spawn_daemon`"
        }
        Law::StaleWaker => {
            "when polled again, replace the stored waker (`waker.clone_from(cx.waker())`) instead of \
             keeping the first; a future may move to another task between two polls"
        }
        Law::WakerDropped => {
            "call `wake()` on every waker before its place is cleared or dropped, also on close, \
             on cancellation and when the other side goes away"
        }
        Law::Deadlock => {
            "take locks and permits in one order everywhere, or do not hold one while waiting for another; \
             drop senders before waiting for the receiver to end; or did somebody forget a wake?"
        }
        Law::Stuck => {
            "look at where each waker was registered: which event was to wake it, and who forgot?"
        }
        Law::SuspectedStuck => {
            "if the test really waits that long, raise `max_steps`, or call `reveille::mark` where it gets on"
        }
        Law::SuspectedLivelock => {
            "pass a wake on only if there is something to be had; if the tasks do get on, call \
             `reveille::mark` there or raise `max_steps`; `reveille::digest` makes it certain"
        }
        Law::BusyPoll => {
            "register the waker with whatever is waited for instead of waking oneself; if the task does \
             get on, call `reveille::mark` there or raise `max_steps`"
        }
        Law::Starvation => {
            "limit the work of one poll: after so many items wake yourself and return Pending"
        }
        Law::RunawaySpawn => {
            "wait for tasks before more are spawned (a semaphore, a bounded channel, `buffer_unordered`), and \
             look who spawns its like; if the test needs so many at once, raise `max_tasks`"
        }
        Law::BlockingPoll => {
            "do not hold a blocking lock across an `.await`, and do not call blocking functions in a poll"
        }
        Law::WakeInLock => {
            "take the waker out under the lock, let go of the lock, then wake; clone and drop wakers \
             outside the lock, too"
        }
        Law::SpuriousPoll => {
            "a poll may come at any time: check the condition again and stay registered"
        }
        Law::PollAfterReady => {
            "stop polling after Ready; drop the future, or wrap it with `fuse()`"
        }
        Law::WakerLeak => {
            "look for a clone that is forgotten, or kept in a static, a thread or a circle of `Rc`s"
        }
        Law::MemoryLeak => {
            "look for a circle of `Rc`s or `Arc`s, for `mem::forget`, and for what is put into a static; \
             a cache of the process is no leak: `allow(memory_leak)`"
        }
        Law::BufferInFlight => {
            "keep the memory where the driver can reach it, in a slab beside the operation's number, and \
             give it back when its completion comes, also when the future is dropped; a cancellation is \
             a request, and has a completion, too"
        }
        Law::DataRace => {
            "put the one before the other: by a lock, a channel or a `OnceLock`, or by an atomic that the one \
             stores with `Release` when it has done and the other loads with `Acquire` before it begins"
        }
        Law::OutsideWorld => {
            "take sockets from `reveille::net`, files from `reveille::fs`, sleeps from \
             `reveille::time::sleep`, and `reveille::spawn` tasks, not threads"
        }
        Law::Snoozed => "poll the future on, or drop it, before the task waits for something else",
        _ => return None,
    })
}
