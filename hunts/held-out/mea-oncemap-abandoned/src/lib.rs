//! mea 0.6.5: a `OnceMap` keeps what it has of a key whose callers were all dropped. Fixed in
//! 0.6.6 (pull request 142).
#![cfg(test)]

use mea::once::OnceMap;
use reveille::time::{sleep, timeout};
use std::sync::Arc;
use std::time::Duration;

const TICK: Duration = Duration::from_millis(1);

/// Many values are asked for, and not for long.
#[reveille::test]
async fn what_nobody_waits_for_any_more_is_not_kept() {
    let map = Arc::new(OnceMap::new());
    let keys: Arc<Vec<Arc<usize>>> = Arc::new((0..3).map(Arc::new).collect());
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let (map, keys) = (map.clone(), keys.clone());
            reveille::spawn(async move {
                for key in keys.iter() {
                    let compute = map.compute(key.clone(), async || {
                        sleep(reveille::draw(4) * TICK).await;
                        **key
                    });
                    let _ = timeout(reveille::draw(4) * TICK, compute).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for key in keys.iter() {
        let held = Arc::strong_count(key) - 1;
        assert_eq!(held, usize::from(map.get(key).is_some()), "the map has key {key}");
    }
}
