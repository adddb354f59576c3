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
}
