//! Thread-locals that the C library has by keys (`pthread_key_create`).
//!
//! When a thread ends, each that has a value is emptied, and its destructor is called with what it
//! was, as often as that gives it a new one, but not for ever (POSIX, `pthread_key_create`). The
//! thread of a strand does not end when the strand does, and nobody can ask the C library to do
//! that before; so the keys are written down where they are made. The standard library has one,
//! by which each thread gives the name back that it is known by.

use reveille_sim::carried::quiet::AtomicUsize;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::Ordering;

/// As many as there can be (`PTHREAD_KEYS_MAX`).
const KEYS: usize = 1024;

/// How often a thread-local that is given new values is emptied
/// (`PTHREAD_DESTRUCTOR_ITERATIONS`).
const ROUNDS: u32 = 4;

type Destructor = unsafe extern "C" fn(*mut c_void);

/// By the numbers of keys: whether there is such a key, and what its destructor is.
static TABLE: [AtomicUsize; KEYS] = [const { AtomicUsize::new(NO_KEY) }; KEYS];
const NO_KEY: usize = 0;
const NO_DESTRUCTOR: usize = 1;

/// Behind the last that was ever made.
static END: AtomicUsize = AtomicUsize::new(0);

/// There is such a key from now on.
#[cfg(reveille_threads)]
pub(crate) fn made(key: libc::pthread_key_t, destructor: Option<Destructor>) {
    let destructor = destructor.map_or(NO_DESTRUCTOR, |destructor| destructor as usize);
    if let Some(place) = TABLE.get(key as usize) {
        place.store(destructor, Ordering::Release);
        END.fetch_max(key as usize + 1, Ordering::AcqRel);
    }
}

/// There is none any more.
#[cfg(reveille_threads)]
pub(crate) fn deleted(key: libc::pthread_key_t) {
    if let Some(place) = TABLE.get(key as usize) {
        place.store(NO_KEY, Ordering::Release);
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
    for (key, place) in (0..).zip(&TABLE[..END.load(Ordering::Acquire)]) {
        let destructor = place.load(Ordering::Acquire);
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
            let destructor = ptr::with_exposed_provenance::<()>(destructor);
            // SAFETY: it is the one that the key was made with, and the value is one of that key.
            unsafe { std::mem::transmute::<*const (), Destructor>(destructor)(value) };
        }
    }
    called
}
