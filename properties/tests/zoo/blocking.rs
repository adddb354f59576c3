//! `blocking-poll`: a poll that does not return ends the process with a report.

use crate::golden::{report, run, tape};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
#[ignore = "broken on purpose"]
#[allow(clippy::await_holding_lock)]
fn blocks_on_a_lock() {
    let checker = reveille::Checker::new().name("zoo::blocking::blocks_on_a_lock");
    checker.watchdog(Duration::from_millis(500)).check(|| async {
        let lock = Arc::new(Mutex::new(0));
        let held = lock.clone();
        let holder = reveille::spawn_local(async move {
            let mut guard = held.lock().unwrap();
            reveille::yield_now().await;
            *guard += 1;
        });
        reveille::yield_now().await;
        *lock.lock().unwrap() += 1;
        holder.await.unwrap();
    });
}

#[test]
fn is_named_with_its_stack_and_tape() {
    let output = run("blocking::blocks_on_a_lock", &[]);
    let told = report(&output);
    assert_eq!(output.status.code(), Some(101), "{told}");
    for part in [
        "reveille: `zoo::blocking::blocks_on_a_lock` breaks the law blocking-poll\n",
        "  who    root, the body of the test\n",
        "  what   its poll, in step 3, does not return; the process is ended\n",
        "the stack of the poll:\n",
        "cargo test -p reveille blocking::blocks_on_a_lock\n",
    ] {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
    if cfg!(debug_assertions) {
        assert!(told.contains("tests/zoo/blocking.rs:"), "no line of the test in\n{told}");
    }
    let again = run("blocking::blocks_on_a_lock", &[("REVEILLE_REPLAY", tape(&told))]);
    assert!(report(&again).contains("breaks the law blocking-poll\n"));
}

#[reveille::test(runs = 100_000)]
async fn does_not_hold_a_lock_across_an_await() {
    let lock = Arc::new(Mutex::new(0));
    let other = lock.clone();
    let task = reveille::spawn(async move {
        *other.lock().unwrap() += 1;
        reveille::yield_now().await;
        *other.lock().unwrap() += 1;
    });
    reveille::yield_now().await;
    *lock.lock().unwrap() += 1;
    task.await.unwrap();
    assert_eq!(*lock.lock().unwrap(), 3);
}
