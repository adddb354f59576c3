//! `panic`: of the body, of a task whose handle nobody reads, in a destructor.

use crate::golden::{breaks, golden, report, run};

golden! {
    "panic" body_panics;
    "panic" body_returns_an_error;
    "panic" body_unwraps_the_error_of_a_task;
    "panic" detached_task_panics;
    "panic" handle_is_never_read;
    "panic" destructor_panics;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn body_panics() {
    let answer = reveille::spawn(async { 6 * 9 });
    assert_eq!(answer.await.unwrap(), 42, "the answer");
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn body_returns_an_error() -> Result<(), std::num::ParseIntError> {
    let number: u32 = "many".parse()?;
    assert_eq!(number, 7);
    Ok(())
}

/// The error that is unwrapped says nothing of the line that the task panicked in.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn body_unwraps_the_error_of_a_task() {
    let numbers = [1, 2];
    let task = reveille::spawn(async move { numbers.get(2).copied().unwrap() });
    for _ in 0..20 {
        reveille::yield_now().await;
    }
    task.await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn detached_task_panics() {
    drop(reveille::spawn(async { panic!("nobody hears this") }));
    reveille::yield_now().await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn handle_is_never_read() {
    let task = reveille::spawn(async { panic!("nobody reads this") });
    while !task.is_finished() {
        reveille::yield_now().await;
    }
}

#[reveille::test(runs = 100_000)]
async fn a_join_error_that_is_read_is_the_users() {
    let task = reveille::spawn(async { panic!("read below") });
    let error = task.await.map(|never: ()| never).unwrap_err();
    assert!(error.is_panic());
    assert_eq!(error.to_string(), "task 1 panicked with message \"read below\"");
    assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "read below");
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn destructor_panics() {
    let guard = PanicsWhenDropped;
    let task = reveille::spawn(async move {
        let _guard = guard;
        std::future::pending::<()>().await;
    });
    reveille::yield_now().await;
    task.abort();
    drop(task);
    reveille::yield_now().await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn panics_while_panicking() {
    let _guard = PanicsWhenDropped;
    panic!("the first panic");
}

/// Rust aborts the process; the tape is told before.
#[test]
fn a_panic_while_panicking_tells_the_tape() {
    let output = run("panics::panics_while_panicking", &[]);
    let told = report(&output);
    assert!(output.status.code().is_none(), "the process should have aborted:\n{told}");
    assert!(
        told.contains("`zoo::panics::panics_while_panicking` breaks the law panic\n"),
        "{told}"
    );
    assert!(told.contains("the first panic: the first panic (at "), "{told}");
    assert!(told.contains("REVEILLE_REPLAY=v1/"), "{told}");
}

/// A test that should panic passes if it does.
#[reveille::test]
#[should_panic(expected = "the answer is wrong")]
async fn should_panic_works() {
    panic!("the answer is wrong");
}

#[test]
fn should_panic_fails_if_nothing_panics() {
    let output = run("panics::should_panic_but_does_not", &[]);
    assert!(!output.status.success());
}

#[reveille::test]
#[ignore = "broken on purpose"]
#[should_panic(expected = "never")]
async fn should_panic_but_does_not() {}

#[test]
fn golden_files_hold_what_a_user_sees() {
    // The macro above makes the names; this one pins the way from name to file.
    breaks("panic", "panics::body_panics");
}
