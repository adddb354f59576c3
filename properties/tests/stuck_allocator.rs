//! A poll that blocks inside the allocator, where its thread cannot allocate any more: its run
//! is kept and told all the same.
#![cfg(unix)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::process::Command;
use std::time::Duration;

/// Blocks threads that ask it for memory, once they are told to.
struct Blocks;

thread_local! {
    static BLOCKED: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: it is the allocator of the system, or does not return.
unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        while BLOCKED.get() {
            std::thread::yield_now();
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Blocks = Blocks;

#[test]
#[ignore = "broken on purpose"]
fn blocks_in_the_allocator() {
    let checker = reveille::Checker::new().name("stuck_allocator::blocks_in_the_allocator");
    checker.watchdog(Duration::from_millis(300)).check(|| async {
        if reveille::draw(3) == 2 {
            BLOCKED.set(true);
            std::hint::black_box(Box::new(1));
        }
    });
}

#[test]
fn the_run_is_kept_and_told() {
    let corpus = std::env::temp_dir().join(format!("reveille-stuck-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&corpus);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["blocks_in_the_allocator", "--exact", "--ignored", "--nocapture"]);
    for variable in ["REVEILLE_RUNS", "REVEILLE_SEED", "REVEILLE_REPLAY"] {
        command.env_remove(variable);
    }
    let output = command.env("REVEILLE_CORPUS", &corpus).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let store = reveille::corpus::Store::at(&corpus);
    let entries = store.load("stuck_allocator::blocks_in_the_allocator").entries;
    let _ = std::fs::remove_dir_all(&corpus);
    assert_eq!(output.status.code(), Some(101), "{told}");
    assert!(told.contains("a poll does not return (the law blocking-poll)"), "{told}");
    let [(_, entry)] = &entries[..] else { panic!("{entries:?}\n{told}") };
    let tape = entry.tape().to_text(entry.test());
    assert!(told.contains(&format!("replay: REVEILLE_REPLAY={tape} cargo test")), "{told}");
}
