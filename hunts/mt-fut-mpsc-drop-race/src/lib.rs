//! futures-channel 0.3.12: a sender first counts its message and then queues it. A receiver
//! that is dropped in between finds the count and no message, and leaves the message in the
//! channel: it is dropped only with the last sender.

#[cfg(test)]
mod tests {
    use futures_channel::mpsc;
    use std::sync::Arc;

    #[reveille::test]
    async fn a_message_goes_with_its_receiver() {
        let (sender, receiver) = mpsc::unbounded::<Arc<()>>();
        let item = Arc::new(());
        let sending = reveille::spawn({
            let (sender, item) = (sender.clone(), item.clone());
            async move {
                let _ = sender.unbounded_send(item);
            }
        });
        let leaving = reveille::spawn(async move { drop(receiver) });
        sending.await.unwrap();
        leaving.await.unwrap();
        assert_eq!(Arc::strong_count(&item), 1, "the receiver is gone, the message is not");
        drop(sender);
    }
}
