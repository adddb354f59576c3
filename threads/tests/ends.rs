//! How threads of a user's end, and what they are asked for.
#![cfg(reveille_threads)]

use reveille::spawn;
use std::cell::Cell;
use std::ffi::c_void;
use std::panic::catch_unwind;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
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

/// A thread-local of the C library, which has no place in the executable.
static KEY: OnceLock<libc::pthread_key_t> = OnceLock::new();
static GIVEN_BACK: AtomicU32 = AtomicU32::new(0);

/// As many systems do it: what still has a value after its destructor has it run once more.
unsafe extern "C" fn give_back(value: *mut c_void) {
    GIVEN_BACK.fetch_add(1, SeqCst);
    if value.addr() == 2 {
        // SAFETY: the key is there.
        unsafe { libc::pthread_setspecific(*KEY.get().unwrap(), ptr::without_provenance(1)) };
    }
}

#[test]
fn what_a_thread_has_by_keys_of_the_c_library_ends_with_it() {
    let key = *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: it is written to the place.
        assert_eq!(unsafe { libc::pthread_key_create(&raw mut key, Some(give_back)) }, 0);
        key
    });
    // SAFETY: the key is there.
    let value = move || unsafe { libc::pthread_getspecific(key) }.addr();
    let set = move |value| {
        let value = ptr::without_provenance::<c_void>(value);
        // SAFETY: as above.
        unsafe { libc::pthread_setspecific(key, value) }
    };
    let before = GIVEN_BACK.load(SeqCst);
    passes("keys", async || {
        let given_back = GIVEN_BACK.load(SeqCst);
        for number in [1, 2] {
            let thread = thread::spawn(move || (value(), set(number), value()));
            assert_eq!(thread.join().unwrap(), (0, 0, number));
        }
        // That of the second comes by twice, and whoever joins finds all of it done.
        assert_eq!(GIVEN_BACK.load(SeqCst) - given_back, 3);
        let task = spawn(async move { (value(), set(1)) });
        assert_eq!(task.await.unwrap(), (0, 0));
        assert_eq!(value(), 0);
    });
    // One more for the task of each run.
    assert_eq!((GIVEN_BACK.load(SeqCst) - before) % 4, 0);
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

/// What it returns needs some 16 KiB of stack for each level.
#[inline(never)]
fn deep(level: u32) -> u64 {
    let room = std::hint::black_box([u64::from(level); 2 << 10]);
    if level == 0 { room[7] } else { deep(level - 1) + room[9] / 2 }
}

#[test]
fn a_thread_has_the_stack_that_it_is_asked_for_with() {
    let asked = |bytes: usize, level| {
        let thread = thread::Builder::new().stack_size(bytes).spawn(move || deep(level));
        thread.map(|thread| thread.join().unwrap())
    };
    passes("stacks", async || {
        assert!(asked(0, 1).is_ok());
        // Twice, as a thread is used again, and with others beside it.
        for _ in 0..2 {
            let usual = thread::spawn(|| deep(10));
            assert!(asked(64 << 20, 1_000).is_ok());
            usual.join().unwrap();
        }
        assert!(asked(1 << 60, 1).is_err(), "there is not so much");
    });
}

static HANDLED: AtomicU32 = AtomicU32::new(0);

extern "C" fn on_signal(_: libc::c_int) {
    let known = HANDLED.load(SeqCst);
    HANDLED.store(known + 1, SeqCst);
}

/// Else one that is left in the midst of its handler would keep the signal from the other.
#[test]
fn the_handler_of_a_signal_that_a_strand_raises_is_one_step() {
    passes("raises", async || {
        let handler = on_signal as *const () as libc::sighandler_t;
        // SAFETY: the handler does what may be done in one.
        unsafe { libc::signal(libc::SIGUSR1, handler) };
        HANDLED.store(0, SeqCst);
        let raise: [fn() -> libc::c_int; 2] = [
            // SAFETY: somebody handles the signal.
            || unsafe { libc::raise(libc::SIGUSR1) },
            // SAFETY: as above.
            || unsafe { libc::pthread_kill(libc::pthread_self(), libc::SIGUSR1) },
        ];
        let raising = |raise: fn() -> libc::c_int| {
            thread::spawn(move || {
                let before = HANDLED.load(SeqCst);
                assert_eq!(raise(), 0);
                assert!(HANDLED.load(SeqCst) > before);
            })
        };
        for thread in raise.map(raising) {
            thread.join().unwrap();
        }
        assert_eq!(HANDLED.load(SeqCst), 2);
    });
}
