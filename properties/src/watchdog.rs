//! The law `blocking-poll`: a poll that does not return, seen in real time; inside a
//! call of a waker that ran the task at once it is `wake-in-lock`.
//!
//! Nothing inside a run can stop a poll that blocks, so a thread outside counts
//! heartbeats. When a poll has gone on for too long it sends a signal to the
//! thread that is stuck, and the handler there tells law, task, tape and stack,
//! [keeps the run](crate::ended) and ends the process: only that thread can see its own
//! stack and read the tape while nobody writes it. Should the handler get stuck as well
//! (the poll may hold the allocator's lock), the watchdog ends the process without it; the
//! run is kept by then.
//!
//! How long is counted in its own looks: while a process is stopped or its machine sleeps,
//! the watchdog does, too, and no poll is to blame for that.

use reveille_sim::Pulse;
use std::time::Duration;

/// Keeps a check under watch until it is dropped.
#[derive(Debug)]
pub(crate) struct Watched {
    #[cfg(unix)]
    number: u64,
}

#[cfg(not(unix))]
pub(crate) fn abort_in_the_end() {}

#[cfg(not(unix))]
pub(crate) fn watch(_pulse: &'static Pulse, _limit: Duration) -> Watched {
    Watched {}
}

#[cfg(unix)]
pub(crate) use unix::{abort_in_the_end, aborts_in_the_end, watch};
#[cfg(target_os = "linux")]
pub(crate) use unix::{leave_alarms_to_others, watch_fork};

