//! tokio 1.5.1: `notify_waiters` without waiters counts itself by a load and a store. A
//! `notify_one` of another thread in between is overwritten, and its permit is lost.

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;
    use tokio::sync::Notify;

    #[reveille::test]
    async fn a_permit_outlives_a_call_to_waiters() {
        let notify = Arc::new(Notify::new());
        let all = thread::spawn({
            let notify = notify.clone();
            move || notify.notify_waiters()
        });
        let one = thread::spawn({
            let notify = notify.clone();
            move || notify.notify_one()
        });
        all.join().unwrap();
        one.join().unwrap();
        notify.notified().await;
    }
}
