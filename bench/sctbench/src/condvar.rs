//! A condition variable. Waiting is three events: the mutex is unlocked and the
//! thread waits, it takes a signal, it locks the mutex again.
//!
//! A signal makes every thread runnable that waits by then, and the first of them
//! to have a turn takes it; the others wait on. Without anybody waiting it is lost.

use crate::event::event;
use crate::mutex::Mutex;
use reveille_sim::{Resource, Touch, hold_back, touches_next};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Debug)]
pub(crate) struct Condvar {
    touch: Touch,
    /// Signals given so far.
    given: Cell<u32>,
    /// The numbers of those that nobody has taken, in order.
    signals: RefCell<Vec<u32>>,
    waiting: RefCell<Vec<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    /// The signals given before it came, which are not for it.
    since: u32,
    waker: Waker,
}

impl Condvar {
    pub(crate) fn new(name: &str) -> Condvar {
        Condvar {
            touch: Touch::Write(Resource::named(name)),
            given: Cell::new(0),
            signals: RefCell::default(),
            waiting: RefCell::default(),
        }
    }

    pub(crate) async fn wait(&self, mutex: &Mutex) {
        mutex.unlock().await;
        let since = self.given.get();
        let mut waits = false;
        poll_fn(|cx| {
            if waits && self.take_signal(cx.waker(), since) {
                return Poll::Ready(());
            }
            if !waits {
                waits = true;
                self.waiting.borrow_mut().push(Waiter { since, waker: cx.waker().clone() });
            }
            touches_next(self.touch);
            Poll::Pending
        })
        .await;
        mutex.lock().await;
    }

    pub(crate) async fn signal(&self) {
        event(self.touch).await;
        self.given.set(self.given.get() + 1);
        let waiting = self.waiting.borrow();
        if !waiting.is_empty() {
            self.signals.borrow_mut().push(self.given.get());
            waiting.iter().for_each(|waiter| waiter.waker.wake_by_ref());
        }
    }

    /// Takes the first signal given since then, if there is one.
    fn take_signal(&self, waker: &Waker, since: u32) -> bool {
        let mut signals = self.signals.borrow_mut();
        let Some(first) = signals.iter().position(|signal| *signal > since) else {
            return false;
        };
        signals.remove(first);
        let mut waiting = self.waiting.borrow_mut();
        waiting.retain(|waiter| !waiter.waker.will_wake(waker));
        signals.retain(|signal| waiting.iter().any(|waiter| waiter.since < *signal));
        let last = signals.last().copied().unwrap_or(0);
        let idle = waiting.iter().filter(|waiter| waiter.since >= last);
        hold_back(idle.map(|waiter| &waiter.waker));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{Main, Process};
    use reveille_sim::{Faults, Law, Plain, Random, Sampler, Settings, World};
    use std::rc::Rc;

    type Pair = Rc<(Mutex, Condvar)>;

    async fn waiter(pair: Pair) {
        pair.0.lock().await;
        pair.1.wait(&pair.0).await;
        pair.0.unlock().await;
    }

    /// Spawns waiters and gives that many signals.
    fn program(waiters: usize, signals: usize) -> Main {
        Process::main(move |process| async move {
            let pair = Rc::new((Mutex::new("mutex"), Condvar::new("condvar")));
            for _ in 0..waiters {
                process.spawn(waiter(pair.clone())).await;
            }
            let signaller = pair.clone();
            let give = async move {
                for _ in 0..signals {
                    signaller.0.lock().await;
                    signaller.1.signal().await;
                    signaller.0.unlock().await;
                }
            };
            process.spawn(give).await;
            process.leave().await;
        })
    }

    fn broken(sampler: &mut impl Sampler, run: u64, waiters: usize, signals: usize) -> Option<Law> {
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        let outcome = World::new().run(&settings, sampler, run, || program(waiters, signals));
        outcome.verdict.map(|finding| finding.law)
    }

    #[test]
    fn a_signal_wakes_one_and_two_wake_two() {
        // In the plain run the waiters come first.
        assert_eq!(broken(&mut Plain, 0, 2, 2), None);
        assert_eq!(broken(&mut Plain, 0, 2, 1), Some(Law::Stuck));
        assert_eq!(broken(&mut Plain, 0, 1, 3), None);
    }

    #[test]
    fn too_few_signals_are_too_few_in_every_order_and_early_ones_are_lost() {
        let mut random = Random::new(1);
        let mut passing = 0;
        for run in 0..500 {
            assert_eq!(broken(&mut random, run, 3, 2), Some(Law::Stuck), "run {run}");
            passing += u32::from(broken(&mut random, run, 2, 2).is_none());
        }
        assert!(0 < passing && passing < 500, "{passing}");
    }
}
