//! Failures that end their process: a poll that does not return, a panic while another
//! unwinds; and those of runs that need a process of their own. What is left is what was
//! printed, and the line to paste.

use reveille::{Checker, Kind, Tape, spawn_local, yield_now};
use std::collections::HashMap;
use std::future::poll_fn;
use std::process::{Command, Output};
use std::rc::Rc;
use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock, mpsc};
use std::task::{Poll, Waker};
use std::time::Duration;

/// Processes at a time: they wait for the watchdog and need no processor for that.
const AT_A_TIME: usize = 15;

fn checker(name: &str) -> Checker {
    let checker = Checker::new().name(format!("replay::ended::{name}")).corpus(false);
    checker.watchdog(Duration::from_millis(500))
}

/// Two tasks race, and a bystander; whether the second came first.
async fn second_comes_first() -> bool {
    let order = Rc::new(std::cell::RefCell::new(Vec::new()));
    let racers = [0, 1, 2].map(|racer| {
        let order = order.clone();
        spawn_local(async move {
            yield_now().await;
            order.borrow_mut().push(racer);
        })
    });
    for racer in racers {
        racer.await.unwrap();
    }
    let order = order.borrow();
    order.iter().position(|racer| *racer == 1) < order.iter().position(|racer| *racer == 0)
}

#[test]
#[ignore = "broken on purpose"]
#[allow(clippy::await_holding_lock)]
fn locks_twice() {
    checker("locks_twice").check(|| async {
        let lock = Rc::new(Mutex::new(0));
        let holders = [(); 2].map(|()| {
            let lock = lock.clone();
            spawn_local(async move {
                let mut guard = lock.lock().unwrap();
                reveille::point().await;
                *guard += 1;
            })
        });
        for holder in holders {
            holder.await.unwrap();
        }
    });
}

#[test]
#[ignore = "broken on purpose"]
fn writes_while_it_reads() {
    checker("writes_while_it_reads").check(|| async {
        let second = second_comes_first().await;
        let lock = RwLock::new(0);
        let read = lock.read().unwrap();
        if second {
            *lock.write().unwrap() += 1;
        }
        assert_eq!(*read, 0);
    });
}

#[test]
#[ignore = "broken on purpose"]
fn receives_from_itself() {
    checker("receives_from_itself").check(|| async {
        let (sender, receiver) = mpsc::channel();
        let second = second_comes_first().await;
        let task = spawn_local(async move {
            if !second {
                sender.send(7).unwrap();
            }
            receiver.recv().unwrap()
        });
        assert_eq!(task.await.unwrap(), 7);
    });
}

#[test]
#[ignore = "broken on purpose"]
fn waits_at_a_barrier() {
    checker("waits_at_a_barrier").check(|| async {
        let among = reveille::draw(6) as usize;
        let barrier = Barrier::new(if second_comes_first().await { among } else { 1 });
        barrier.wait();
    });
}

#[test]
#[ignore = "broken on purpose"]
fn waits_for_a_condition() {
    checker("waits_for_a_condition").check(|| async {
        let (flag, changed) = (Mutex::new(!second_comes_first().await), Condvar::new());
        let raised = flag.lock().unwrap();
        drop(changed.wait_while(raised, |raised| !*raised));
    });
}

#[test]
#[ignore = "broken on purpose"]
fn wakes_with_a_lock_held() {
    checker("wakes_with_a_lock_held").with(Kind::ReentrantWaker).check(|| async {
        let waiter: Arc<Mutex<(bool, Option<Waker>)>> = Arc::default();
        let own = waiter.clone();
        let task = reveille::spawn(poll_fn(move |cx| {
            let waker = cx.waker().clone();
            let mut state = own.lock().unwrap();
            state.1 = Some(waker);
            if state.0 { Poll::Ready(()) } else { Poll::Pending }
        }));
        second_comes_first().await;
        {
            let mut state = waiter.lock().unwrap();
            state.0 = true;
            let waker = state.1.take();
            waker.into_iter().for_each(Waker::wake);
        }
        task.await.unwrap();
    });
}

struct PanicsWhenDropped(bool);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        assert!(!self.0, "the second panic");
    }
}

#[test]
#[ignore = "broken on purpose"]
fn panics_while_panicking() {
    checker("panics_while_panicking").check(|| async {
        let guard = PanicsWhenDropped(second_comes_first().await);
        assert!(!guard.0, "the first panic");
    });
}

