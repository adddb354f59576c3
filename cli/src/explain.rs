//! A page.

macro_rules! pages {
    ($($kind:literal: $($module:ident $name:literal)*;)*) => {
        #[cfg(doctest)]
        mod examples {
            $($(
                #[doc = include_str!(concat!("explain/", $kind, "/", $name, ".md"))]
                mod $module {}
            )*)*
        }
    };
}
pages! {
    "laws":
        pending_without_waker "pending-without-waker"
        stale_waker "stale-waker"
        waker_dropped "waker-dropped"
        deadlock "deadlock"
        stuck "stuck"
        suspected_stuck "suspected-stuck"
        suspected_livelock "suspected-livelock"
        busy_poll "busy-poll"
        starvation "starvation"
        runaway_spawn "runaway-spawn"
        blocking_poll "blocking-poll"
        spurious_poll "spurious-poll"
        poll_after_ready "poll-after-ready"
        snoozed "snoozed"
        wake_in_lock "wake-in-lock"
        task_leak "task-leak"
        waker_leak "waker-leak"
        memory_leak "memory-leak"
        panic "panic"
        property "property"
        buffer_in_flight "buffer-in-flight"
        outside_world "outside-world"
        nondeterminism "nondeterminism"
    ;
    "faults":
        fresh_waker "fresh-waker"
        delayed_wake "delayed-wake"
        late_timer "late-timer"
        cancellation "cancellation"
        forgotten_future "forgotten-future"
        reentrant_waker "reentrant-waker"
        panicking_clone "panicking-clone"
        spurious_readiness "spurious-readiness"
        late_event "late-event"
        short_io "short-io"
        interrupted "interrupted"
        latency "latency"
        loss "loss"
        duplication "duplication"
        reordering "reordering"
        reset "reset"
        refused "refused"
        disk_full "disk-full"
        torn_write "torn-write"
        cancel_outcome "cancel-outcome"
    ;
}
