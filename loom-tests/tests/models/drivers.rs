//! Drivers of one future, and what goes wrong with them.

use super::{breaks, holds};
use expect_test::expect;
use reveille_loom::models::{BlockOn, block_on};
use reveille_loom::sync::atomic::{AtomicBool, Ordering::*};
use reveille_loom::sync::{Condvar, Mutex};
use reveille_loom::thread::{self, Thread};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};

/// What is wrong with a driver.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// A wake of a thread that does not wait leaves nothing behind.
    NoToken,
    /// The token is thrown away after the poll, with the wakes that came during it.
    ForgetsDuringPoll,
    /// The flag is looked at, and then the thread waits, whatever has come meanwhile.
    CheckThenWait,
    /// The flag orders nothing.
    RelaxedFlag,
    /// A wake that finds the flag set does nothing, and orders nothing.
    SeesTheFlag,
    /// It unparks whichever thread made the waker first.
    WakesNobody,
}

/// Waits at a condition variable.
struct Bell {
    woken: Mutex<bool>,
    bell: Condvar,
    mistake: Mistake,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        if self.mistake == Mistake::WakesNobody {
            return;
        }
        if self.mistake != Mistake::NoToken {
            *self.woken.lock().unwrap() = true;
        }
        self.bell.notify_one();
    }
}

struct ByBell(Mistake);

impl BlockOn for ByBell {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let bell =
            Arc::new(Bell { woken: Mutex::new(false), bell: Condvar::new(), mistake: self.0 });
        let waker = bell.clone().into();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            let mut woken = bell.woken.lock().unwrap();
            match self.0 {
                Mistake::NoToken => drop(bell.bell.wait(woken)),
                Mistake::ForgetsDuringPoll => {
                    *woken = false;
                    *bell.bell.wait_while(woken, |woken| !*woken).unwrap() = false;
                }
                Mistake::CheckThenWait => {
                    let is_woken = std::mem::take(&mut *woken);
                    drop(woken);
                    if !is_woken {
                        drop(bell.bell.wait(bell.woken.lock().unwrap()));
                    }
                }
                _ => *bell.bell.wait_while(woken, |woken| !*woken).unwrap() = false,
            }
        }
    }
}

/// Parks its thread, and has a flag, so that what else unparks it costs no poll.
struct Unparks {
    thread: Thread,
    woken: AtomicBool,
    mistake: Mistake,
}

impl Wake for Unparks {
    fn wake(self: Arc<Self>) {
        let order = if self.mistake == Mistake::RelaxedFlag { Relaxed } else { Release };
        if self.mistake == Mistake::SeesTheFlag {
            if !self.woken.load(Relaxed) {
                self.woken.store(true, Release);
                self.thread.unpark();
            }
        } else if !self.woken.swap(true, order) {
            self.thread.unpark();
        }
    }
}

struct ByPark(Mistake);

impl BlockOn for ByPark {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let unparks = Arc::new(Unparks {
            thread: thread::current(),
            woken: AtomicBool::new(false),
            mistake: self.0,
        });
        let waker = unparks.clone().into();
        let order = if self.0 == Mistake::RelaxedFlag { Relaxed } else { Acquire };
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            while !unparks.woken.swap(false, order) {
                thread::park();
            }
        }
    }
}

#[test]
fn a_bell_holds() {
    holds(
        block_on(|| ByBell(Mistake::None)),
        expect![[r#"
            1 iteration: a wake during the poll is not lost
            53 iterations: a wake between the last check and the park is not lost
            8 iterations: what was done before the wake is seen by the next poll
            152 iterations: two wakes may be one, but never none
            1394 iterations: two threads may wake at once
            1 iteration: a wake after the end is harmless"#]],
    );
}

#[test]
fn parking_holds() {
    holds(
        block_on(|| ByPark(Mistake::None)),
        expect![[r#"
            1 iteration: a wake during the poll is not lost
            81 iterations: a wake between the last check and the park is not lost
            14 iterations: what was done before the wake is seen by the next poll
            724 iterations: two wakes may be one, but never none
            2762 iterations: two threads may wake at once
            1 iteration: a wake after the end is harmless"#]],
    );
}

macro_rules! mistakes {
    ($($test:ident: $driver:ident $mistake:ident breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(block_on(|| $driver(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    no_token: ByBell NoToken breaks "a wake during the poll is not lost";
    forgets_during_poll: ByBell ForgetsDuringPoll breaks "a wake during the poll is not lost";
    check_then_wait: ByBell CheckThenWait breaks "a wake between the last check and the park is not lost";
    wakes_nobody: ByBell WakesNobody breaks "a wake during the poll is not lost";
    relaxed_flag: ByPark RelaxedFlag breaks "what was done before the wake is seen by the next poll";
    sees_the_flag: ByPark SeesTheFlag breaks "a wake between the last check and the park is not lost";
}
