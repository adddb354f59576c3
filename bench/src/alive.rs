//! Many tasks alive, each of which only asks for its next poll: what one costs.

use crate::floor::{self, Floor};
use reveille_sim::{Faults, Sampler, Settings, World};
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Takes the time of so many polls, after as many that warm up.
struct Meter {
    polls: Cell<u64>,
    measured: u64,
    warm: u64,
    begin: Cell<Instant>,
    took: Cell<Option<Duration>>,
}

impl Meter {
    fn new(warm: u64, measured: u64) -> Rc<Meter> {
        let (polls, begin) = (Cell::new(0), Cell::new(Instant::now()));
        Rc::new(Meter { polls, measured, warm, begin, took: Cell::new(None) })
    }

    fn count(&self) {
        let polls = self.polls.get() + 1;
        self.polls.set(polls);
        if polls == self.warm {
            self.begin.set(Instant::now());
        }
        if polls == self.warm + self.measured {
            self.took.set(Some(self.begin.get().elapsed()));
        }
    }
}

/// Is never done before the meter is.
struct Restless(Rc<Meter>);

impl Future for Restless {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.count();
        if self.0.took.get().is_some() {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn restless(tasks: u64, meter: Rc<Meter>, spawn: impl Fn(Restless)) {
    (1..tasks).for_each(|_| spawn(Restless(meter.clone())));
    Restless(meter).await;
}

/// The time of `polls` polls among `tasks` tasks, on the floor.
pub fn on_floor(floor: &Floor, tasks: u64, polls: u64) -> Duration {
    let meter = Meter::new(2 * tasks, polls);
    floor.run(1, restless(tasks, meter.clone(), |task| drop(floor::spawn(task))));
    meter.took.get().expect("the run ends when the meter does")
}

/// The same in a run of ours.
pub fn in_reveille(
    world: &mut World,
    sampler: &mut impl Sampler,
    tasks: u64,
    polls: u64,
) -> Duration {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings.max_steps = u64::MAX / 4;
    settings.max_tasks = u64::MAX;
    let meter = Meter::new(2 * tasks, polls);
    let outcome = world.run(&settings, sampler, 1, || {
        restless(tasks, meter.clone(), |task| drop(reveille_sim::spawn_local(task)))
    });
    assert!(outcome.verdict.is_none());
    meter.took.get().expect("the run ends when the meter does")
}
