//! What an inner future waits for: something that another task brings about.

use super::{Inners, LONG, MOST_POLLS, State};
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::sleep;
use reveille_sim::{Builder, yield_now};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

/// Polls of one that wakes itself, after which it goes on though nobody has had a turn.
const MOST_SPINS: u32 = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::laws) enum Pause {
    /// Until another task has had a turn.
    Turn,
    /// For so many milliseconds.
    Millis(u8),
    /// For so long that all others have ended meanwhile, if they may.
    Long,
    /// For some time, and it is woken in vain meanwhile.
    Twice(u8),
    /// For so many milliseconds, and it holds a waker of its own meanwhile.
    Holds(u8),
    /// It wakes itself, and who has its waker wakes it once more after so many milliseconds, when
    /// it may have ended.
    Late(u8),
    /// It wakes itself, once.
    Yield,
    /// It wakes itself in every poll, until another task has had a turn.
    Spin,
}

/// None or some.
pub(in crate::laws) fn pauses() -> BoxedStrategy<Vec<Pause>> {
    let pause = prop_oneof![
        3 => Just(Pause::Turn),
        2 => (1..4u8).prop_map(Pause::Millis),
        1 => Just(Pause::Long),
        1 => (1..3u8).prop_map(Pause::Twice),
        1 => (1..4u8).prop_map(Pause::Holds),
        1 => (0..3u8).prop_map(Pause::Late),
        2 => Just(Pause::Yield),
        1 => Just(Pause::Spin),
    ];
    prop_oneof![2 => Just(Vec::new()), 3 => vec(pause.clone(), 1), 1 => vec(pause, 2..=3)].boxed()
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pause::Turn => f.write_str("wait for another task"),
            Pause::Millis(millis) => write!(f, "wait {millis} ms"),
            Pause::Long => write!(f, "wait {LONG:?}"),
            Pause::Twice(millis) => write!(f, "woken in vain after {millis} ms"),
            Pause::Holds(millis) => write!(f, "wait {millis} ms, and hold its waker"),
            Pause::Late(millis) => write!(f, "yield, and be woken late, after {millis} ms"),
            Pause::Yield => f.write_str("yield"),
            Pause::Spin => f.write_str("yield until another task ran"),
        }
    }
}

/// Lets an inner future through when its pause is over.
pub(super) struct Gate {
    pause: Pause,
    door: Option<Door>,
    /// Held inside of who waits.
    held: Option<Waker>,
    /// How often it was asked.
    asked: u32,
    inners: Inners,
    at: usize,
}

/// What is opened by a task, and may outlive who waits before it.
#[derive(Clone)]
struct Door {
    state: Arc<Mutex<(bool, Option<Waker>)>>,
    inners: Inners,
    at: usize,
}

impl Gate {
    pub(super) fn new(pause: Pause, inners: Inners, at: usize) -> Gate {
        let door = (pause != Pause::Yield).then(|| {
            let door = Door { state: Arc::default(), inners: inners.clone(), at };
            door.clone().opens_after(pause);
            door
        });
        Gate { pause, door, held: None, asked: 0, inners, at }
    }

    pub(super) fn lets_through(&mut self, waker: &Waker) -> bool {
        self.asked += 1;
        if matches!(self.pause, Pause::Holds(_)) {
            self.held = Some(waker.clone());
        }
        let wakes_itself = match (self.pause, &self.door) {
            (Pause::Late(_), Some(door)) if self.asked == 1 => !door.is_open_or_wakes(waker),
            (Pause::Yield | Pause::Late(_), _) | (_, None) => self.asked == 1,
            (Pause::Spin, Some(door)) => !door.is_open() && self.asked < self.most_spins(),
            (_, Some(door)) => return door.is_open_or_wakes(waker),
        };
        if wakes_itself {
            self.inners.is_woken(self.at);
            waker.wake_by_ref();
            self.inners.others_may_run();
        }
        !wakes_itself
    }

    /// Within one poll of its owner it goes on for longer, so that one without end shows.
    fn most_spins(&self) -> u32 {
        let record = self.inners.record();
        if (2..=MOST_POLLS).contains(&record.seen[self.at].polled.2) {
            u32::MAX
        } else {
            MOST_SPINS
        }
    }
}

impl Door {
    fn lock(&self) -> MutexGuard<'_, (bool, Option<Waker>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_open(&self) -> bool {
        self.lock().0
    }

    /// Keeps the newest waker until it is open.
    fn is_open_or_wakes(&self, waker: &Waker) -> bool {
        // Whatever a clone or a drop of a waker does, it must not find the lock taken.
        let newest = waker.clone();
        let mut state = self.lock();
        let is_open = state.0;
        let old = if is_open { Some(newest) } else { state.1.replace(newest) };
        drop(state);
        drop(old);
        is_open
    }

    /// Wakes who waits before it. One that wakes itself may have gone on long ago.
    fn wake(&self, waker: Option<Waker>) {
        if let Some(waker) = waker {
            self.inners.is_woken(self.at);
            waker.wake();
        }
    }

    fn opens_after(self, pause: Pause) {
        let name = format!("opener for {}", self.inners.record().seen[self.at].name);
        let opener = async move {
            match pause {
                Pause::Millis(millis) | Pause::Holds(millis) | Pause::Late(millis) => {
                    sleep(Duration::from_millis(millis.into())).await;
                }
                Pause::Long => {
                    sleep(LONG).await;
                    self.inners.judge_long_wait();
                }
                Pause::Twice(millis) => {
                    sleep(Duration::from_millis(millis.into())).await;
                    let waker = self.lock().1.take();
                    self.wake(waker);
                    sleep(Duration::from_millis(1)).await;
                }
                _ => yield_now().await,
            }
            let waker = {
                let mut state = self.lock();
                state.0 = true;
                state.1.take()
            };
            match (pause, waker) {
                // It is a waker of an earlier poll, which need not lead to the inner future.
                (Pause::Late(_), Some(waker)) => {
                    self.inners.may_be_polled(self.at);
                    waker.wake();
                }
                (_, waker) => self.wake(waker),
            }
        };
        drop(Builder::new().name(&name).spawn_local(opener));
    }
}

impl Inners {
    fn may_be_polled(&self, at: usize) {
        self.record().seen[at].was_woken_late = true;
    }

    fn is_woken(&self, at: usize) {
        let seen = &mut self.record().seen[at];
        if seen.state == State::Waiting {
            seen.becomes(State::Woken);
        }
    }
}
