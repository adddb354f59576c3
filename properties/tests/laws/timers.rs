//! Timers: our own pass, and each mistake of a reference is found.

use crate::{checker, told_as_one_of};
use reveille::laws::{self, Timer};
use reveille::time::{Instant, Sleep, sleep_until};
use reveille::{Law, yield_now};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Clone)]
pub(crate) struct Ours;

impl Timer for Ours {
    type Wheel = ();
    type Sleep = Sleep;

    fn open(&self) {}

    fn sleep_until(&self, _wheel: &(), due: Instant) -> Sleep {
        sleep_until(due)
    }

    fn reset(&self, _wheel: &(), sleep: Pin<&mut Sleep>, due: Instant) -> Option<()> {
        sleep.reset(due);
        Some(())
    }

    fn is_elapsed(&self, sleep: &Sleep) -> Option<bool> {
        Some(sleep.is_elapsed())
    }
}

#[test]
fn the_timers_of_the_world_pass() {
    laws::timer(Ours).checker(checker().runs(5_000)).check();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    RoundsDown,
    RoundsUp,
    WrapsAround,
    KeepsItsFirstWaker,
    KeepsOneOfEachTime,
    SetsTheTimerOnce,
    SetsTheTimerForTheLatest,
    FiresOneAtATime,
    DropTakesTheNext,
    ResetForgetsToWake,
    ResetToThePastIsForgotten,
    ResetToLaterIsForgotten,
    ResetDropsTheWaker,
    ResetStaysOver,
    SaysThatItElapsedWhenItIsSet,
    NeverSaysThatItElapsed,
    WakesItself,
}
use Mistake::*;

/// Timers by their time, which one task fires.
#[derive(Clone)]
struct Reference(Mistake);

type Key = (Instant, usize);

#[derive(Default)]
struct Heap {
    entries: BTreeMap<Key, Rc<RefCell<Entry>>>,
    made: usize,
    driver: Option<Waker>,
}

#[derive(Default)]
struct Entry {
    is_over: bool,
    waker: Option<Waker>,
}

type Wheel = Rc<RefCell<Heap>>;

struct Alarm {
    mistake: Mistake,
    wheel: Wheel,
    key: Key,
    entry: Rc<RefCell<Entry>>,
}

/// As the mistake has it that it is.
fn rounded(mistake: Mistake, due: Instant) -> Instant {
    let ahead = due.duration_since(Instant::now());
    let millis = Duration::from_millis(ahead.as_millis().try_into().unwrap());
    match mistake {
        RoundsDown => Instant::now() + millis,
        RoundsUp if ahead > millis => Instant::now() + millis + Duration::from_millis(1),
        WrapsAround => Instant::now() + Duration::from_micros(ahead.as_micros() as u32 as u64),
        _ => due,
    }
}

fn wake(heap: &Wheel) {
    let driver = heap.borrow_mut().driver.take();
    driver.into_iter().for_each(Waker::wake);
}

impl Alarm {
    fn insert(&mut self, due: Instant) {
        let due = rounded(self.mistake, due);
        let mut heap = self.wheel.borrow_mut();
        heap.made += 1;
        self.key = (due, heap.made);
        if self.mistake == KeepsOneOfEachTime {
            heap.entries.retain(|(other, _), _| *other != due);
        }
        let first = heap.entries.keys().next().map(|(first, _)| *first);
        heap.entries.insert(self.key, self.entry.clone());
        let is_to_wake = match self.mistake {
            SetsTheTimerOnce => first.is_none(),
            SetsTheTimerForTheLatest => first.is_none_or(|first| first < due),
            _ => true,
        };
        drop(heap);
        if is_to_wake {
            wake(&self.wheel);
        }
    }

    fn remove(&self) {
        self.wheel.borrow_mut().entries.remove(&self.key);
    }
}

impl Future for Alarm {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let is_due = self.key.0 <= Instant::now();
        let mut entry = self.entry.borrow_mut();
        if entry.is_over || is_due && self.wheel.borrow().entries.contains_key(&self.key) {
            entry.is_over = true;
            drop(entry);
            self.remove();
            return Poll::Ready(());
        }
        match self.mistake {
            WakesItself => cx.waker().wake_by_ref(),
            KeepsItsFirstWaker if entry.waker.is_some() => {}
            _ => entry.waker = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        match self.mistake {
            DropTakesTheNext => {
                let mut heap = self.wheel.borrow_mut();
                let next = heap.entries.range(self.key..).next().map(|(key, _)| *key);
                next.into_iter().for_each(|key| drop(heap.entries.remove(&key)));
            }
            _ => self.remove(),
        }
    }
}

