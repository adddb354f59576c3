//! tokio-stream 0.1.6: a `WatchStream` gives a value twice, since it does not take for seen what it
//! gives. Fixed in 0.1.7 (pull request 3914).
#![cfg(test)]

use reveille::laws::{self, Sight, Value, Watch};
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

#[derive(Clone)]
struct Tokio;

impl Watch for Tokio {
    type Sender = watch::Sender<Value>;
    type Receiver = WatchStream<Value>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = watch::channel(first);
        (sender, WatchStream::new(receiver))
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.send(value).is_ok()
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Value>> {
        receiver.next()
    }

    /// A new stream gives the value that is there.
    fn sight_of_first(&self) -> Sight {
        Sight::Unseen
    }

    fn sight_of_subscriber(&self) -> Sight {
        Sight::Unseen
    }

    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        Some(sender.borrow().clone())
    }

    fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
        Some(WatchStream::new(sender.subscribe()))
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }
}

#[test]
fn keeps_the_laws_of_watches() {
    laws::watch(Tokio).check();
}
