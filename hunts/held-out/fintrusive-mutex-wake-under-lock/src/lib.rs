//! futures-intrusive 0.2.2: a mutex wakes with its lock held. Fixed in 0.3.0 (commit ff7eb70).
#![cfg(test)]

use futures_intrusive::sync;
use reveille::laws::{self, Item, Mutex};
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

impl Mutex for Intrusive {
    type Lock = sync::Mutex<Item>;
    type Guard<'a> = sync::MutexGuard<'a, Item>;

    fn make(&self, content: Item) -> Self::Lock {
        sync::Mutex::new(content, true)
    }

    fn lock<'a>(&self, lock: &'a Self::Lock) -> impl Future<Output = Self::Guard<'a>> {
        Relayed::of(lock.lock())
    }

    fn try_lock<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        Some(lock.try_lock())
    }

    fn is_fair(&self) -> bool {
        true
    }
}

/// Wakers stay, since 0.2.2 keeps the first, which is the bug of `fintrusive-stale-waker`.
#[test]
fn keeps_the_laws_of_mutexes_where_a_wake_runs_its_task() {
    let checker = Checker::new()
        .with(Kind::ReentrantWaker)
        .without(Kind::FreshWaker)
        .watchdog(Duration::from_secs(1));
    laws::mutex(Intrusive).checker(checker).check();
}
