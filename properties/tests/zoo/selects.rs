//! `nondeterminism`: randomness, time and state from outside the run.

use crate::golden::{compare, panics_alike, report, run};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// No golden replay: by its nature the next process does something else.
#[test]
fn a_static_is_named_by_the_first_event_that_differs() {
    let output = run("selects::counts_in_a_static", &[]);
    let told = report(&output);
    assert!(!output.status.success());
    assert!(told.contains("breaks the law nondeterminism\n"), "{told}");
    compare("selects::counts_in_a_static", &told);
}

/// State that goes from run to run, made visible in the order of polls. Hermetic
/// runs would not see it, so they are switched off.
#[reveille::test(hermetic = false)]
#[ignore = "broken on purpose"]
async fn counts_in_a_static() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    for _ in 0..RUNS.fetch_add(1, Ordering::Relaxed) % 3 {
        reveille::yield_now().await;
    }
}

/// State that fails a late run, and then every run: no replay in this process can
/// tell, but the plain run was made first and passed.
#[reveille::test(hermetic = false)]
#[ignore = "broken on purpose"]
async fn counts_to_fifty_in_a_static() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    reveille::yield_now().await;
    assert!(RUNS.fetch_add(1, Ordering::Relaxed) < 50);
}

#[test]
fn a_failure_that_only_its_process_shows_is_no_failure_of_the_schedule() {
    let told = report(&run("selects::counts_to_fifty_in_a_static", &[]));
    assert!(told.contains("breaks the law panic\n"), "{told}");
    assert!(
        told.contains("beside it, nondeterminism: the run that failed cannot be repeated"),
        "{told}"
    );
}

/// The same starts anew in every process of its own.
#[reveille::test]
async fn a_static_starts_anew_in_every_hermetic_run() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    for _ in 0..RUNS.fetch_add(1, Ordering::Relaxed) % 3 {
        reveille::yield_now().await;
    }
}

/// Random, and yet the same in every replay.
#[reveille::test(runs = 100_000)]
async fn draws_from_the_tape() {
    yields(reveille::draw(4)).await;
}

async fn two_ready_arms() -> u32 {
    let mut first = std::pin::pin!(futures::FutureExt::fuse(async { 1 }));
    let mut second = std::pin::pin!(futures::FutureExt::fuse(async { 2 }));
    futures::select! { a = first => a, b = second => b }
}

async fn yields(times: u32) {
    for _ in 0..times {
        reveille::yield_now().await;
    }
}

#[reveille::test]
async fn futures_select_passes() {
    yields(two_ready_arms().await).await;
}

#[reveille::test]
async fn tokio_select_passes() {
    let taken = tokio::select! { a = async { 1 } => a, b = async { 2 } => b };
    yields(taken).await;
}

#[reveille::test]
async fn hash_map_passes() {
    let map: HashMap<u32, ()> = (0..8).map(|key| (key, ())).collect();
    yields(*map.keys().next().unwrap()).await;
}

#[reveille::test]
async fn clock_passes() {
    let start = std::time::Instant::now();
    reveille::time::sleep(std::time::Duration::from_secs(3)).await;
    // Hermetic clocks show virtual time; others show next to none.
    yields(start.elapsed().subsec_nanos() % 2).await;
    let wall = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    yields(wall.subsec_nanos() % 7).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn futures_select_fails() {
    let mut taken = Vec::new();
    for _ in 0..6 {
        taken.push(two_ready_arms().await);
        yields(*taken.last().unwrap()).await;
    }
    assert_eq!(taken, [], "six selects");
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn tokio_select_fails() {
    let mut taken = Vec::new();
    for _ in 0..6 {
        taken.push(tokio::select! { a = async { 1 } => a, b = async { 2 } => b });
        yields(*taken.last().unwrap()).await;
    }
    assert_eq!(taken, [], "six selects");
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn hash_map_fails() {
    let map: HashMap<u32, ()> = (0..8).map(|key| (key, ())).collect();
    let keys: Vec<u32> = map.into_keys().collect();
    yields(keys[0]).await;
    assert_eq!(keys, [], "the keys of a map");
}

/// What hidden randomness decided comes out the same in another process.
#[test]
fn hidden_randomness_replays() {
    ["selects::futures_select_fails", "selects::tokio_select_fails", "selects::hash_map_fails"]
        .into_iter()
        .for_each(panics_alike);
}

/// The clocks of C, and one that is asked by the number of its system call.
#[cfg(target_os = "linux")]
#[reveille::test]
async fn clocks_of_c_pass() {
    // SAFETY: each is given a valid place, or none.
    unsafe {
        let mut time: libc::timeval = std::mem::zeroed();
        assert_eq!(libc::gettimeofday(&raw mut time, std::ptr::null_mut()), 0);
        yields(time.tv_usec as u32 % 7).await;
        let start = libc::time(std::ptr::null_mut());
        assert!((time.tv_sec..=time.tv_sec + 1).contains(&start));

        let mut time: libc::timespec = std::mem::zeroed();
        let clock = libc::CLOCK_MONOTONIC;
        assert_eq!(libc::syscall(libc::SYS_clock_gettime, clock, &raw mut time), 0);
        yields(time.tv_nsec as u32 % 7).await;
    }
}