/// Fires what is due, and waits for what is next.
async fn drive(mistake: Mistake, heap: Wheel) {
    let mut sleep: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|cx| {
        loop {
            let next = heap.borrow().entries.first_key_value().map(|(key, _)| *key);
            let Some(key) = next else { break };
            if key.0 > Instant::now() {
                let sleep = sleep.get_or_insert_with(|| Box::pin(sleep_until(key.0)));
                sleep.as_mut().reset(key.0);
                if sleep.as_mut().poll(cx).is_pending() {
                    break;
                }
                continue;
            }
            let entry = heap.borrow_mut().entries.remove(&key);
            let waker = entry.and_then(|entry| {
                let mut entry = entry.borrow_mut();
                entry.is_over = true;
                entry.waker.take()
            });
            waker.into_iter().for_each(Waker::wake);
            if mistake == FiresOneAtATime {
                break;
            }
        }
        let waker = cx.waker().clone();
        heap.borrow_mut().driver = Some(waker);
        Poll::<()>::Pending
    })
    .await;
}

impl Timer for Reference {
    type Wheel = Wheel;
    type Sleep = Alarm;

    fn open(&self) -> Wheel {
        Wheel::default()
    }

    fn drive(&self, wheel: &Wheel) -> Option<Pin<Box<dyn Future<Output = ()>>>> {
        let driving = drive(self.0, wheel.clone());
        Some(Box::pin(async {
            yield_now().await;
            driving.await;
        }))
    }

    fn sleep_until(&self, wheel: &Wheel, due: Instant) -> Alarm {
        let (entry, wheel) = (Rc::default(), wheel.clone());
        let mut alarm = Alarm { mistake: self.0, wheel, key: (due, 0), entry };
        alarm.insert(due);
        alarm
    }

    fn reset(&self, _wheel: &Wheel, mut alarm: Pin<&mut Alarm>, due: Instant) -> Option<()> {
        let before = alarm.key.0;
        match self.0 {
            ResetToThePastIsForgotten if due < Instant::now() => return Some(()),
            ResetToLaterIsForgotten if due > before => return Some(()),
            _ => {}
        }
        alarm.remove();
        let mut entry = alarm.entry.borrow_mut();
        if self.0 != ResetStaysOver {
            entry.is_over = false;
        }
        let waker = if self.0 == ResetDropsTheWaker { entry.waker.take() } else { None };
        drop(entry);
        drop(waker);
        if self.0 == ResetForgetsToWake {
            let key = (due, before.elapsed().as_micros() as usize);
            alarm.wheel.borrow_mut().entries.insert(key, alarm.entry.clone());
            alarm.key = key;
        } else {
            alarm.insert(due);
        }
        Some(())
    }

    fn is_elapsed(&self, alarm: &Alarm) -> Option<bool> {
        Some(match self.0 {
            SaysThatItElapsedWhenItIsSet => true,
            NeverSaysThatItElapsed => false,
            _ => alarm.entry.borrow().is_over,
        })
    }
}

#[test]
fn the_reference_passes() {
    laws::timer(Reference(Right)).checker(checker().runs(5_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(5_000).max_steps(2_000);
            let suite = laws::timer(Reference($mistake));
            told_as_one_of(suite, checker, &[$(Law::$law),+], $words, "sleepers = ");
        }
    )*};
}

told! {
    a_time_that_is_rounded_down: RoundsDown breaks Panic, "which no order";
    a_time_that_is_rounded_up: RoundsUp breaks Panic, "which no order";
    a_time_that_wraps_around: WrapsAround breaks Panic, "which no order";
    a_waker_that_stays_the_first: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    one_timer_for_each_time: KeepsOneOfEachTime breaks Stuck | WakerDropped, "sleeper";
    a_wheel_that_is_set_once: SetsTheTimerOnce breaks Stuck | Panic, "sleeper";
    a_wheel_that_is_set_for_the_latest: SetsTheTimerForTheLatest breaks Stuck | Panic, "sleeper";
    a_wheel_that_fires_one_at_a_time: FiresOneAtATime breaks Stuck | Panic, "sleeper";
    a_drop_that_takes_another: DropTakesTheNext breaks Stuck | WakerDropped, "sleeper";
    a_reset_that_wakes_nobody: ResetForgetsToWake breaks Stuck | Panic, "reset";
    a_reset_to_the_past: ResetToThePastIsForgotten breaks Panic, "which no order";
    a_reset_to_later: ResetToLaterIsForgotten breaks Panic, "which no order";
    a_reset_that_drops_the_waker: ResetDropsTheWaker breaks WakerDropped, "reset";
    a_reset_of_what_was_ready: ResetStaysOver breaks Panic, "which no order";
    one_that_says_that_it_elapsed: SaysThatItElapsedWhenItIsSet breaks Panic, "gave `elapsed`";
    one_that_never_says_so: NeverSaysThatItElapsed breaks Panic, "gave `not elapsed`";
    one_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
}
