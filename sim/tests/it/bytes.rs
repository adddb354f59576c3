//! Any bytes are a run, the same one each time, and every run can be written as bytes.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Bytes, Recording, Written, draw, point, spawn, yield_now};
use std::time::Duration;

/// Tasks that meet every choice: turns, timers, inputs of one byte and of four, faults.
async fn body() -> u32 {
    let tasks = [1, 2, 3].map(|number| {
        spawn(async move {
            point().await;
            let nap = sleep(Duration::from_millis(draw(3).into()));
            let in_time = timeout(Duration::from_millis(1), nap).await.is_ok();
            yield_now().await;
            number + draw(1000) + u32::from(in_time)
        })
    });
    let mut sum = 0;
    for task in tasks {
        sum += task.await.unwrap();
    }
    sum
}

/// A run by `sampler`: its output, the hash of its events, its tape.
fn run(world: &mut World, sampler: &mut impl Sampler) -> (Option<u32>, u64, Tape) {
    let mut settings = Settings::default();
    settings.recording = Recording::events(Vec::new());
    let outcome = world.run(&settings, sampler, 0, body);
    assert_eq!(outcome.verdict, None);
    (outcome.output, outcome.trace.unwrap().hash(), world.tape())
}

proptest! {
    #[test]
    fn bytes_make_a_run_and_the_run_makes_bytes(bytes in vec(any::<u8>(), 0..80)) {
        let mut world = World::new();
        let first = run(&mut world, &mut Bytes::new(&bytes));
        prop_assert_eq!(&run(&mut world, &mut Bytes::new(&bytes)), &first);

        let replayed = run(&mut world, &mut Replay::new(first.2.clone()));
        let mut written = Written::new(first.2.clone());
        prop_assert_eq!(&run(&mut world, &mut written), &replayed);
        let bytes = written.into_bytes();
        let again = run(&mut world, &mut Bytes::new(&bytes));
        prop_assert_eq!((&again.0, again.2.digest()), (&first.0, first.2.digest()));

        // Once there are no occasions left at which nothing struck, they stay as they are.
        let mut once_more = Written::new(again.2.clone());
        run(&mut world, &mut once_more);
        prop_assert_eq!(once_more.into_bytes(), bytes);
    }
}

#[test]
fn no_bytes_are_the_plain_run() {
    let mut world = World::new();
    let plain = run(&mut world, &mut Plain);
    assert_eq!(run(&mut world, &mut Bytes::new(&[])), plain);
    assert_eq!(run(&mut world, &mut Bytes::new(&[0; 40])), plain);
    let mut written = Written::new(plain.2);
    run(&mut world, &mut written);
    assert!(written.into_bytes().is_empty());
}
