//! Tests as a gate meets them. They are ignored: the tests beside them have a gate run them.

use reveille::time::sleep;
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// One of two may be late: true in some schedules.
async fn one_is_late() -> bool {
    let first = Rc::new(RefCell::new(None));
    for name in [1, 2] {
        let first = first.clone();
        drop(reveille::spawn_local(async move {
            first.borrow_mut().get_or_insert(name);
        }));
    }
    sleep(Duration::from_millis(1)).await;
    *first.borrow() == Some(2)
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn passes() {
    let _ = one_is_late().await;
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn passes_too() {
    for _ in 0..4 {
        let _ = one_is_late().await;
    }
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn has_one_schedule() {}

/// A slot that keeps the first waker alone.
async fn wait_in(slot: Rc<RefCell<(bool, Option<Waker>)>>) {
    poll_fn(|cx| {
        let mut slot = slot.borrow_mut();
        if slot.0 {
            return Poll::Ready(());
        }
        slot.1.get_or_insert_with(|| cx.waker().clone());
        Poll::Pending
    })
    .await;
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn loses_a_wakeup() {
    let slot = Rc::new(RefCell::new((false, None::<Waker>)));
    let waiting = [
        reveille::spawn_local(wait_in(slot.clone())),
        reveille::spawn_local(wait_in(slot.clone())),
    ];
    sleep(Duration::from_millis(1)).await;
    let waker = {
        let mut slot = slot.borrow_mut();
        slot.0 = true;
        slot.1.take()
    };
    waker.into_iter().for_each(Waker::wake);
    for waits in waiting {
        waits.await.unwrap();
    }
}

/// Found only by who searches for longer than usual.
#[reveille::test(runs = 2)]
#[ignore = "run by a gate"]
async fn fails_rarely() {
    let mut late = 0;
    for _ in 0..3 {
        late += u32::from(one_is_late().await);
    }
    assert!(late < 3, "all were late");
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn aborts() {
    if one_is_late().await {
        std::process::abort();
    }
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn overflows_its_stack() {
    fn deep(n: u64) -> u64 {
        if n == 0 { 0 } else { std::hint::black_box(deep(std::hint::black_box(n - 1)) + 1) }
    }
    if one_is_late().await {
        std::hint::black_box(deep(u64::MAX));
    }
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn exits() {
    if one_is_late().await {
        std::process::exit(0);
    }
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn asks_for_too_much_memory() {
    if one_is_late().await {
        std::hint::black_box(Vec::<u8>::with_capacity(isize::MAX as usize));
    }
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn needs_much_memory() {
    if one_is_late().await {
        std::hint::black_box(Vec::<u8>::with_capacity(4 << 30));
    }
}

/// As the system does it when memory is short.
#[reveille::test]
#[ignore = "run by a gate"]
async fn is_killed() {
    if one_is_late().await && one_is_late().await {
        let id = std::process::id().to_string();
        let killed = std::process::Command::new("kill").args(["-9", &id]).status();
        unreachable!("{killed:?}");
    }
}

#[cfg(unix)]
#[reveille::test]
#[ignore = "run by a gate"]
async fn becomes_another_program() {
    use std::os::unix::process::CommandExt;
    if one_is_late().await {
        panic!("{}", std::process::Command::new("true").exec());
    }
}

#[test]
#[ignore = "run by a gate"]
fn hangs_before_its_check() {
    loop {
        std::thread::park();
    }
}

#[test]
#[ignore = "run by a gate"]
fn fails_after_its_check() {
    reveille::check(|| async {});
    panic!("this has nothing to do with the check");
}

#[test]
#[ignore = "run by a gate"]
fn prints_garbage() {
    use std::io::Write;
    let garbage: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    std::io::stdout().write_all(&garbage).unwrap();
    println!("{{\"say\":\"end\",\"how\":\"passed\"}}");
    reveille::check(|| async {});
    std::io::stderr().write_all(&garbage).unwrap();
    panic!("after \u{1b}[31mgarbage");
}

#[test]
#[ignore = "run by a gate"]
fn is_ordinary() {}

#[test]
#[ignore = "run by a gate"]
fn is_ordinary_and_fails() {
    panic!("an ordinary failure");
}

#[reveille::test]
#[ignore = "run by a gate"]
#[should_panic(expected = "as it should")]
async fn fails_as_it_should() {
    panic!("as it should");
}

#[test]
#[ignore = "run by a gate"]
fn has_two_checks() {
    reveille::check(|| async {
        let _ = one_is_late().await;
    });
    reveille::Checker::new().name("the second of two").runs(7).check(|| async {
        let _ = one_is_late().await;
    });
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn says_hostile_things() {
    let text = "\u{1b}[31m</script><script>alert(1)</script>]]>\u{202e}\r\n::error::x";
    let task = reveille::Builder::new().name(text).spawn_local(async {});
    task.await.unwrap();
    panic!("{text}");
}

/// Its runs take their randomness from outside.
#[reveille::test]
#[ignore = "run by a gate"]
async fn draws_from_outside() {
    use std::hash::{BuildHasher, RandomState};
    if RandomState::new().hash_one(1).is_multiple_of(2) {
        reveille::yield_now().await;
    }
}
