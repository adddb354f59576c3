//! How threads of a user's end, and what they are asked for.
#![cfg(reveille_threads)]

use std::cell::Cell;
use std::panic::catch_unwind;
use std::thread;

fn passes(name: &str, body: impl AsyncFn()) {
    reveille::Checker::new().name(name).corpus(false).runs(50).check(|| body());
}

fn report(name: &str, body: impl AsyncFn()) -> String {
    let checker = reveille::Checker::new().name(name).corpus(false);
    checker.try_check(|| body()).unwrap_err().to_string()
}

#[test]
fn who_joins_a_thread_reads_its_panic() {
    passes("panics", async || {
        let panicking = thread::spawn(|| {
            assert!(catch_unwind(|| panic!("caught")).is_err());
            panic!("not caught")
        });
        assert_eq!(panicking.join().unwrap_err().downcast_ref(), Some(&"not caught"));
    });
}

#[test]
fn a_panic_that_nobody_joins_stays_with_its_thread() {
    passes("panics_unread", async || {
        drop(thread::spawn(|| panic!("unread")));
        assert!(thread::spawn(|| true).join().unwrap());
    });
}

#[test]
fn a_panic_in_a_scope_is_that_of_the_scope() {
    passes("panics_in_a_scope", async || {
        let scope = || thread::scope(|scope| _ = scope.spawn(|| panic!("within")));
        assert!(catch_unwind(scope).is_err());
    });
}

#[test]
fn what_a_thread_panicked_of_is_told_where_its_error_is_not_borne() {
    let text = report("panics_of_a_thread", async || {
        let threads = thread::Builder::new().name("worker".into());
        threads.spawn(|| panic!("no bread")).unwrap().join().unwrap();
    });
    let told = "panic  in step 2 task 1 `worker` panicked at threads/tests/ends.rs:";
    assert!(text.contains(told), "{text}");
    assert!(text.contains("\n         no bread\n"), "{text}");
}

thread_local! {
    static LOCAL: Cell<u32> = const { Cell::new(0) };
}

#[test]
fn threads_are_what_they_are_asked_to_be() {
    fn kernel_name() -> [u8; 16] {
        let mut name = [0; 16];
        // SAFETY: the place has room for a name.
        unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
        name
    }
    passes("asked", async || {
        let before = kernel_name();
        let named = thread::Builder::new().name("a name".into());
        let name = || thread::current().name().map(str::to_owned);
        assert_eq!(named.spawn(name).unwrap().join().unwrap().as_deref(), Some("a name"));
        // The kernel's thread is the one that drives the run, and keeps its name.
        assert_eq!(kernel_name(), before);

        let waiting = thread::current();
        let waker = thread::spawn(move || waiting.unpark());
        thread::park();
        waker.join().unwrap();

        let mut sums = [0; 3];
        thread::scope(|scope| {
            for sum in &mut sums {
                scope.spawn(move || {
                    LOCAL.set(LOCAL.get() + 1);
                    *sum += LOCAL.get();
                });
            }
        });
        assert_eq!(sums, [1; 3]);
        assert!(thread::available_parallelism().unwrap().get() > 0);
    });
}
