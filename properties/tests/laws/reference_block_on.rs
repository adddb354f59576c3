//! A function that blocks, of our own, right unless it is told to make a mistake.

use reveille::laws::{BlockOn, Item, Job};
use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    UsesTheParkToken,
    ForgetsWakesDuringThePoll,
    WaitsWithoutALook,
    RingsForThoseWhoWait,
    WakeByRefDoesNothing,
    WakesOnce,
    IgnoresOtherThreads,
    IgnoresItsOwnThread,
    SharesItsBell,
    Spins,
    PollsAfterReady,
    LeaksTheFuture,
    DropsTheFutureLater,
    SwallowsPanics,
    StaysEnteredAfterAPanic,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

struct Bell {
    mistake: Mistake,
    thread: Thread,
    rang: Mutex<bool>,
    condition: Condvar,
    has_rung: Mutex<bool>,
}

thread_local! {
    static BELL: RefCell<Option<Arc<Bell>>> = const { RefCell::new(None) };
    static LAST: RefCell<Option<Job>> = const { RefCell::new(None) };
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

impl Bell {
    fn new(mistake: Mistake) -> Arc<Bell> {
        Arc::new(Bell {
            mistake,
            thread: thread::current(),
            rang: Mutex::new(false),
            condition: Condvar::new(),
            has_rung: Mutex::new(false),
        })
    }

    fn ring(&self) {
        let is_own = thread::current().id() == self.thread.id();
        match self.mistake {
            UsesTheParkToken => self.thread.unpark(),
            RingsForThoseWhoWait => {
                drop(self.rang.lock().unwrap());
                self.condition.notify_one();
            }
            IgnoresOtherThreads if !is_own => {}
            IgnoresItsOwnThread if is_own => {}
            WakesOnce if mem::replace(&mut *self.has_rung.lock().unwrap(), true) => {}
            _ => {
                *self.rang.lock().unwrap() = true;
                self.condition.notify_one();
            }
        }
    }

    fn wait(&self) {
        match self.mistake {
            UsesTheParkToken => thread::park(),
            Spins => thread::yield_now(),
            WaitsWithoutALook | RingsForThoseWhoWait => {
                drop(self.condition.wait(self.rang.lock().unwrap()).unwrap());
            }
            _ => {
                let mut rang = self.rang.lock().unwrap();
                while !*rang {
                    rang = self.condition.wait(rang).unwrap();
                }
                *rang = false;
            }
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.mistake != WakeByRefDoesNothing {
            self.ring();
        }
    }
}

impl BlockOn for Reference {
    fn block_on(&self, mut job: Job) -> Item {
        let bell = match self.0 {
            SharesItsBell => BELL.with_borrow_mut(|bell| {
                bell.get_or_insert_with(|| Bell::new(SharesItsBell)).clone()
            }),
            mistake => Bell::new(mistake),
        };
        if self.0 == StaysEnteredAfterAPanic {
            assert!(!ENTERED.get(), "a future is being blocked on");
            ENTERED.set(true);
        }
        let waker = Waker::from(bell.clone());
        let cx = &mut Context::from_waker(&waker);
        let item = loop {
            let polled = match self.0 {
                SwallowsPanics => catch_unwind(AssertUnwindSafe(|| job.as_mut().poll(cx)))
                    .unwrap_or(Poll::Pending),
                _ => job.as_mut().poll(cx),
            };
            if let Poll::Ready(item) = polled {
                break item;
            }
            if self.0 == ForgetsWakesDuringThePoll {
                *bell.rang.lock().unwrap() = false;
            }
            bell.wait();
        };
        match self.0 {
            PollsAfterReady => drop(job.as_mut().poll(cx)),
            StaysEnteredAfterAPanic => ENTERED.set(false),
            LeaksTheFuture => mem::forget(job),
            DropsTheFutureLater => LAST.set(Some(job)),
            _ => {}
        }
        item
    }

    fn nests(&self) -> bool {
        self.0 != StaysEnteredAfterAPanic
    }

    fn limit(&self) -> Duration {
        match self.0 {
            Right => Duration::from_secs(5),
            _ => Duration::from_millis(400),
        }
    }
}
