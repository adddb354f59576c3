//! flume 0.9.1: a send or receive that is polled again keeps the waker of its
//! first poll. Fixed in 0.9.2 (issue 33).

use reveille::time::{sleep, timeout};
use std::time::Duration;

/// Two producers and two consumers over a small channel; one consumer looks at
/// something else when nothing has come for a while.
pub async fn exchange() {
    let (tx, rx) = flume::bounded(2);
    let producers: Vec<_> = (0..2)
        .map(|_| {
            let tx = tx.clone();
            reveille::spawn(async move {
                for number in 0..4 {
                    tx.send_async(number).await.unwrap();
                    sleep(Duration::from_millis(number)).await;
                }
            })
        })
        .collect();
    drop(tx);
    let patient = rx.clone();
    let patient = reveille::spawn(async move {
        let mut sum = 0;
        while let Ok(number) = patient.recv_async().await {
            sum += number;
        }
        sum
    });
    let hasty = reveille::spawn(async move {
        let mut sum = 0;
        loop {
            match timeout(Duration::from_millis(2), rx.recv_async()).await {
                Ok(Ok(number)) => sum += number,
                Ok(Err(_)) => return sum,
                Err(_) => reveille::yield_now().await,
            }
        }
    });
    for producer in producers {
        producer.await.unwrap();
    }
    assert_eq!(patient.await.unwrap() + hasty.await.unwrap(), 2 * (1 + 2 + 3));
}

#[cfg(test)]
#[reveille::test]
async fn everything_sent_is_received() {
    exchange().await;
}
