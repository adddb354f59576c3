//! futures-intrusive 0.2.2: a channel wakes with its lock held. Fixed in 0.3.0 (commit 2ff9847),
//! but for a close, which still does.
#![cfg(test)]

use futures_intrusive::channel::shared;
use reveille::laws::{self, Capacity, Channel, Item};
use reveille::{Checker, Kind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// Polls with a waker whose clones call nobody: 0.3.0 still clones what it is given with its lock
/// held.
struct Relayed<F> {
    future: Pin<Box<F>>,
    relay: Option<Arc<Relay>>,
}

struct Relay(Waker);

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
    }
}

impl<F> Relayed<F> {
    fn of(future: F) -> Relayed<F> {
        Relayed { future: Box::pin(future), relay: None }
    }
}

impl<F: Future> Future for Relayed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let known = self.relay.take().filter(|relay| relay.0.will_wake(cx.waker()));
        let relay = known.unwrap_or_else(|| Arc::new(Relay(cx.waker().clone())));
        self.relay = Some(relay.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&Waker::from(relay)))
    }
}

#[derive(Clone)]
struct Intrusive;

impl Channel for Intrusive {
    type Sender = shared::Sender<Item>;
    type Receiver = shared::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        shared::channel(capacity.bound().unwrap())
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = Relayed::of(sender.send(item));
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        Relayed::of(receiver.receive())
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

/// Wakers stay, since 0.2.2 keeps the first, which is the bug of `fintrusive-stale-waker`.
#[test]
fn keeps_the_laws_of_channels_where_a_wake_runs_its_task() {
    let checker = Checker::new()
        .with(Kind::ReentrantWaker)
        .without(Kind::FreshWaker)
        .watchdog(Duration::from_secs(1));
    laws::channel(Intrusive).checker(checker).check();
}
