//! The laws: the clauses of the contract between a future, its waker and its
//! executor, each with a stable name and a level.

use std::fmt;

macro_rules! laws {
    ($($(#[$doc:meta])* $variant:ident $name:literal $level:ident $certainty:ident $sentence:literal;)*) => {
        /// One clause of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Law { $($(#[$doc])* $variant,)* }

        impl Law {
            /// Every law.
            pub const ALL: &'static [Law] = &[$(Law::$variant,)*];

            /// The stable name, in kebab case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Law::$variant => $name,)* }
            }

            /// The level that a test has if it sets none.
            #[must_use]
            pub const fn default_level(self) -> Level {
                match self { $(Law::$variant => Level::$level,)* }
            }

            /// Whether a verdict by this law is proven or a well-founded guess.
            #[must_use]
            pub const fn certainty(self) -> Certainty {
                match self { $(Law::$variant => Certainty::$certainty,)* }
            }

            /// What the law demands, in one plain sentence.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Law::$variant => $sentence,)* }
            }
        }
    };
}

laws! {
    /// A future returned `Pending` and nothing can wake it.
    PendingWithoutWaker "pending-without-waker" Deny Certain
        "a future that returns Pending must first keep a clone of its waker where somebody will wake it";
    /// A future kept the waker of an earlier poll.
    StaleWaker "stale-waker" Deny Certain
        "a future that is polled again must replace the waker it kept by that of the latest poll";
    /// The last waker of a waiting task was dropped unwoken.
    WakerDropped "waker-dropped" Deny Certain
        "whoever holds the last waker of a waiting task must wake it, not just drop it";
    /// Tasks wait for each other in a circle.
    Deadlock "deadlock" Deny Certain
        "tasks must not wait for each other in a circle";
    /// Tasks hold wakers that nobody left will ever wake.
    Stuck "stuck" Deny Certain
        "whoever keeps a waker must wake it before everything comes to rest";
    /// Time goes by and the test does not get on.
    SuspectedStuck "suspected-stuck" Deny Suspected
        "a test must get on, and end, while time passes";
    /// Tasks keep waking each other without progress.
    SuspectedLivelock "suspected-livelock" Deny Suspected
        "tasks must not wake each other for ever without getting anywhere";
    /// A task keeps waking itself without progress.
    BusyPoll "busy-poll" Deny Suspected
        "a task must not wake itself for ever while it waits";
    /// One poll does work without end.
    Starvation "starvation" Deny Suspected
        "a poll must return after bounded work, so that others get their turn";
    /// More and more tasks are spawned, faster than they end.
    RunawaySpawn "runaway-spawn" Deny Suspected
        "tasks must not be spawned without bound, faster than they end";
    /// A poll does not return.
    BlockingPoll "blocking-poll" Deny Suspected
        "a poll must not block its thread";
    /// A poll that nobody asked for did harm.
    SpuriousPoll "spurious-poll" Deny Certain
        "a future must bear a poll that nobody asked for, and stay registered";
    /// A future was polled after it had returned `Ready`.
    PollAfterReady "poll-after-ready" Deny Certain
        "a future that has returned Ready must not be polled again";
    /// A future was woken and put aside.
    Snoozed "snoozed" Deny Certain
        "a future that was woken must be polled again or dropped, not put aside";
    /// A wake that ran the task at once made it panic or hang.
    WakeInLock "wake-in-lock" Deny Certain
        "wakers must not be cloned, woken or dropped while a lock is held that the woken task needs";
    /// The test ended and left a task behind that nothing can wake.
    TaskLeak "task-leak" Warn Certain
        "a test should not end with a task left behind that nothing can wake";
    /// Wakers outlived the run.
    WakerLeak "waker-leak" Warn Certain
        "wakers should be dropped when the futures that were given them are gone";
    /// Memory outlived the run.
    MemoryLeak "memory-leak" Deny Certain
        "a run must give back all the memory that it takes";
    /// A panic that nobody can observe, or that of the test itself.
    Panic "panic" Deny Certain
        "a panic must be seen by somebody";
    /// A property that the test declared does not hold.
    Property "property" Deny Certain
        "a property that the test declares must hold in every run";
    /// Memory that was handed to an operation was touched before its completion.
    BufferInFlight "buffer-in-flight" Deny Certain
        "memory that was handed to an operation must be left alone until its completion";
    /// Threads touched the same memory, one of them to write, and nothing put them in an order.
    DataRace "data-race" Deny Certain
        "memory that one thread writes must not be touched by another one without an order between them";
    /// The run used a socket, a file, a sleep or a thread of the machine.
    OutsideWorld "outside-world" Warn Certain
        "a test should take sockets, files, sleeps and threads from the run, not from the machine";
    /// The same tape gave other events.
    Nondeterminism "nondeterminism" Deny Certain
        "a test must take its randomness, time and threads from the run alone";
}

impl Law {
    /// The law of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Law> {
        Law::ALL.iter().copied().find(|law| law.name() == name)
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It follows from the events.
    Certain,
    /// It rests on a bound, because the inner state of a future cannot be seen.
    Suspected,
}

/// What a broken law does to a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    Allow,
    /// It is reported, and the test goes on.
    Warn,
    /// The test fails.
    Deny,
}

impl Level {
    /// The name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The level of every law.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Levels([Level; Law::ALL.len()]);

impl Levels {
    /// The level of `law`.
    #[must_use]
    #[inline]
    pub const fn get(&self, law: Law) -> Level {
        self.0[law as usize]
    }

    /// Sets the level of `law`.
    pub const fn set(&mut self, law: Law, level: Level) {
        self.0[law as usize] = level;
    }
}

impl Default for Levels {
    fn default() -> Self {
        let mut levels = Levels([Level::Deny; Law::ALL.len()]);
        for law in Law::ALL {
            levels.set(*law, law.default_level());
        }
        levels
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(Law::ALL.iter().map(|law| (law.name(), self.get(*law)))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_lead_back() {
        for law in Law::ALL {
            assert_eq!(Law::from_name(law.name()), Some(*law));
            assert!(law.name().chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert_eq!(Levels::default().get(*law), law.default_level());
        }
    }
}
