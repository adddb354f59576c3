//! async_singleflight 0.4.0: if the call that does the work is dropped, the key stays in flight
//! for ever, and every call for it waits. Rewritten in 0.5.0.
#![cfg(test)]

use async_singleflight::Group;
use reveille::time::{sleep, timeout};
use std::sync::Arc;
use std::time::Duration;

const TICK: Duration = Duration::from_millis(10);

/// Takes a while, more or less.
async fn fetch() -> Result<u32, ()> {
    sleep(reveille::draw(4) * TICK).await;
    Ok(7)
}

#[reveille::test]
async fn a_cache_is_asked_by_many() {
    let group = Arc::new(Group::<u32, ()>::new());
    let impatient = {
        let group = group.clone();
        reveille::spawn(async move {
            for _ in 0..3 {
                let _ = timeout(TICK, group.work("key", fetch())).await;
            }
        })
    };
    let patient = reveille::spawn(async move {
        for _ in 0..3 {
            let (value, error, _) = group.work("key", fetch()).await;
            assert!(error.is_none());
            assert!(value.is_none_or(|value| value == 7));
        }
    });
    impatient.await.unwrap();
    patient.await.unwrap();
}
