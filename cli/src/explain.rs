//! `cargo reveille explain`: a page for every law and every fault, and for the engine of threads.
//!
//! A page is a file of Markdown. Its examples are tests that are run as documentation is: what
//! is said to break a law breaks that law and no other, and what is said to mend it passes. The
//! lines that say so begin with `# `, and [`Page::render`] leaves them out, as rustdoc does.

mod inline;
mod nearest;
mod render;

pub use nearest::Unknown;
pub(crate) use render::render;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topic {
    /// A [law](reveille::Law) that a run may break.
    Law,
    /// A fault, one of the [kinds](reveille::Kind) of choices, that a run may suffer.
    Fault,
    /// What makes the runs, where it is not the usual one.
    Engine,
}

/// The page of a law, of a fault or of an engine.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The name of the law, the fault or the engine.
    pub name: &'static str,
    /// Which of these it is.
    pub topic: Topic,
    /// The whole page, in Markdown.
    pub text: &'static str,
}

macro_rules! pages {
    ($($topic:ident in $folder:literal { $($module:ident $name:literal,)* })*) => {
        const PAGES: &[Page] = &[$($(Page {
            name: $name,
            topic: Topic::$topic,
            text: include_str!(concat!("explain/", $folder, "/", $name, ".md")),
        },)*)*];

        /// Where `cargo test --doc` finds the examples.
        #[cfg(doctest)]
        mod examples {
            $($(
                #[doc = include_str!(concat!("explain/", $folder, "/", $name, ".md"))]
                mod $module {}
            )*)*
        }
    };
}

// The fault `spurious-poll` has a law of the same name, whose page tells of both.
pages! {
    Law in "laws" {
        pending_without_waker "pending-without-waker",
        stale_waker "stale-waker",
        waker_dropped "waker-dropped",
        deadlock "deadlock",
        stuck "stuck",
        suspected_stuck "suspected-stuck",
        suspected_livelock "suspected-livelock",
        busy_poll "busy-poll",
        starvation "starvation",
        runaway_spawn "runaway-spawn",
        blocking_poll "blocking-poll",
        spurious_poll "spurious-poll",
        poll_after_ready "poll-after-ready",
        snoozed "snoozed",
        wake_in_lock "wake-in-lock",
        task_leak "task-leak",
        waker_leak "waker-leak",
        memory_leak "memory-leak",
        panic "panic",
        property "property",
        buffer_in_flight "buffer-in-flight",
        data_race "data-race",
        outside_world "outside-world",
        nondeterminism "nondeterminism",
    }
    Fault in "faults" {
        fresh_waker "fresh-waker",
        delayed_wake "delayed-wake",
        late_timer "late-timer",
        cancellation "cancellation",
        forgotten_future "forgotten-future",
        reentrant_waker "reentrant-waker",
        panicking_clone "panicking-clone",
        spurious_readiness "spurious-readiness",
        late_event "late-event",
        short_io "short-io",
        interrupted "interrupted",
        latency "latency",
        loss "loss",
        duplication "duplication",
        reordering "reordering",
        reset "reset",
        refused "refused",
        disk_full "disk-full",
        torn_write "torn-write",
        cancel_outcome "cancel-outcome",
        stale_load "stale-load",
    }
    Engine in "engines" {
        threads "threads",
    }
}

/// Every page: those of the laws, then those of the faults, then that of the engine.
#[must_use]
pub fn pages() -> &'static [Page] {
    PAGES
}

/// The page of a law, of a fault or of an engine, named as in a report (`stale-waker`) or as in a test
/// (`stale_waker`).
///
/// # Errors
///
/// [`Unknown`], with the names that are nearest, if there is none of that name.
///
/// ```
/// use cargo_reveille::explain::page;
///
/// assert!(page("stale-waker").unwrap().text.starts_with("# stale-waker\n"));
/// assert_eq!(page("delayed_wake").unwrap().name, "delayed-wake");
/// assert_eq!(page("deadlok").unwrap_err().nearest(), ["deadlock"]);
/// ```
pub fn page(name: &str) -> Result<&'static Page, Unknown> {
    let wanted = name.trim().to_lowercase().replace('_', "-");
    PAGES.iter().find(|page| page.name == wanted).ok_or_else(|| Unknown::of(name, &wanted))
}

impl Page {
    /// The page for a terminal of so many columns, with its code as a reader sees it. With
    /// `styled` it has colours and the like, by the escape sequences of ANSI.
    #[must_use]
    pub fn render(&self, width: usize, styled: bool) -> String {
        render(self.text, width, styled)
    }
}
