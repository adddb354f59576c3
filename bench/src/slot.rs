//! A one-slot channel as people write it: a mutex, a slot and two wakers.
//!
//! Whose mutex it is says the crate that this file is a module of: shuttle needs its own.

use crate::sync::{Mutex, MutexGuard};
use std::future::poll_fn;
use std::sync::{Arc, PoisonError};
use std::task::{Poll, Waker};

struct Slot<T> {
    item: Option<T>,
    sender: Option<Waker>,
    receiver: Option<Waker>,
}

/// One end of the channel.
pub struct End<T>(Arc<Mutex<Slot<T>>>);

pub fn slot<T>() -> (End<T>, End<T>) {
    let slot = Slot { item: None, sender: None, receiver: None };
    let shared = Arc::new(Mutex::new(slot));
    (End(shared.clone()), End(shared))
}

impl<T> End<T> {
    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub async fn send(&self, item: T) {
        let mut item = Some(item);
        poll_fn(|cx| {
            let mut slot = self.lock();
            if slot.item.is_some() {
                slot.sender = Some(cx.waker().clone());
                return Poll::Pending;
            }
            slot.item = item.take();
            if let Some(waker) = slot.receiver.take() {
                waker.wake();
            }
            Poll::Ready(())
        })
        .await;
    }

    pub async fn recv(&self) -> T {
        poll_fn(|cx| {
            let mut slot = self.lock();
            let Some(item) = slot.item.take() else {
                slot.receiver = Some(cx.waker().clone());
                return Poll::Pending;
            };
            if let Some(waker) = slot.sender.take() {
                waker.wake();
            }
            Poll::Ready(item)
        })
        .await
    }
}
