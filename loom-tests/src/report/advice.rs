//! What to try.

use crate::failure::{Details, FailureKind};
use crate::recorder::Step;

pub(super) fn for_failure(failure: &Details) -> String {
    let advice = match failure.breach.kind {
        FailureKind::Deadlock => {
            "whoever may have looked too early must look again: register or announce first, then check, \
             then wait; whoever wakes makes its change first, then wakes, with nothing that returns early \
             in between"
        }
        FailureKind::DataRace => {
            "what is read must have been released by who wrote it (a store or exchange with `Release`) \
             and acquired by who reads (`Acquire`), through the same atomic; or a lock"
        }
        FailureKind::Leak => {
            "look for a value that was forgotten, a waker that is kept after the end, or owners that own \
             each other"
        }
        FailureKind::Panic => {
            "read the table from its end: the last step of each thread before it is what broke the rule"
        }
        FailureKind::TooManyBranches => {
            "a loop that waits for another thread needs `hint::spin_loop` or `thread::yield_now` in it, so \
             that the other may go on; a model that is long has a larger bound by `Model::branches`"
        }
        FailureKind::TooManyThreads => {
            "loom tells so many threads apart; two or three are enough for nearly every race"
        }
        FailureKind::Nondeterministic => {
            "a model may use no time, no random numbers, no thread and no static of its own from outside, \
             and nothing that depends on an address, such as the order of a `HashMap`"
        }
        FailureKind::Hung => {
            "a loop in which nothing of `reveille_loom::sync` is used never lets another thread go on: take \
             the atomics, locks and threads from there, and put `hint::spin_loop` into the loop"
        }
        FailureKind::Unfinished => {
            "bound it by `Model::preemptions` (2 find most races), make it smaller, or give it a time by \
             `Model::within`, after which it passes for what was seen"
        }
        FailureKind::Died => {
            "what it printed says why; `ulimit`, a debugger or a sanitizer may have ended it as well"
        }
        FailureKind::ForeignTrace => {
            "the model has changed since; run it without the trace, and remove that file if it passes"
        }
    };
    let limits = limits_of_loom(failure).map(|limit| format!(". {limit}"));
    [advice.to_owned(), limits.collect()].concat()
}

/// Where loom may be wrong.
fn limits_of_loom(failure: &Details) -> impl Iterator<Item = &'static str> {
    let steps = failure.breach.interleaving.as_ref().map_or(&[][..], |told| &told.steps);
    let any = |of: fn(&Step) -> bool| steps.iter().any(of);
    let is_consistent = any(|step| {
        let name = step.operation.split('(').next();
        step.operation.contains("SeqCst") && matches!(name, Some("load" | "store"))
    });
    let is_overtaken = any(|step| is_exchange(step) && step.missed.is_some());
    [
        is_consistent.then_some(
            "If it depends on the order of its `SeqCst` accesses: loom takes them for ones that acquire \
             and release, and knows that order of fences only; put `fence(SeqCst)` between a store and \
             the load after it",
        ),
        is_overtaken.then_some(
            "If it depends on what an exchange has not seen: loom may order a plain store before an \
             exchange that races with it, which the memory model forbids; make the store a `swap` to \
             see",
        ),
    ]
    .into_iter()
    .flatten()
}

fn is_exchange(step: &Step) -> bool {
    ["swap", "compare_exchange", "fetch_"].iter().any(|name| step.operation.starts_with(name))
}
