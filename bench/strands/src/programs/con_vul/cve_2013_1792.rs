//! Linux: keyrings of a user are installed by whoever needs them first. That they are is seen by
//! the first of two pointers, and between the two another thread may follow the second.

use crate::programs::{join_all, spawn};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct User {
    lock: Mutex<()>,
    uid_keyring: AtomicUsize,
    session_keyring: AtomicUsize,
}

pub(in crate::programs) fn main() {
    let user = Arc::new(User::default());
    join_all([spawn(&user, look_up), spawn(&user, install)]);
}

fn look_up(user: &User) {
    if user.session_keyring.load(Relaxed) == 0 {
        install(user);
    }
    assert_ne!(user.session_keyring.load(Relaxed), 0, "a null pointer is followed");
}

fn install(user: &User) {
    if user.uid_keyring.load(Relaxed) != 0 {
        return;
    }
    let _locked = user.lock.lock().unwrap();
    if user.uid_keyring.load(Relaxed) == 0 {
        user.uid_keyring.store(1, Relaxed);
        user.session_keyring.store(1, Relaxed);
    }
}
