//! Threads that wait for ever.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

struct Account(Mutex<i64>);

fn transfer(from: &Account, to: &Account, sum: i64) {
    let mut from = from.0.lock().unwrap();
    add(to, sum);
    *from -= sum;
}

fn add(to: &Account, sum: i64) {
    *to.0.lock().unwrap() += sum;
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn wait_for_each_other() {
    let accounts = Arc::new([3, 4].map(|sum| Account(Mutex::new(sum))));
    let threads = [0, 1].map(|mine| {
        let accounts = accounts.clone();
        thread::spawn(move || transfer(&accounts[mine], &accounts[1 - mine], 1))
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

fn next(receiver: &Receiver<u32>) -> u32 {
    receiver.recv().unwrap_or_default()
}

/// A task that waits for its waker with a lock, a thread that waits for the lock before it wakes.
#[reveille::test]
#[ignore = "run by a gate"]
async fn a_task_and_a_thread_wait() {
    let lock = Arc::new(Mutex::new(0));
    let (sender, receiver) = futures_channel::oneshot::channel::<u32>();
    let (begin, begun) = mpsc::channel();
    let locked = lock.clone();
    let worker = thread::Builder::new().name("worker".into());
    let worker = worker.spawn(move || {
        let number = next(&begun);
        *locked.lock().unwrap() += number;
        sender.send(number).unwrap();
    });
    let held = lock.lock().unwrap();
    begin.send(5).unwrap();
    assert_eq!(receiver.await, Ok(*held));
    worker.unwrap().join().unwrap();
}

/// Nobody joins them, and they sleep where the run ends.
#[reveille::test]
#[ignore = "run by a gate"]
async fn are_left_asleep() {
    let (sender, receiver) = mpsc::channel::<u32>();
    let lock = Arc::new(Mutex::new(sender));
    let (held, other) = (lock.lock().unwrap(), lock.clone());
    thread::spawn(move || drop(other.lock()));
    thread::spawn(move || next(&receiver));
    thread::yield_now();
    std::mem::forget(held);
}

/// Nobody joins it, and it does not go on where the run ends.
#[reveille::test]
#[ignore = "run by a gate"]
async fn is_left_asleep_by_every_run() {
    let (sender, receiver) = mpsc::channel::<u32>();
    let (first, later) = (mpsc::channel(), mpsc::channel());
    let (begun, begins) = first;
    thread::spawn(move || {
        begun.send(()).unwrap();
        next(&receiver)
    });
    begins.recv().unwrap();
    // Something to choose among, or there would be one run.
    let others = [later.0.clone(), later.0].map(|later| {
        thread::spawn(move || (0..20).for_each(|number| later.send(number).unwrap()))
    });
    assert_eq!(later.1.iter().count(), 40);
    others.into_iter().for_each(|other| other.join().unwrap());
    std::mem::forget(sender);
}

fn read_byte(pipe: libc::c_int) -> libc::ssize_t {
    let mut byte = 0_u8;
    // SAFETY: the place has room for a byte.
    unsafe { libc::read(pipe, (&raw mut byte).cast(), 1) }
}

/// The engine knows nothing of pipes.
#[test]
#[ignore = "run by a gate"]
fn reads_a_pipe() {
    let checker = reveille::Checker::new().watchdog(Duration::from_millis(300));
    checker.check(|| async {
        let mut pair = [0; 2];
        // SAFETY: the place has room for a pair.
        assert_eq!(unsafe { libc::pipe(pair.as_mut_ptr()) }, 0);
        let reader = thread::spawn(move || read_byte(pair[0]));
        reader.join().unwrap();
    });
}
