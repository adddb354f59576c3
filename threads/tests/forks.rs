//! Children of processes that are forked within a run: they are no part of it.
#![cfg(reveille_threads)]

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

fn passes(name: &str, body: impl AsyncFn()) {
    reveille::Checker::new().name(name).corpus(false).runs(100).check(|| body());
}

/// What the status says of a child that does `work` and nothing else.
fn child(work: impl FnOnce() -> i32) -> ExitStatus {
    // SAFETY: the child touches nothing that another thread of its parent may have left half done.
    match unsafe { libc::fork() } {
        // SAFETY: it has no preconditions.
        0 => unsafe { libc::_exit(work()) },
        child => waited(child),
    }
}

fn waited(child: libc::pid_t) -> ExitStatus {
    let mut status = 0;
    // SAFETY: the place is valid.
    let answer = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(answer, child);
    ExitStatus::from_raw(status)
}

#[test]
fn no_other_strand_runs_in_a_child() {
    passes("forks_among_others", async || {
        let count = Arc::new(AtomicU32::new(0));
        let counted = count.clone();
        let forking = thread::spawn(move || {
            let status = child(|| {
                let before = counted.load(SeqCst);
                // More than a strand may do in a row.
                (0..3_000).for_each(|_| _ = counted.load(SeqCst));
                i32::from(counted.load(SeqCst) != before)
            });
            status.code()
        });
        let other = thread::spawn(move || (0..50).for_each(|_| _ = count.fetch_add(1, SeqCst)));
        assert_eq!(forking.join().unwrap(), Some(0));
        other.join().unwrap();
    });
}

#[test]
fn a_child_has_the_threads_and_the_clock_of_any_process() {
    passes("begins_threads", async || {
        let virtually = std::time::Instant::now();
        let status = child(|| {
            let thread = thread::spawn(|| thread::current().id() != thread::current().id());
            let is_outside = !reveille::in_run() && std::time::Instant::now() != virtually;
            i32::from(thread.join().unwrap() || !is_outside)
        });
        assert_eq!(status.code(), Some(0));
    });
}

/// The run would go on twice.
#[test]
fn a_child_that_comes_back_is_ended() {
    passes("comes_back", async || {
        let forking = thread::spawn(|| {
            // SAFETY: as above.
            match unsafe { libc::fork() } {
                0 => None,
                child => waited(child).code(),
            }
        });
        assert_eq!(forking.join().unwrap(), Some(101));
    });
}

#[test]
fn the_end_of_a_child_is_not_that_of_the_run() {
    passes("child_aborts", async || {
        let status = thread::spawn(|| child(|| std::process::abort())).join().unwrap();
        assert_eq!(status.signal(), Some(libc::SIGABRT));
    });
}

#[test]
fn commands_are_run() {
    let checker = reveille::Checker::new().name("runs_commands").corpus(false).runs(100);
    // What the standard library remembers of the system, and the lock of the environment, are the
    // process's own and no run's.
    checker.allow(reveille::Law::Nondeterminism).check(async || {
        let run = |name| thread::spawn(move || std::process::Command::new(name).status().unwrap());
        assert!(run("true").join().unwrap().success());
        assert!(!run("false").join().unwrap().success());
    });
}
