//! Models that are no models: what is said of each.

use expect_test::{Expect, expect};
use reveille_loom::sync::Arc;
use reveille_loom::sync::atomic::{AtomicUsize, Ordering::*};
use reveille_loom::{FailureKind, Model, thread};
use std::time::Duration;

/// The report without the lines of this file.
#[track_caller]
fn says(model: Model, kind: FailureKind, report: Expect) {
    let failure = model.try_check().expect_err("it is no model");
    assert_eq!(failure.kind(), kind, "{failure}");
    let mut text = String::new();
    let file = file!().replace('\\', "/");
    for part in failure.to_string().split_inclusive(char::is_whitespace) {
        match part.split_once(&format!("{file}:")) {
            Some((before, line)) => {
                let end = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
                text += &format!("{before}this.rs:N{}", &line[end..]);
            }
            None => text += part,
        }
    }
    report.assert_eq(&text);
}

#[test]
fn that_does_something_else_each_time() {
    static ITERATION: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let model = Model::new("two threads", || {
        let sum = Arc::new(AtomicUsize::new(0));
        let other = {
            let sum = sum.clone();
            thread::spawn(move || sum.fetch_add(1, Relaxed))
        };
        // As a clock, a random number or an address would.
        for _ in 0..ITERATION.fetch_add(1, Relaxed) % 3 {
            sum.load(Relaxed);
        }
        sum.fetch_add(1, Relaxed);
        other.join().unwrap();
    });
    says(
        model,
        FailureKind::Nondeterministic,
        expect![[r#"
        reveille-loom: two threads is not deterministic

          model  checked at this.rs:N
          what   what it does in iteration 7 is not what it has done in the same iteration before, near
                 this.rs:N

          try: a model may use no time, no random numbers, no thread and no static of its own from outside,
               and nothing that depends on an address, such as the order of a `HashMap`
          found in iteration 7
    "#]],
    );
}

#[test]
fn that_spins_without_a_yield() {
    let model = Model::new("a flag", || {
        let flag = Arc::new(AtomicUsize::new(0));
        let other = {
            let flag = flag.clone();
            thread::spawn(move || flag.store(1, Release))
        };
        while flag.load(Acquire) == 0 {}
        other.join().unwrap();
    });
    says(
        model,
        FailureKind::TooManyBranches,
        expect![[r#"
            reveille-loom: a flag does not end

              model  checked at this.rs:N
              what   an iteration has more than 1000 points of choice; it came as far as
                     this.rs:N

              the interleaving, of 500 operations:
                step  main                      thread 1  line
                   1  spawn thread 1                      this.rs:N
                   2  flag.load(Acquire) = 0              this.rs:N
                      the same, 498 times more            
                   -  flag.load(Acquire) ...              this.rs:N

              try: a loop that waits for another thread needs `hint::spin_loop` or `thread::yield_now` in it, so
                   that the other may go on; a model that is long has a larger bound by `Model::branches`
              found in iteration 1
        "#]],
    );
}

#[test]
#[expect(clippy::missing_spin_loop, reason = "that is what is wrong with it")]
fn that_spins_where_loom_sees_nothing() {
    let model = Model::new("a flag of std", || {
        let flag = std::sync::atomic::AtomicBool::new(false);
        let seen = AtomicUsize::new(0);
        seen.store(1, Relaxed);
        while !flag.load(Relaxed) {}
    });
    says(
        model,
        FailureKind::Hung,
        expect![[r#"
        reveille-loom: a flag of std hangs

          model  checked at this.rs:N
          what   nothing has happened for 10 s; the last that did is at this.rs:N

          try: a loop in which nothing of `reveille_loom::sync` is used never lets another thread go on:
               take the atomics, locks and threads from there, and put `hint::spin_loop` into the loop
          found in iteration 1
    "#]],
    );
}

#[test]
fn that_has_too_many_threads() {
    let model = Model::new("a crowd", || {
        let threads: Vec<_> = (0..5).map(|_| thread::spawn(|| ())).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    says(
        model,
        FailureKind::TooManyThreads,
        expect![[r#"
        reveille-loom: a crowd has too many threads

          model  checked at this.rs:N
          what   this.rs:N spawns thread 5; with the first there may be 5

          try: loom tells so many threads apart; two or three are enough for nearly every race
          found in iteration 1
    "#]],
    );
}

#[test]
fn that_is_too_long() {
    let model = Model::new("a long one", || {
        let count = AtomicUsize::new(0);
        for _ in 0..100 {
            count.fetch_add(1, Relaxed);
        }
    });
    says(
        model.branches(50),
        FailureKind::TooManyBranches,
        expect![[r#"
            reveille-loom: a long one does not end

              model  checked at this.rs:N
              what   an iteration has more than 50 points of choice; it came as far as
                     this.rs:N

              the interleaving, of 25 operations:
                step  main                              line
                   1  count.fetch_add(1, Relaxed) = 0   this.rs:N
                   2  count.fetch_add(1, Relaxed) = 1   this.rs:N
                   3  count.fetch_add(1, Relaxed) = 2   this.rs:N
                   4  count.fetch_add(1, Relaxed) = 3   this.rs:N
                   5  count.fetch_add(1, Relaxed) = 4   this.rs:N
                   6  count.fetch_add(1, Relaxed) = 5   this.rs:N
                   7  count.fetch_add(1, Relaxed) = 6   this.rs:N
                   8  count.fetch_add(1, Relaxed) = 7   this.rs:N
                   9  count.fetch_add(1, Relaxed) = 8   this.rs:N
                  10  count.fetch_add(1, Relaxed) = 9   this.rs:N
                  11  count.fetch_add(1, Relaxed) = 10  this.rs:N
                  12  count.fetch_add(1, Relaxed) = 11  this.rs:N
                  13  count.fetch_add(1, Relaxed) = 12  this.rs:N
                  14  count.fetch_add(1, Relaxed) = 13  this.rs:N
                  15  count.fetch_add(1, Relaxed) = 14  this.rs:N
                  16  count.fetch_add(1, Relaxed) = 15  this.rs:N
                  17  count.fetch_add(1, Relaxed) = 16  this.rs:N
                  18  count.fetch_add(1, Relaxed) = 17  this.rs:N
                  19  count.fetch_add(1, Relaxed) = 18  this.rs:N
                  20  count.fetch_add(1, Relaxed) = 19  this.rs:N
                  21  count.fetch_add(1, Relaxed) = 20  this.rs:N
                  22  count.fetch_add(1, Relaxed) = 21  this.rs:N
                  23  count.fetch_add(1, Relaxed) = 22  this.rs:N
                  24  count.fetch_add(1, Relaxed) = 23  this.rs:N
                  25  count.fetch_add(1, Relaxed) = 24  this.rs:N
                   -  count.fetch_add(1, Relaxed) ...   this.rs:N

              try: a loop that waits for another thread needs `hint::spin_loop` or `thread::yield_now` in it, so
                   that the other may go on; a model that is long has a larger bound by `Model::branches`
              found in iteration 1
        "#]],
    );
}

#[test]
fn that_ends_the_process() {
    let model = Model::new("an end", || {
        eprintln!("\u{1b}[31mI go");
        std::process::exit(7)
    });
    says(
        model,
        FailureKind::Died,
        expect![[r#"
            reveille-loom: an end was not checked

              model  checked at this.rs:N
              what   its process ended (exit status: 7), and printed last
                     \u{1b}[31mI go

              try: what it printed says why; `ulimit`, a debugger or a sanitizer may have ended it as well
        "#]],
    );
}

#[test]
fn that_is_not_checked_by_the_thread_of_its_test() {
    let elsewhere = std::thread::Builder::new().name("elsewhere".into()).spawn(|| {
        says(Model::new("a model", || ()), FailureKind::Died, expect![[r#"
            reveille-loom: a model was not checked

              model  checked at this.rs:N
              what   its process ended and did not come to the model; a model must be checked by the thread of
                     its test, and by a test that does the same every time

              try: what it printed says why; `ulimit`, a debugger or a sanitizer may have ended it as well
        "#]]);
    });
    elsewhere.unwrap().join().unwrap();
}

#[test]
fn that_leaks() {
    let model = Model::new("a leak", || std::mem::forget(Arc::new(1)));
    says(
        model,
        FailureKind::Leak,
        expect![[r#"
        reveille-loom: a leak leaks

          model  checked at this.rs:N
          what   all threads have ended, and something that is counted is left: its last owner never dropped
                 it, or two own each other

          the interleaving, of 0 operations:
            step  main  line

          try: look for a value that was forgotten, a waker that is kept after the end, or owners that own
               each other
          found in iteration 1
    "#]],
    );
}

#[test]
fn that_is_not_done_in_its_time_passes_for_what_was_seen() {
    let explored = Model::new("three threads", || {
        let sum = Arc::new(AtomicUsize::new(0));
        let threads = [(); 3].map(|()| {
            let sum = sum.clone();
            thread::spawn(move || {
                for _ in 0..4 {
                    sum.fetch_add(1, Relaxed);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    })
    .within(Duration::from_millis(200))
    .check();
    assert!(!explored.is_exhausted() && explored.iterations() > 0);
}
