//! The workload slot10: a new run, in which 10 items go over a one-slot channel and
//! the root joins both ends.

use crate::floor::{self, Floor};
use crate::slot::slot;
use reveille_sim::{Sampler, Settings, World};

pub fn on_floor(floor: &Floor, seed: u64) {
    floor.run(seed, async {
        let (tx, rx) = slot();
        let producer = floor::spawn(async move {
            for i in 0..10 {
                tx.send(i).await;
            }
        });
        let consumer = floor::spawn(async move {
            for i in 0..10 {
                assert_eq!(rx.recv().await, i);
            }
        });
        producer.await;
        consumer.await;
    });
}

pub fn in_reveille(world: &mut World, settings: &Settings, sampler: &mut impl Sampler, run: u64) {
    let outcome = world.run(settings, sampler, run, || async {
        let (tx, rx) = slot();
        let producer = reveille_sim::spawn(async move {
            for i in 0..10 {
                tx.send(i).await;
            }
        });
        let consumer = reveille_sim::spawn(async move {
            for i in 0..10 {
                assert_eq!(rx.recv().await, i);
            }
        });
        producer.await.unwrap();
        consumer.await.unwrap();
    });
    assert!(outcome.verdict.is_none());
}
