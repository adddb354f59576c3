//! Faults in words: what one did in a step, and what to make of it.

use crate::callsite::user_place;
use reveille_sim::{Event, Kind, Law, Trace, What};

/// What a fault did, in few words; none for other events.
pub(crate) fn verb(event: &Event) -> Option<String> {
    let words = match &event.what {
        What::Chosen { kind: Kind::TornWrite, option: 2.., .. } => {
            "a write that was not synced is torn"
        }
        What::Chosen { kind, option: 1.., .. } => match kind {
            Kind::TornWrite => "a change that was not synced is lost",
            Kind::FreshWaker => "gets a fresh waker",
            Kind::LateTimer => "a timer that is due is late",
            Kind::ReentrantWaker => "inside that call another task runs:",
            Kind::PanickingClone => "the clone of a waker panics",
            Kind::LateEvent => "an event that is due is late",
            Kind::ShortIo => "moves fewer bytes than it could",
            _ => return None,
        },
        What::Cancelled { at, forgotten } => {
            let how = if *forgotten { "forgets" } else { "drops" };
            // A suite has a `cancellable` of its own.
            let which = match user_place(at) {
                Some(place) => format!("the future under `cancellable` at {place}"),
                None => "the future that it waits for".to_owned(),
            };
            return Some(format!("{how} {which}"));
        }
        _ => return None,
    };
    Some(words.to_owned())
}

/// Whether the event says that the next wake is held up.
pub(crate) fn delays_a_wake(event: &Event) -> bool {
    matches!(event.what, What::Chosen { kind: Kind::DelayedWake, option: 1, .. })
}

/// Whether the event says that the next load gives a value that is not the newest.
pub(crate) fn makes_a_load_stale(event: &Event) -> bool {
    matches!(event.what, What::Chosen { kind: Kind::StaleLoad, option: 1.., .. })
}

/// A hint for each kind of fault that struck and may surprise whoever wrote the test.
pub(crate) fn hints(law: Law, trace: &Trace) -> Vec<&'static str> {
    let struck = |kind: Kind| {
        let is_it = |event: &Event| matches!(event.what, What::Chosen { kind: k, option, .. } if k == kind && option != 0);
        trace.events().take_while(|e| e.what != What::Teardown).any(is_it)
    };
    let mut kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| struck(*kind)).collect();
    // Of that law everything is said.
    kinds.retain(|kind| law != Law::WakeInLock || *kind != Kind::ReentrantWaker);
    kinds.into_iter().filter_map(hint).collect()
}

fn hint(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::DelayedWake => {
            "a wake took effect late, after other tasks and timers: a timeout may win against a wake that \
             came first, and an exact time does not hold; `without(delayed_wake)` switches it off"
        }
        Kind::LateTimer => {
            "a timer fired late, as on a loaded machine: an exact time in an assertion does not hold, nor \
             does the order of two sleeps; `without(late_timer)` switches it off"
        }
        Kind::Cancellation => {
            "a future under `cancellable` was cancelled at an await: what it had taken must not be lost \
             with it; `without(cancellation)` switches it off"
        }
        Kind::ForgottenFuture => {
            "a future was forgotten in place of being dropped: nothing may rely on a destructor; the test \
             asked for it by `with(forgotten_future)`"
        }
        Kind::ReentrantWaker => {
            "a call of a waker ran another task at once, as some executors do; the test asked for it by \
             `with(reentrant_waker)`"
        }
        Kind::PanickingClone => {
            "the clone of a waker panicked and ended the task: clone it before anything is changed; the \
             test asked for it by `with(panicking_clone)`"
        }
        Kind::StaleLoad => {
            "a load gave a value that was not the newest, as the memory model permits it there: ask for the order \
             that the code relies on (`Acquire` and `Release` hand over, `SeqCst` agrees on one order); \
             `without(stale_load)` switches it off"
        }
        _ => return hint_of_io(kind),
    })
}

fn hint_of_io(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::SpuriousReadiness => {
            "a source was said to be ready though it was not, as a kernel may: try the operation, and wait \
             again if it would block; `without(spurious_readiness)` switches it off"
        }
        Kind::LateEvent => {
            "an event came late, after others that were due later; `without(late_event)` switches it off"
        }
        Kind::ShortIo => {
            "a read or a write moved fewer bytes than it was given room for, as every read and write may; \
             `without(short_io)` switches it off"
        }
        Kind::Interrupted => {
            "an operation was interrupted: try it again; the test asked for it by `with(interrupted)`"
        }
        Kind::Latency => {
            "what was sent took longer than the shortest time of its link; `without(latency)` switches it \
             off"
        }
        Kind::Loss => "a datagram was lost; the test, or its network, permits it: `loss`",
        Kind::Duplication => {
            "a datagram arrived twice; the test, or its network, permits it: `duplication`"
        }
        Kind::Reordering => {
            "a datagram was overtaken by later ones; the test, or its network, permits it: `reordering`"
        }
        Kind::Reset => "a connection was reset; the test, or its network, permits it: `reset`",
        Kind::Refused => {
            "a connection was refused; the test, or its network, permits it: `refused`"
        }
        Kind::DiskFull => "a disk was full; the test asked for it by `with(disk_full)`",
        Kind::TornWrite => {
            "a crash tore what was not synced: only what `sync_all` or `sync_data` has returned for is \
             safe, and a name when `sync_all` has on its directory; `without(torn_write)` switches it off"
        }
        Kind::CancelOutcome => {
            "an operation was cancelled too late and ended as if it were not; \
             `without(cancel_outcome)` switches it off"
        }
        _ => return None,
    })
}