/// The order of a map is drawn from outside the run, so each has a process of its own.
#[test]
#[ignore = "broken on purpose"]
fn relies_on_the_order_of_a_map() {
    checker("relies_on_the_order_of_a_map").runs(200).check(|| async {
        let second = second_comes_first().await;
        let map: HashMap<u32, ()> = (0..3).map(|key| (key, ())).collect();
        assert!(!second || map.keys().next() != Some(&2), "the last one comes first");
    });
}

/// One test in a process of its own, under a seed or with a tape.
fn run(test: &str, variable: &str, value: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = format!("ended::{test}");
    command.args([&name, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    for variable in ["REVEILLE_RUNS", "REVEILLE_SEED", "REVEILLE_REPLAY", "REVEILLE_STRICT"] {
        command.env_remove(variable);
    }
    command.env("RUST_BACKTRACE", "0").env(variable, value).output().unwrap()
}

/// What a process said of its failure before the line to paste, and the tape in it. The
/// stack comes after that line; it may be cut short on a busy machine.
fn told(output: &Output) -> (String, String) {
    let text = String::from_utf8_lossy(&output.stderr);
    let (_, report) = text.split_once("reveille: `").unwrap_or_else(|| panic!("none in {text}"));
    let (report, rest) = report
        .split_once("  replay: REVEILLE_REPLAY=")
        .unwrap_or_else(|| panic!("no line to paste in\n{report}"));
    (report.to_owned(), rest.split_whitespace().next().unwrap_or_default().to_owned())
}

/// The process of `test` ends under `seed` as one that breaks `law`, and the next one
/// ends alike with the line that was printed: in the same step of the same task, by the
/// same choices. Gives the tape.
fn ends_alike(test: &str, law: &str, seed: u64) -> String {
    let first = run(test, "REVEILLE_SEED", &seed.to_string());
    let (report, tape) = told(&first);
    let title = format!("replay::ended::{test}` breaks the law {law}\n");
    assert!(report.starts_with(&title), "not {law}:\n{report}");
    assert!(!first.status.success());

    let again = run(test, "REVEILLE_REPLAY", &tape);
    let (report_again, tape_again) = told(&again);
    assert_eq!(report_again, report);
    assert_eq!(again.status, first.status);
    // A replay does not ask for faults that did not strike, so there are fewer choices.
    let read =
        |tape: &str| Tape::from_text(tape).unwrap_or_else(|error| panic!("{error}: {tape}")).1;
    assert!(read(&tape_again).deviations().eq(read(&tape).deviations()), "{tape}, {tape_again}");
    tape
}

/// The tapes of all these tests, each under so many seeds.
fn all_end_alike(tests: &[(&'static str, &'static str)], seeds: u64) -> Vec<String> {
    let jobs: Vec<_> = (0..seeds).flat_map(|seed| tests.iter().map(move |t| (*t, seed))).collect();
    let mut tapes = Vec::new();
    for jobs in jobs.chunks(AT_A_TIME) {
        std::thread::scope(|scope| {
            let ends = jobs
                .iter()
                .map(|((test, law), seed)| scope.spawn(move || ends_alike(test, law, *seed)));
            let ends: Vec<_> = ends.collect();
            tapes.extend(ends.into_iter().map(|end| end.join().unwrap()));
        });
    }
    tapes
}

#[test]
fn polls_that_block_block_again_at_the_same_step() {
    let tests = [
        ("locks_twice", "blocking-poll"),
        ("writes_while_it_reads", "blocking-poll"),
        ("receives_from_itself", "blocking-poll"),
        ("waits_at_a_barrier", "blocking-poll"),
        ("waits_for_a_condition", "blocking-poll"),
        ("wakes_with_a_lock_held", "wake-in-lock"),
    ];
    let mut tapes = all_end_alike(&tests, 4);
    assert_eq!(tapes.len(), 24);
    tapes.sort();
    tapes.dedup();
    println!("24 processes ended by the watchdog, {} different tapes", tapes.len());
    // Not the same run again and again.
    assert!(tapes.len() >= 12, "{tapes:#?}");
}

#[test]
fn a_panic_while_panicking_aborts_again() {
    all_end_alike(&[("panics_while_panicking", "panic")], 5);
}

#[cfg(target_os = "linux")]
#[test]
fn what_failed_in_a_process_of_its_own_fails_again() {
    let tapes = all_end_alike(&[("relies_on_the_order_of_a_map", "panic")], 2);
    assert!(tapes.iter().all(|tape| tape.contains("/hermetic/")), "{tapes:#?}");
}
