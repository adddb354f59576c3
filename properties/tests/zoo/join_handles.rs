//! `poll-after-ready` of a join handle.

use crate::golden::golden;

golden! {
    "poll-after-ready" awaits_twice;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn awaits_twice() {
    let mut task = reveille::spawn(async { 42 });
    assert_eq!((&mut task).await.unwrap(), 42);
    let _ = (&mut task).await;
}

#[reveille::test(runs = 100_000)]
async fn awaits_once() {
    let mut task = reveille::spawn(async { 42 });
    assert_eq!((&mut task).await.unwrap(), 42);
    assert!(task.is_finished());
}
