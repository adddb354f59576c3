//! futures-util 0.3.25: a sink by `unfold` polls a future that failed again. Fixed in 0.3.26 (issue
//! 2600, pull request 2686).
#![cfg(test)]

use futures_util::sink::{SinkExt, unfold};
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use std::pin::pin;

/// Numbers are written; some cannot be. Then it is closed, as ever.
#[reveille::test]
async fn a_log_is_closed(#[strategy(vec(any::<u8>(), 0..24))] numbers: Vec<u8>) {
    let log = unfold(Vec::new(), |mut log, number: u8| async move {
        reveille::yield_now().await;
        if number > 200 {
            return Err("too large");
        }
        log.push(number);
        Ok(log)
    });
    let mut log = pin!(log);
    for number in numbers {
        if log.send(number).await.is_err() {
            break;
        }
    }
    let _ = log.close().await;
}
