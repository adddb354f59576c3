//! Memory that is freed while it is in flight, seen by the allocator.

use reveille_sim::completion::{
    Entry, Fd, GuardedAllocator, Memory, Misuse, Misused, Ring, error_name,
};
use reveille_sim::time::sleep;
use reveille_sim::{Detail, Law, Level, Outcome, Plain, Recording, Settings, What, World};
use std::future::poll_fn;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: GuardedAllocator = GuardedAllocator::new();

const MS: Duration = Duration::from_millis(1);

fn run<F: Future>(level: Level, body: impl FnOnce() -> F) -> Outcome<F::Output> {
    let mut settings = Settings::default();
    settings.levels.set(Law::BufferInFlight, level);
    World::new().run(&settings, &mut Plain, 0, body)
}

/// A ring with a slow read into `memory` in flight.
fn reading(memory: &mut [u8]) -> Ring {
    let ring = Ring::new(4).unwrap();
    let disk = Fd::open("disk", Memory::new(vec![7; 100]).latency(5 * MS));
    let entry = Entry::read(disk, memory.as_mut_ptr(), memory.len() as u32, 0);
    // SAFETY: it is not, which is what is tested; the allocator keeps it.
    unsafe { ring.push(&entry) }.unwrap();
    ring.submit().unwrap();
    ring
}

async fn completed(ring: &Ring) -> i32 {
    poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
    ring.completions().next().unwrap().result()
}

fn misused<T>(outcome: Outcome<T>) -> Box<Misused> {
    match outcome.verdict.expect("a broken law").detail {
        Detail::Misused(misused) => misused,
        other => panic!("expected misused memory, got {other:?}"),
    }
}

#[test]
fn memory_that_is_kept_until_the_completion_is_fine() {
    let outcome = run(Level::Deny, || async {
        let mut memory = vec![0; 16];
        let ring = reading(&mut memory);
        let others: Vec<Vec<u8>> = (0..100).map(|size| vec![1; size]).collect();
        drop(others);
        assert_eq!((completed(&ring).await, memory), (16, vec![7; 16]));
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(())));
}

#[test]
fn a_free_is_told_when_it_happens() {
    let outcome = run(Level::Deny, || async {
        let mut memory = vec![0; 64];
        // Not at its beginning.
        let ring = reading(&mut memory[30..40]);
        sleep(MS).await;
        drop(memory);
        completed(&ring).await;
    });
    assert_eq!(outcome.now, 1_000_000);
    assert_eq!(misused(outcome).how, Misuse::Freed);
}

#[test]
fn a_vector_that_grows_moves_its_memory() {
    let outcome = run(Level::Deny, || async {
        let mut memory = vec![0; 16];
        let ring = reading(&mut memory);
        memory.extend([1; 1000]);
        completed(&ring).await;
    });
    assert_eq!(misused(outcome).how, Misuse::Moved);
}

#[test]
fn the_call_stack_of_the_free_is_known() {
    let mut settings = Settings::default();
    settings.recording = Recording::events(vec![]);
    let body = |settings: &Settings| {
        World::new().run(settings, &mut Plain, 0, || async {
            let mut memory = vec![0; 16];
            let ring = reading(&mut memory);
            drop(memory);
            completed(&ring).await;
        })
    };
    let trace = body(&settings).trace.unwrap();
    let freed = |what: &What| matches!(what, What::Misused { how: Misuse::Freed, .. });
    let index = trace.events().find(|event| freed(&event.what)).unwrap().index;
    settings.recording = Recording::events(vec![index]);
    let again = body(&settings).trace.unwrap();
    assert_eq!(trace.hash(), again.hash());
    let stack = again.event(index).unwrap().stack.clone().unwrap();
    assert!(format!("{stack:?}").contains("guarded.rs"));
}

#[test]
fn the_kernel_of_a_run_that_goes_on_writes_to_memory_that_is_kept() {
    let outcome = run(Level::Warn, || async {
        let mut memory = vec![0; 4096];
        let ring = reading(&mut memory);
        drop(memory);
        let others: Vec<Vec<u8>> = (0..50).map(|_| vec![1u8; 4096]).collect();
        let result = completed(&ring).await;
        assert!(others.iter().flatten().all(|byte| *byte == 1), "the kernel wrote to others");
        result
    });
    assert_eq!((outcome.output, outcome.warnings.len()), (Some(100), 1));
}

#[test]
fn what_is_freed_when_the_run_is_over_is_nobodys_concern() {
    let outcome = run(Level::Deny, || async {
        let mut memory = vec![0; 16];
        let ring = reading(&mut memory);
        drop(reveille_sim::spawn(async move {
            let _kept = (memory, ring);
            sleep(1000 * MS).await;
        }));
        let ring = Ring::new(1).unwrap();
        // SAFETY: it has no memory.
        unsafe { ring.push(&Entry::timeout(MS)) }.unwrap();
        ring.submit().unwrap();
        error_name(-completed(&ring).await)
    });
    assert_eq!(outcome.verdict, None);
    assert_eq!(outcome.output, Some("ETIME"));
    // A run that a law has ended leaves nothing behind either.
    for _ in 0..100 {
        let outcome = run(Level::Deny, || async {
            let mut memory = vec![0; 100_000];
            let ring = reading(&mut memory);
            drop(memory);
            completed(&ring).await;
        });
        assert!(outcome.verdict.is_some());
    }
}