#[cfg(unix)]
mod unix {
    use super::{Duration, Pulse, Watched};
    use crate::callsite::{is_thread, user_place};
    use crate::{advice, ended, report};
    use reveille_sim::{Law, TaskId};
    use std::fmt::Write as _;
    use std::panic::Location;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, Once};

    /// How often the watchdog looks.
    const PERIOD: Duration = Duration::from_millis(100);
    /// What the handler is given before the process is ended without it.
    const GRACE: Duration = Duration::from_secs(3);
    /// The exit code, as of any failing test.
    const FAILED: i32 = 101;
    /// Seconds that a forked run may take in all.
    #[cfg(target_os = "linux")]
    const LONGEST_FORK: u32 = 60;

    struct Entry {
        number: u64,
        thread: libc::pthread_t,
        pulse: &'static Pulse,
        limit: Duration,
        stillness: Stillness,
    }

    /// For how long the pulse of a run has stood still within a poll.
    #[derive(Debug, Default)]
    pub(super) struct Stillness {
        beats: u64,
        lasts: Duration,
    }

    impl Stillness {
        /// Looks at the pulse after one more period.
        pub(super) fn look(&mut self, beats: u64) -> Duration {
            let is_in_poll = beats % 2 == 1;
            self.lasts = match is_in_poll && beats == self.beats {
                true => self.lasts + PERIOD,
                false => Duration::ZERO,
            };
            self.beats = beats;
            self.lasts
        }
    }

    struct Entries {
        next: u64,
        entries: Vec<Entry>,
    }

    // SAFETY: a `pthread_t` is a name of a thread that any thread may use.
    unsafe impl Send for Entries {}

    static ENTRIES: Mutex<Entries> = Mutex::new(Entries { next: 0, entries: Vec::new() });

    fn with_entries<R>(f: impl FnOnce(&mut Entries) -> R) -> R {
        f(&mut ENTRIES.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Watches the calling thread, whose runs beat `pulse`.
    pub(crate) fn watch(pulse: &'static Pulse, limit: Duration) -> Watched {
        static STARTED: Once = Once::new();
        STARTED.call_once(|| {
            install_handler(signal());
            // Without the thread a blocked poll hangs, as it would without us.
            let _ = std::thread::Builder::new().name("reveille-watchdog".into()).spawn(patrol);
        });
        with_entries(|all| {
            all.next += 1;
            // SAFETY: it has no preconditions.
            let thread = unsafe { libc::pthread_self() };
            let (number, stillness) = (all.next, Stillness::default());
            all.entries.push(Entry { number, thread, pulse, limit, stillness });
            Watched { number }
        })
    }

    impl Drop for Watched {
        fn drop(&mut self) {
            with_entries(|all| all.entries.retain(|entry| entry.number != self.number));
        }
    }

    /// Watches a forked process, whose runs take place on the calling thread; the
    /// watchdog itself did not come along.
    #[cfg(target_os = "linux")]
    pub(crate) fn watch_fork() {
        install_handler(libc::SIGALRM);
        // SAFETY: it has no preconditions.
        unsafe { libc::alarm(LONGEST_FORK) };
    }

    /// Keeps the alarm of a forked process from the calling thread.
    #[cfg(target_os = "linux")]
    pub(crate) fn leave_alarms_to_others() {
        // SAFETY: the set is initialised before it is used.
        unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            libc::sigaddset(&raw mut set, libc::SIGALRM);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
        }
    }

    fn signal() -> libc::c_int {
        #[cfg(target_os = "linux")]
        return libc::SIGRTMIN() + 5;
        #[cfg(not(target_os = "linux"))]
        libc::SIGUSR2
    }

    fn install_handler(signal: libc::c_int) {
        // SAFETY: the action is initialised whole, and the handler takes the
        // arguments that a plain action gives.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_signal as *const () as libc::sighandler_t;
            libc::sigemptyset(&raw mut action.sa_mask);
            libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        }
    }

    fn patrol() {
        loop {
            std::thread::sleep(PERIOD);
            let stuck = with_entries(|all| {
                all.entries.iter_mut().find_map(|entry| {
                    let lasts = entry.stillness.look(entry.pulse.beats());
                    (lasts > entry.limit).then_some(entry.thread)
                })
            });
            if let Some(thread) = stuck {
                // SAFETY: its entry is on the list, so the thread is alive.
                unsafe { libc::pthread_kill(thread, signal()) };
                std::thread::sleep(GRACE);
                say(
                    "reveille: a poll does not return (the law blocking-poll), and its stack cannot be had\n",
                );
                end(ended::last_lines_of_any_thread());
            }
        }
    }

    extern "C" fn on_signal(_signal: libc::c_int) {
        #[cfg(reveille_threads)]
        if let Some(thread) = reveille_threads::calls::driven() {
            // That one alone can see its stack.
            // SAFETY: threads of strands live as long as the process.
            unsafe { libc::pthread_kill(thread, signal()) };
            return;
        }
        if !reveille_sim::in_run() {
            return;
        }
        let nested = reveille_sim::current_nested();
        let law = if nested.is_some() { Law::WakeInLock } else { Law::BlockingPoll };
        // Before anything is allocated: the poll may be in the middle of that.
        let last_lines = ended::last_lines(law, "ended by the watchdog").unwrap_or_default();
        let test = ended::test_of_this_thread();
        let mut text = format!("\nreveille: `{test}` breaks the law {law}\n\n");
        let _ = writeln!(text, "  {} (suspected: the poll may merely be slow)\n", law.sentence());
        let whence = |task, at: &Location<'_>| match task {
            TaskId::ROOT => format!("{task}, the body of the test"),
            _ if is_thread(at) => format!("{task}, a thread"),
            _ => match user_place(at) {
                Some(place) => format!("{task}, spawned at {place}"),
                None => task.to_string(),
            },
        };
        let within = reveille_sim::current_within();
        let within =
            within.map_or(String::new(), |within| format!(", in `{within}` of the adapter"));
        let step = reveille_sim::current_step().unwrap_or_default();
        let polled = reveille_sim::current_task().map(|(task, at)| whence(task, at));
        if let Some(nested) = nested {
            let _ = writeln!(text, "  who    {}", whence(nested.caller, nested.caller_spawned_at));
            let _ = writeln!(
                text,
                "  what   in step {step} it called a waker; {}, was run inside that call and does\n         \
                 not return; the process is ended",
                polled.unwrap_or_default()
            );
        } else {
            if let Some(polled) = polled {
                let _ = writeln!(text, "  who    {polled}");
            }
            let _ = writeln!(
                text,
                "  what   its poll, in step {step}, does not return{within}; the process is ended"
            );
        }
        if let Some(advice) = advice::what_to_try(law) {
            let _ = write!(text, "\n{}", report::to_try(advice, report::width()));
        }
        text.push_str(last_lines);
        say(&text);
        let stack = std::backtrace::Backtrace::force_capture();
        let mut text = String::from("\n  the stack of the poll:\n");
        let mut frames = crate::callsite::user_frames(&stack);
        // Around a function stands the code that begins it.
        frames.dedup_by(|outer, inner| outer.function_name() == inner.function_name());
        for frame in frames {
            let _ = writeln!(text, "    {frame}");
        }
        end(&text);
    }

    /// Writes past every buffer and capture: the process is about to end.
    fn say(text: &str) {
        // SAFETY: the bytes are valid for their length.
        unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
    }

    static ABORTS: AtomicBool = AtomicBool::new(false);

    /// From now on a process is ended by a signal: a fuzzer keeps the input of a crash,
    /// not of an exit.
    pub(crate) fn abort_in_the_end() {
        ABORTS.store(true, Ordering::Relaxed);
    }

    pub(crate) fn aborts_in_the_end() -> bool {
        ABORTS.load(Ordering::Relaxed)
    }

    fn end(text: &str) -> ! {
        say(text);
        if aborts_in_the_end() {
            std::process::abort();
        }
        // SAFETY: it has no preconditions.
        unsafe { libc::_exit(FAILED) }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::unix::Stillness;

    #[test]
    fn a_poll_lasts_as_long_as_the_watchdog_has_looked_at_it() {
        let mut stillness = Stillness::default();
        let looks = [2, 2, 3, 3, 3, 5, 5, 6, 6, 7].map(|beats| stillness.look(beats).as_millis());
        assert_eq!(looks, [0, 0, 0, 100, 200, 0, 100, 0, 0, 0]);
    }
}
