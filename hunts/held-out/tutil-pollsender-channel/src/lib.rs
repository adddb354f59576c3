//! tokio-util 0.6.10: a `PollSender` is ready though its channel is full. Fixed in 0.7.0 (pull
//! request 4214).
#![cfg(test)]

use futures_sink::Sink;
use reveille::laws::{self, Capacity, Channel, Item};
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use tokio::sync::mpsc::{self, Receiver};
use tokio_util::sync::PollSender;

/// A sender that is ready, or waits to be, until it is dropped.
struct Ready<'a>(&'a mut PollSender<Item>);

impl Ready<'_> {
    async fn wait(&mut self) -> bool {
        poll_fn(|cx| Pin::new(&mut *self.0).poll_ready(cx)).await.is_ok()
    }

    fn send(self, item: Item) -> bool {
        let is_sent = Pin::new(&mut *self.0).start_send(item).is_ok();
        mem::forget(self);
        is_sent
    }
}

impl Drop for Ready<'_> {
    fn drop(&mut self) {
        self.0.abort_send();
    }
}

/// That it is ready is room for one item, as that of other channels that can be reserved.
#[derive(Clone)]
struct Polled;

impl Channel for Polled {
    type Sender = PollSender<Item>;
    type Receiver = Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = mpsc::channel(capacity.bound().unwrap());
        (PollSender::new(sender), receiver)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        let mut ready = Ready(sender);
        ready.wait().await
            && ready.send(item)
            && poll_fn(|cx| Pin::new(&mut *sender).poll_flush(cx)).await.is_ok()
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        receiver.recv()
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn reserve<'a>(
        &self,
        sender: &'a mut Self::Sender,
    ) -> Option<impl Future<Output = Option<laws::Permit<'a>>>> {
        Some(async {
            let mut ready = Ready(sender);
            ready.wait().await.then(|| laws::Permit::new(ready, Ready::send, drop))
        })
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Polled).check();
}
