//! async-ringbuf 0.3.8: a pop or push that is pending says that it is terminated as soon as
//! the other end is gone, before it has given its result. `select!` polls it no more. Fixed in
//! 0.3.9.
#![cfg(test)]

use async_ringbuf::traits::{AsyncConsumer, AsyncProducer, Consumer, Producer, Split};
use async_ringbuf::{AsyncHeapCons, AsyncHeapProd, AsyncHeapRb};
use futures_core::future::FusedFuture;
use reveille::laws::{self, Capacity, Channel, Item, fused};
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct Ring;

impl Channel for Ring {
    type Sender = AsyncHeapProd<Item>;
    type Receiver = AsyncHeapCons<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        AsyncHeapRb::new(capacity.bound().unwrap()).split()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        fused(sender.push(item), FusedFuture::is_terminated).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        fused(receiver.pop(), FusedFuture::is_terminated).await
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        // The ring takes items that nobody will get.
        if sender.is_closed() {
            return Some(Err(TrySendError::Disconnected(())));
        }
        Some(sender.try_push(item).map_err(|_| TrySendError::Full(())))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_closed = receiver.is_closed();
        Some(receiver.try_pop().ok_or(match is_closed {
            true => TryRecvError::Disconnected,
            false => TryRecvError::Empty,
        }))
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Ring).check();
}
