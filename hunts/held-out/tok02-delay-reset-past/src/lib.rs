//! tokio 0.2.20: a `Delay` that is reset to a time that has passed does not wake who waits for
//! it. Fixed in 0.2.21 (tokio pull request 2290).
#![cfg(test)]

use reveille::laws::{self, Timer};
use reveille::time::{Instant, sleep_until};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{Delay, advance, delay_until};

#[derive(Clone)]
struct Tokio;

/// A runtime whose clock stands still until it is told of the time.
struct Clock {
    runtime: RefCell<Runtime>,
    began: (Instant, tokio::time::Instant),
}

impl Clock {
    fn new() -> Clock {
        let mut runtime = Builder::new().basic_scheduler().enable_time().build().unwrap();
        // A runtime with nothing to do would have its clock run on to the next timer.
        runtime.spawn(async {
            loop {
                let _ = yield_now().await;
            }
        });
        let began = runtime.block_on(async {
            tokio::time::pause();
            (Instant::now(), tokio::time::Instant::now())
        });
        Clock { runtime: RefCell::new(runtime), began }
    }

    fn moment(&self, due: Instant) -> tokio::time::Instant {
        let (ours, tokios) = self.began;
        tokios + due.duration_since(ours) - ours.duration_since(due)
    }

    /// Shows the time that it is by ours, and has the timers fire.
    fn catch_up(&self) {
        let now = self.moment(Instant::now());
        self.runtime.borrow_mut().block_on(async {
            advance(now - tokio::time::Instant::now()).await;
            let _ = yield_now().await;
        });
    }

    fn within<R>(&self, act: impl FnOnce() -> R) -> R {
        self.catch_up();
        self.runtime.borrow().enter(act)
    }
}

/// Has the clock catch up when something is due.
fn ticks(clock: &Rc<Clock>, due: Instant) {
    let (clock, now) = (clock.clone(), Instant::now());
    drop(reveille::Builder::new().name("tokio's clock").spawn_local(async move {
        for millis in 1..=2 {
            sleep_until(due.max(now) + Duration::from_millis(millis)).await;
            clock.catch_up();
        }
    }));
}

impl Timer for Tokio {
    type Wheel = Rc<Clock>;
    type Sleep = Delay;

    fn open(&self) -> Rc<Clock> {
        Rc::new(Clock::new())
    }

    fn sleep_until(&self, clock: &Rc<Clock>, due: Instant) -> Delay {
        ticks(clock, due);
        clock.within(|| delay_until(clock.moment(due)))
    }

    fn reset(&self, clock: &Rc<Clock>, delay: Pin<&mut Delay>, due: Instant) -> Option<()> {
        ticks(clock, due);
        let moment = clock.moment(due);
        clock.within(|| delay.get_mut().reset(moment));
        Some(())
    }

    fn is_elapsed(&self, delay: &Delay) -> Option<bool> {
        Some(delay.is_elapsed())
    }

    fn granularity(&self) -> Duration {
        Duration::from_millis(3)
    }

    /// Its clock is moved by hand, a wheel's slot at a time.
    fn longest(&self) -> Duration {
        Duration::from_secs(5)
    }
}

#[test]
fn keeps_the_laws_of_timers() {
    laws::timer(Tokio).check();
}
