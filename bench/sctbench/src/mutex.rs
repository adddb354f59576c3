//! A mutex: locking it is one event, unlocking it is another.
//!
//! A thread that stands before the lock is runnable only while the lock is free:
//! who takes it holds the others back, and who unlocks it wakes them all. The
//! schedule, not a queue, says who is next. Protected data needs no events of its
//! own, because whoever reads it holds the lock.

use crate::event::{announce, before, event};
use reveille_sim::{Resource, Touch, hold_back, touches_next};
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Debug)]
pub(crate) struct Mutex(Rc<State>);

#[derive(Debug)]
struct State {
    touch: Touch,
    held: Cell<bool>,
    /// Those whose next event is to lock it.
    standing: RefCell<Vec<Waker>>,
}

impl Mutex {
    pub(crate) fn new(name: &str) -> Mutex {
        let touch = Touch::Write(Resource::named(name));
        Mutex(Rc::new(State { touch, held: Cell::new(false), standing: RefCell::default() }))
    }

    pub(crate) fn lock(&self) -> Lock<'_> {
        Lock { mutex: self, stopped: false }
    }

    pub(crate) async fn unlock(&self) {
        event(self.0.touch).await;
        assert!(self.0.held.replace(false), "only a mutex that is locked is unlocked");
        self.0.standing.borrow().iter().for_each(Waker::wake_by_ref);
    }

    /// A thread stops before the lock.
    pub(crate) fn stand(&self, waker: Waker) {
        if self.0.held.get() {
            hold_back([&waker]);
        }
        self.0.standing.borrow_mut().push(waker);
    }

    fn take(&self) {
        self.0.held.set(true);
        hold_back(self.0.standing.borrow().iter());
    }
}

/// The future of [`Mutex::lock`].
#[derive(Debug)]
pub(crate) struct Lock<'a> {
    mutex: &'a Mutex,
    stopped: bool,
}

impl Future for Lock<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mutex = self.mutex;
        let state = &mutex.0;
        if self.stopped {
            if state.held.get() {
                touches_next(state.touch);
                return Poll::Pending;
            }
            let mut standing = state.standing.borrow_mut();
            let own = standing.iter().position(|waker| waker.will_wake(cx.waker()));
            standing.remove(own.expect("who stands before a mutex is known to it"));
        } else {
            self.stopped = true;
            if announce(state.touch, Some(mutex)) {
                // Who spawns this thread makes it stand there.
                return Poll::Pending;
            }
            if state.held.get() {
                touches_next(state.touch);
                mutex.stand(cx.waker().clone());
                return Poll::Pending;
            }
            if Pin::new(&mut before(state.touch)).poll(cx).is_pending() {
                mutex.stand(cx.waker().clone());
                return Poll::Pending;
            }
        }
        mutex.take();
        Poll::Ready(())
    }
}
