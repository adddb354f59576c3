//! The three ways in which the field lets a thread wait for a token, side by side.
//!
//! `cargo run -p reveille-loom --example parking` checks each under every interleaving.

use reveille_loom::models::{Parker, park_unpark};
use reveille_loom::sync::atomic::Ordering::{Acquire, Release};
use reveille_loom::sync::{Condvar, Futex, Mutex};
use reveille_loom::thread::{self, Thread};

/// `std::thread::park`: the token belongs to the thread, so there is one for all who use it. It
/// may return for no reason, or by the unpark of somebody else: who parks must look whether what it
/// waits for has come.
struct ByThread(Thread);

impl Parker for ByThread {
    const MAY_RETURN_EARLY: bool = true;

    fn park(&self) {
        thread::park();
    }

    fn unpark(&self) {
        self.0.unpark();
    }
}

/// A mutex and a condition variable: the token is a `bool` that only who has the lock looks at or
/// changes. The wait gives up the lock and begins in one step, so an unpark cannot come between. It
/// is there on every system, and each unpark takes a lock.
struct ByBell {
    token: Mutex<bool>,
    bell: Condvar,
}

impl Parker for ByBell {
    fn park(&self) {
        let token = self.token.lock().unwrap();
        *self.bell.wait_while(token, |token| !*token).unwrap() = false;
    }

    fn unpark(&self) {
        *self.token.lock().unwrap() = true;
        self.bell.notify_one();
    }
}

/// A futex: the token is a word; the kernel looks whether it still is what the caller has seen, and
/// begins to wait, in one step. An unpark of a thread that runs is a single exchange, and no call of the
/// kernel. Linux, and under other names Windows, macOS and the BSDs.
struct ByWord(Futex);

const NOTHING: u32 = 0;
const TOKEN: u32 = 1;
/// One less than nothing, so that a single subtraction takes the token or says that somebody waits.
const PARKED: u32 = u32::MAX;

impl Parker for ByWord {
    fn park(&self) {
        if self.0.fetch_sub(1, Acquire) == TOKEN {
            return;
        }
        while self.0.compare_exchange(TOKEN, NOTHING, Acquire, Acquire).is_err() {
            self.0.wait(PARKED);
        }
    }

    fn unpark(&self) {
        if self.0.swap(TOKEN, Release) == PARKED {
            self.0.wake_one();
        }
    }
}

fn main() {
    println!("std::thread::park: one token for the thread, and it may return without");
    park_unpark(|| ByThread(thread::current())).check();
    println!("\ncondition variable: a token of its own, and a lock for each unpark");
    park_unpark(|| ByBell { token: Mutex::new(false), bell: Condvar::new() }).check();
    println!("\nfutex: a token of its own, and a call of the kernel only to wait or to wake");
    park_unpark(|| ByWord(Futex::new(NOTHING))).check();
}
