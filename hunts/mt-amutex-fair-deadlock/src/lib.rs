//! async-mutex 1.1.2 (async-lock 1.1.1 is the same): who has waited for half a millisecond
//! takes part in the mutex's fair mode, and sets "locked, and somebody starves" where it takes
//! the success of its exchange for a failure. The mutex is then locked and held by nobody. The
//! holder must unlock between two operations of one poll.

#[cfg(test)]
mod tests {
    use async_mutex::Mutex;
    use reveille::time::sleep;
    use std::sync::Arc;
    use std::time::Duration;

    const LONG: Duration = Duration::from_millis(1);

    // Version 1 of event-listener keeps the waker of the first poll, which is another bug.
    #[reveille::test(without(fresh_waker, spurious_poll))]
    async fn clients_get_the_mutex_one_after_the_other() {
        let mutex = Arc::new(Mutex::new(()));
        let clients: Vec<_> = (0..3)
            .map(|_| {
                let mutex = mutex.clone();
                reveille::spawn(async move {
                    for _ in 0..2 {
                        let guard = mutex.lock().await;
                        sleep(LONG).await;
                        drop(guard);
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.unwrap();
        }
    }
}
