//! Channels.

use reveille::laws::{self, Capacity, Channel, Item};

#[derive(Clone)]
struct AsyncChannel;

impl Channel for AsyncChannel {
    type Sender = async_channel::Sender<Item>;
    type Receiver = async_channel::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(async_channel::unbounded, async_channel::bounded)
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv();
        async { recv.await.ok() }
    }
}

#[test]
fn async_channel() {
    laws::channel(AsyncChannel).check();
}
