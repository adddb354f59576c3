//! Thread-locals that the C library has by keys (`pthread_key_create`).
//!
//! When a thread ends, each that has a value is emptied, and its destructor is called with what it
//! was, as often as that gives it a new one, but not for ever (POSIX, `pthread_key_create`). The
//! thread of a strand does not end when the strand does, and nobody can ask the C library to do
//! that before; so the keys are written down where they are made. The standard library has one,
//! by which each thread gives the name back that it is known by.

use super::operation::{Word, update};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr;

/// As many as there can be (`PTHREAD_KEYS_MAX`).
const KEYS: usize = 1024;

/// How often a thread-local that is given new values is emptied
/// (`PTHREAD_DESTRUCTOR_ITERATIONS`).
const ROUNDS: u32 = 4;

type Destructor = unsafe extern "C" fn(*mut c_void);

/// By its number: whether there is such a key, and what its destructor is.
struct Key(UnsafeCell<u64>);

const NO_KEY: u64 = 0;
const NO_DESTRUCTOR: u64 = 1;

// SAFETY: every access is one instruction that is atomic.
unsafe impl Sync for Key {}

static TABLE: [Key; KEYS] = [const { Key(UnsafeCell::new(NO_KEY)) }; KEYS];

/// Behind the last that was ever made.
static END: Key = Key(UnsafeCell::new(0));

impl Key {
    fn get(&self) -> u64 {
        // SAFETY: it lives as long as the process.
        unsafe { Word::load(self.0.get()) }
    }

    fn set(&self, value: u64) {
        // SAFETY: as above.
        unsafe { Word::store(self.0.get(), value) };
    }
}

/// There is such a key from now on.
pub(crate) fn made(key: libc::pthread_key_t, destructor: Option<Destructor>) {
    let destructor = destructor.map_or(NO_DESTRUCTOR, |destructor| destructor as usize as u64);
    if let Some(place) = TABLE.get(key as usize) {
        place.set(destructor);
        // SAFETY: it lives as long as the process.
        unsafe { update(END.0.get(), |end| end.max(u64::from(key) + 1)) };
    }
}

/// There is none any more.
pub(crate) fn deleted(key: libc::pthread_key_t) {
    if let Some(place) = TABLE.get(key as usize) {
        place.set(NO_KEY);
    }
}

/// Empties all that the calling thread has.
pub(crate) fn empty() {
    for _ in 0..ROUNDS {
        if !empty_once() {
            return;
        }
    }
}

/// Answers whether a destructor was called.
fn empty_once() -> bool {
    let mut called = false;
    for (key, place) in (0..).zip(&TABLE[..END.get() as usize]) {
        let destructor = place.get();
        if destructor == NO_KEY {
            continue;
        }
        // SAFETY: there is such a key, and an empty place is a valid one.
        let value = unsafe { libc::pthread_getspecific(key) };
        if value.is_null() {
            continue;
        }
        // SAFETY: as above.
        unsafe { libc::pthread_setspecific(key, ptr::null()) };
        if destructor != NO_DESTRUCTOR {
            called = true;
            let destructor = ptr::with_exposed_provenance::<()>(destructor as usize);
            // SAFETY: it is the one that the key was made with, and the value is one of that key.
            unsafe { std::mem::transmute::<*const (), Destructor>(destructor)(value) };
        }
    }
    called
}
