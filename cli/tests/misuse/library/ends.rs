//! Threads that end their process, or would.

use std::cell::RefCell;
use std::os::unix::process::CommandExt;
use std::os::unix::thread::JoinHandleExt;
use std::process::Command;
use std::thread;

#[reveille::test]
#[ignore = "run by a gate"]
async fn aborts() {
    thread::spawn(|| std::process::abort()).join().unwrap();
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn is_killed() {
    let process = std::process::id() as libc::pid_t;
    // SAFETY: it has no preconditions.
    thread::spawn(move || unsafe { libc::kill(process, libc::SIGKILL) }).join().unwrap();
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn becomes_another_program() {
    thread::spawn(|| panic!("{}", Command::new("true").exec())).join().unwrap();
}

fn deep(level: u64) -> u64 {
    let room = std::hint::black_box([level; 100]);
    if level == u64::MAX { 0 } else { deep(level + 1) + room[3] }
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn overflows_its_stack() {
    thread::spawn(|| deep(0)).join().unwrap();
}

struct Panics;

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("in the destructor of a thread-local");
    }
}

thread_local! {
    static LOCAL: RefCell<Option<Panics>> = const { RefCell::new(None) };
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn panics_at_its_end() {
    thread::spawn(|| LOCAL.set(Some(Panics))).join().unwrap();
}

extern "C" fn called_by_c() {
    panic!("out of a function of C");
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn unwinds_into_c() {
    thread::spawn(|| called_by_c()).join().unwrap();
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn leaves_its_thread() {
    // SAFETY: what stands on the stack of the thread has no destructors.
    thread::spawn(|| unsafe { libc::pthread_exit(std::ptr::null_mut()) }).join().unwrap()
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn calls_a_thread_off() {
    let thread = thread::spawn(thread::park);
    // SAFETY: the thread is not joined yet.
    unsafe { libc::pthread_cancel(thread.as_pthread_t()) };
    thread.join().unwrap();
}

#[reveille::test]
#[ignore = "run by a gate"]
async fn interrupts_a_thread() {
    let thread = thread::spawn(thread::park);
    // SAFETY: as above.
    unsafe { libc::pthread_kill(thread.as_pthread_t(), libc::SIGUSR1) };
    thread.join().unwrap();
}
