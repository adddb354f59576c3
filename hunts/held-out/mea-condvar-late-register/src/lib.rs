//! mea 0.4.2: `Condvar::wait` lets go of the mutex before it is among those who wait. Fixed in
//! 0.5.0 (pull request 73).
#![cfg(test)]

use mea::mutex::{Mutex, MutexGuard};
use reveille::laws::{self, Condvar};
use reveille::{Checker, Kind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// Polls with a waker whose clones call nobody: the mutex and the condition variable clone what they
/// are given with a lock held, in both versions.
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
    fn new(future: F) -> Relayed<F> {
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

/// Until 0.6.6 a notification is kept if nobody waits, and one of a wait that is dropped may be lost.
#[derive(Clone)]
struct Mea;

impl Condvar for Mea {
    type Pair = (Mutex<()>, mea::condvar::Condvar);
    type Guard<'a> = MutexGuard<'a, ()>;

    fn pair(&self) -> Self::Pair {
        (Mutex::new(()), mea::condvar::Condvar::new())
    }

    fn lock<'a>(&self, pair: &'a Self::Pair) -> impl Future<Output = MutexGuard<'a, ()>> {
        Relayed::new(pair.0.lock())
    }

    fn wait<'a>(
        &self,
        pair: &'a Self::Pair,
        guard: MutexGuard<'a, ()>,
    ) -> impl Future<Output = MutexGuard<'a, ()>> {
        Relayed::new(pair.1.wait(guard))
    }

    fn passes_on(&self) -> bool {
        false
    }

    fn is_spurious(&self) -> bool {
        true
    }

    fn notify_one(&self, pair: &Self::Pair) -> Option<()> {
        pair.1.notify_one();
        Some(())
    }

    fn notify_all(&self, pair: &Self::Pair) -> Option<()> {
        pair.1.notify_all();
        Some(())
    }
}

/// Who is woken by the unlocking may go on within it, which is rare: it takes more than the 1,000 runs
/// that every test gets. Wakers stay, since one that is replaced is dropped
/// with a lock held, in both versions.
#[test]
fn keeps_the_laws_of_condition_variables() {
    let checker = Checker::new().runs(10_000).with(Kind::ReentrantWaker).without(Kind::FreshWaker);
    let checker = checker.watchdog(Duration::from_secs(1));
    laws::condvar(Mea).checker(checker).check();
}
