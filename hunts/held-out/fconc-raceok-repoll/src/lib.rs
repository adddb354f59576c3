//! futures-concurrency 7.6.2: `race_ok` of an array or a tuple polls a future again that has
//! failed. Fixed in 7.6.3 (pull request 204).
#![cfg(test)]

use futures_concurrency::future::RaceOk;
use reveille::laws;

#[test]
fn keeps_the_laws_of_races() {
    laws::race_ok(|members| {
        let mut members = members.into_iter().map(Box::pin);
        async move {
            match (members.next(), members.next(), members.next(), members.next()) {
                (Some(one), None, None, None) => one.await.map_err(drop),
                (Some(one), Some(two), None, None) => [one, two].race_ok().await.map_err(drop),
                (Some(one), Some(two), Some(three), None) => {
                    [one, two, three].race_ok().await.map_err(drop)
                }
                (Some(one), Some(two), Some(three), Some(four)) => {
                    (one, two, three, four).race_ok().await.map_err(drop)
                }
                _ => Err(()),
            }
        }
    })
    .check();
}
