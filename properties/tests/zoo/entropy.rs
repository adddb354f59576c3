//! `nondeterminism`: crates that draw randomness from the system, each by a way of its own.

use crate::golden::panics_alike;

/// Calls the C function `syscall`.
fn by_syscall() -> u8 {
    let mut byte = [0];
    getrandom_02::getrandom(&mut byte).unwrap();
    byte[0]
}

/// Calls the C function `getrandom`.
fn by_function() -> u8 {
    let mut byte = [0];
    getrandom_04::fill(&mut byte).unwrap();
    byte[0]
}

async fn yields(times: u8) {
    for _ in 0..times {
        reveille::yield_now().await;
    }
}

#[reveille::test(runs = 200)]
async fn by_syscall_passes() {
    yields(by_syscall() % 8).await;
}

#[reveille::test(runs = 200)]
async fn by_function_passes() {
    yields(by_function() % 8).await;
}

/// A generator of the thread, seeded when it is first used.
#[reveille::test(runs = 200)]
async fn rand_passes() {
    yields(rand_08::random::<u8>() % 8).await;
    yields(rand_08::Rng::gen_range(&mut rand_08::thread_rng(), 0..8)).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn by_syscall_fails() {
    let drawn = by_syscall() % 8;
    yields(drawn).await;
    assert_ne!(drawn, 3, "one of eight");
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn rand_fails() {
    let drawn = rand_08::random::<u8>() % 8;
    yields(drawn).await;
    assert_ne!(drawn, 3, "one of eight");
}

/// What was drawn is on the tape: rare values are found, and come again in another process.
#[test]
fn what_a_crate_draws_replays() {
    ["entropy::by_syscall_fails", "entropy::rand_fails"].into_iter().for_each(panics_alike);
}
