//! Tests that fail, or do not, as `EDIT` has it.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// The version of the code: `mended`, or with an edit that has nothing to do with
/// its fault.
fn edit() -> String {
    std::env::var("EDIT").unwrap_or_default()
}

/// Two tasks add one each and may be interrupted; a third has nothing to do with them.
#[reveille::test(runs = 2_000)]
#[ignore = "run by other tests"]
async fn loses_an_update() {
    let edit = edit();
    if edit == "task before" {
        reveille::spawn(async {}).await.unwrap();
    }
    let count = Rc::new(Cell::new(0));
    let add = |name: &str| {
        let (count, mended) = (count.clone(), edit == "mended");
        reveille::Builder::new().name(name).spawn_local(async move {
            let seen = count.get();
            if !mended {
                reveille::point().await;
            }
            count.set(seen + 1);
        })
    };
    let tasks = [add("left"), add("right")];
    let inserted = edit == "yield";
    let noise = reveille::spawn(async move {
        if inserted {
            reveille::yield_now().await;
        }
        reveille::point().await;
    });
    let late = (edit == "task").then(|| reveille::spawn(reveille::yield_now()));
    for task in tasks.into_iter().chain([noise]).chain(late) {
        task.await.unwrap();
    }
    assert_eq!(count.get(), 2);
}

/// A check within the body, which is a mistake.
#[reveille::test]
#[ignore = "run by other tests"]
async fn checks_inside_a_run() {
    reveille::yield_now().await;
    let task = reveille::spawn(async { reveille::check(reveille::yield_now) });
    task.await.unwrap();
}

/// Schedules of proptest within the body, which is one, too.
#[reveille::test(hermetic = true)]
#[ignore = "run by other tests"]
async fn runs_schedules_inside_a_run() {
    use reveille::proptest::prelude::*;
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(schedule in reveille::schedules())| schedule.run(reveille::yield_now));
}

/// Breaks one law, or another if `EDIT` says so.
#[reveille::test]
#[ignore = "run by other tests"]
async fn breaks_one_law_or_another() {
    let shelf: Rc<RefCell<Option<Waker>>> = Rc::default();
    let kept = shelf.clone();
    let waits = reveille::spawn_local(async move {
        reveille::yield_now().await;
        poll_fn::<(), _>(|cx| {
            match edit().as_str() {
                "mended" => return Poll::Ready(()),
                "registers" => *kept.borrow_mut() = Some(cx.waker().clone()),
                _ => {}
            }
            Poll::Pending
        })
        .await;
    });
    waits.await.unwrap();
    drop(shelf);
}

/// Panics at one line and, if `EDIT` says so, at another one.
#[reveille::test]
#[ignore = "run by other tests"]
async fn has_two_faults() {
    let drawn = reveille::draw(4);
    reveille::yield_now().await;
    match edit().as_str() {
        "second" => assert_ne!(drawn, 2, "the second fault"),
        "mended" => {}
        _ => assert_ne!(drawn, 1, "the first fault"),
    }
}

/// Draws in its third turn; if `EDIT` says so in its first, too, or not at all.
#[reveille::test]
#[ignore = "run by other tests"]
async fn has_a_late_fault() {
    let edit = edit();
    if edit.starts_with("draws more") {
        assert!(reveille::draw(4) < 4);
    }
    reveille::yield_now().await;
    reveille::yield_now().await;
    if edit != "draws nothing" {
        let drawn = reveille::draw(4);
        assert!(drawn != 1 || edit.ends_with("mended"), "the late fault");
    }
}

/// Fails in the same place for a reason that `EDIT` decides.
#[reveille::test]
#[ignore = "run by other tests"]
async fn fails_for_some_reason() {
    let wrong: u32 = edit().parse().unwrap_or(0);
    let drawn = reveille::draw(9);
    reveille::yield_now().await;
    assert_ne!(drawn, wrong);
}

/// Fails by a fault that strikes.
#[reveille::test]
#[ignore = "run by other tests"]
async fn counts_its_polls() {
    let mut polls = 0;
    let mut nap = Box::pin(reveille::time::sleep(std::time::Duration::from_millis(1)));
    let nap = poll_fn(move |cx| {
        polls += 1;
        assert!(polls <= 2 || edit() == "mended", "polled once too often");
        nap.as_mut().poll(cx)
    });
    nap.await;
}

/// Fails only where the keys of maps are fixed; without hermetic runs if `EDIT` says so.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by other tests"]
fn rests_on_the_keys_of_a_map() {
    let mut checker = reveille::Checker::new().name("corpus::broken::rests_on_the_keys_of_a_map");
    if edit() == "never hermetic" {
        checker = checker.hermetic(false).runs(1).allow(reveille::Law::Nondeterminism);
    }
    checker.check(|| async {
        let map: std::collections::HashMap<u32, ()> = (0..8).map(|key| (key, ())).collect();
        let first = map.keys().next().copied().unwrap();
        for _ in 0..first {
            reveille::yield_now().await;
        }
        assert!(first != 3 || !edit().is_empty(), "the third key came first");
    });
}

/// Never goes where its tape could be told.
#[reveille::test(corpus = false)]
#[ignore = "run by other tests"]
async fn has_no_corpus() {
    reveille::yield_now().await;
    panic!("on purpose");
}

/// Fails as it should.
#[reveille::test]
#[should_panic(expected = "on purpose")]
#[ignore = "run by other tests"]
async fn should_panic() {
    panic!("on purpose");
}

/// Its corpus is in a directory of the package.
#[reveille::test(corpus = "tests/tapes")]
#[ignore = "run by other tests"]
async fn has_its_tapes_elsewhere() {
    panic!("on purpose");
}

/// Says itself where its corpus is.
#[test]
#[ignore = "run by other tests"]
fn has_a_corpus_of_its_own() {
    let directory = std::env::var("OWN_CORPUS").unwrap();
    let checker = reveille::Checker::new().name("corpus::broken::has_a_corpus_of_its_own");
    checker.corpus(directory).check(|| async { assert_eq!(edit(), "mended") });
}

/// Fails for large numbers only, whatever the schedule.
#[reveille::test]
#[ignore = "run by other tests"]
async fn fails_for_large_numbers(#[strategy(0..1_000_000u32)] number: u32) {
    assert!(number < 1_000 || edit() == "mended", "too large");
}

/// Ends its process in one run of a few, in the way that `EDIT` says.
#[cfg(unix)]
#[test]
#[ignore = "run by other tests"]
fn ends_its_process() {
    let checker = reveille::Checker::new().name("corpus::broken::ends_its_process");
    checker.watchdog(std::time::Duration::from_millis(300)).check(|| async {
        let drawn = reveille::draw(4);
        reveille::yield_now().await;
        let nap = async { reveille::yield_now().await };
        reveille::Builder::new().name("napper").spawn(nap).await.unwrap();
        if drawn != 3 {
            return;
        }
        match edit().as_str() {
            "abort" => std::process::abort(),
            "exit" => std::process::exit(0),
            "overflow" => assert_ne!(overflow(drawn as u64), 0),
            // SAFETY: it is not; the process ends here, on purpose.
            "fault" => unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) },
            "block" => loop {
                std::thread::park();
            },
            "two panics" => {
                let _guard = PanicsWhenDropped;
                panic!("the first panic");
            }
            "panic" => panic!("just a panic"),
            _ => {}
        }
    });
}

#[cfg(unix)]
#[allow(unconditional_recursion)]
fn overflow(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    overflow(depth + 1) + room[(depth % 64) as usize]
}

#[cfg(unix)]
struct PanicsWhenDropped;

#[cfg(unix)]
impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("the second panic");
    }
}

/// The same in processes of their own.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by other tests"]
fn ends_a_process_of_its_own() {
    let checker = reveille::Checker::new().name("corpus::broken::ends_a_process_of_its_own");
    checker.hermetic(true).check(|| async {
        let drawn = reveille::draw(4);
        reveille::yield_now().await;
        if drawn == 3 && edit() != "mended" {
            std::process::abort();
        }
    });
}

/// Fails by two draws in two turns; the second is gone if `EDIT` says so.
#[reveille::test(runs = 5_000)]
#[ignore = "run by other tests"]
async fn fails_by_two_draws() {
    let edit = edit();
    let first = reveille::draw(4);
    reveille::yield_now().await;
    let second = if edit.starts_with("one draw") { 2 } else { reveille::draw(4) };
    assert!((first, second) != (1, 2) || edit.ends_with("mended"), "both");
}
