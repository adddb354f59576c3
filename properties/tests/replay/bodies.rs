//! Small futures that get it wrong in some schedules, or under some fault, and right in
//! others; one for each way in which a run can fail.

use crate::specimens::Said;
use async_lock::Mutex;
use reveille::completion::{Buffer, Fd, Memory, Ring};
use reveille::time::{sleep, timeout};
use reveille::{cancellable, spawn_local, yield_now};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Two tasks race; whether the second came first.
async fn second_comes_first() -> bool {
    let order = Rc::new(RefCell::new(Vec::new()));
    let racers = [0, 1].map(|racer| {
        let order = order.clone();
        spawn_local(async move {
            yield_now().await;
            order.borrow_mut().push(racer);
        })
    });
    for racer in racers {
        racer.await.unwrap();
    }
    let first = order.borrow()[0];
    first == 1
}

pub(crate) async fn root_panics() -> Said {
    let count = Rc::new(Cell::new(0));
    let adders = [(); 2].map(|()| {
        let count = count.clone();
        spawn_local(async move {
            let seen = count.get();
            reveille::point().await;
            count.set(seen + 1);
        })
    });
    for adder in adders {
        adder.await.unwrap();
    }
    assert_eq!(count.get(), 2, "an update was lost");
    Ok(())
}

pub(crate) async fn task_panics() -> Said {
    let second = second_comes_first().await;
    drop(spawn_local(async move {
        yield_now().await;
        assert!(!second, "nobody hears this");
    }));
    sleep(MS).await;
    Ok(())
}

pub(crate) async fn returns_an_error() -> Said {
    if second_comes_first().await { Err("the second came first".into()) } else { Ok(()) }
}

struct PanicsWhenDropped(bool);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        assert!(!self.0, "dropped");
    }
}

pub(crate) async fn destructor_panics() -> Said {
    let guard = PanicsWhenDropped(second_comes_first().await);
    let task = spawn_local(async move {
        let _guard = guard;
        std::future::pending::<()>().await;
    });
    yield_now().await;
    task.abort();
    drop(task);
    yield_now().await;
    Ok(())
}

pub(crate) async fn depends_on_draws() -> Said {
    let one = spawn_local(async { reveille::draw(30) });
    let other = spawn_local(async { reveille::draw(30) });
    let sum = one.await.unwrap() + other.await.unwrap();
    assert!(sum < 35, "the sum is {sum}");
    Ok(())
}

pub(crate) async fn never_registers() -> Said {
    if second_comes_first().await {
        spawn_local(poll_fn(|_| Poll::<()>::Pending)).await.unwrap();
    }
    Ok(())
}

/// A flag that somebody raises.
#[derive(Clone, Default)]
struct Flag(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    raised: bool,
    waiter: Option<Waker>,
}

impl Flag {
    fn raise(&self) {
        let mut state = self.0.borrow_mut();
        state.raised = true;
        let waiter = state.waiter.take();
        drop(state);
        waiter.into_iter().for_each(Waker::wake);
    }

    /// Waits until it is raised; `keep` says how a new waker goes to where one may be.
    async fn raised(self, keep: fn(&mut Option<Waker>, &Waker)) {
        poll_fn(|cx| {
            let mut state = self.0.borrow_mut();
            if state.raised {
                return Poll::Ready(());
            }
            keep(&mut state.waiter, cx.waker());
            Poll::Pending
        })
        .await;
    }
}

fn replace(waiter: &mut Option<Waker>, waker: &Waker) {
    *waiter = Some(waker.clone());
}

pub(crate) async fn keeps_its_first_waker() -> Said {
    let flag = Flag::default();
    let keep = |waiter: &mut Option<Waker>, waker: &Waker| {
        waiter.get_or_insert_with(|| waker.clone());
    };
    let waiting = spawn_local(flag.clone().raised(keep));
    sleep(MS).await;
    flag.raise();
    waiting.await.unwrap();
    Ok(())
}

pub(crate) async fn clears_its_waiter() -> Said {
    let flag = Flag::default();
    let waiting = spawn_local(flag.clone().raised(replace));
    if second_comes_first().await {
        flag.0.borrow_mut().waiter = None;
    }
    flag.raise();
    waiting.await.unwrap();
    Ok(())
}

async fn both(first: Rc<Mutex<u32>>, second: Rc<Mutex<u32>>) {
    let mut first = first.lock().await;
    reveille::point().await;
    let mut second = second.lock().await;
    *first += 1;
    *second += 1;
}

pub(crate) async fn locks_in_opposite_orders() -> Said {
    let (a, b) = (Rc::new(Mutex::new(0)), Rc::new(Mutex::new(0)));
    let left = spawn_local(both(a.clone(), b.clone()));
    let right = spawn_local(both(b, a));
    left.await.unwrap();
    right.await.unwrap();
    Ok(())
}

/// Looks, lets others go on, and registers without another look.
async fn look_then_register(flag: Flag) {
    if !flag.0.borrow().raised {
        reveille::point().await;
        let mut registered = false;
        poll_fn(|cx| {
            let mut state = flag.0.borrow_mut();
            if std::mem::replace(&mut registered, true) && state.raised {
                return Poll::Ready(());
            }
            replace(&mut state.waiter, cx.waker());
            Poll::Pending
        })
        .await;
    }
}

pub(crate) async fn looks_before_it_registers() -> Said {
    let flag = Flag::default();
    let waiting = spawn_local(look_then_register(flag.clone()));
    yield_now().await;
    flag.raise();
    waiting.await.unwrap();
    drop(flag);
    Ok(())
}

pub(crate) async fn hidden_by_a_heartbeat() -> Said {
    let heartbeat = spawn_local(async {
        let mut ticks = reveille::time::interval(MS * 100);
        loop {
            ticks.tick().await;
        }
    });
    looks_before_it_registers().await?;
    heartbeat.abort();
    Ok(())
}

/// Woken, wakes the other and waits again.
async fn pass_on(batons: [Rc<RefCell<Option<Waker>>>; 2], own: usize) {
    poll_fn(|cx| {
        replace(&mut batons[own].borrow_mut(), cx.waker());
        let other = batons[1 - own].borrow_mut().take();
        other.into_iter().for_each(Waker::wake);
        Poll::<()>::Pending
    })
    .await;
}

pub(crate) async fn wake_each_other_for_ever() -> Said {
    if second_comes_first().await {
        let batons: [Rc<RefCell<Option<Waker>>>; 2] = Default::default();
        let players = [0, 1].map(|own| spawn_local(pass_on(batons.clone(), own)));
        for player in players {
            player.await.unwrap();
        }
    }
    Ok(())
}

pub(crate) async fn spins_for_ever() -> Said {
    let second = second_comes_first().await;
    spawn_local(async move {
        loop {
            yield_now().await;
            if !second {
                break;
            }
        }
    })
    .await
    .unwrap();
    Ok(())
}

pub(crate) async fn polls_without_end() -> Said {
    let second = second_comes_first().await;
    poll_fn(|cx| {
        loop {
            cx.waker().wake_by_ref();
            if !second || reveille::draw(1) == 1 {
                return Poll::Ready(());
            }
        }
    })
    .await;
    Ok(())
}

pub(crate) async fn spawns_without_bound() -> Said {
    if second_comes_first().await {
        loop {
            drop(spawn_local(async {}));
        }
    }
    Ok(())
}

pub(crate) async fn loses_its_place() -> Said {
    let flag = Flag::default();
    let keep = |waiter: &mut Option<Waker>, waker: &Waker| {
        *waiter = if waiter.is_some() { None } else { Some(waker.clone()) };
    };
    let waiting = spawn_local(flag.clone().raised(keep));
    for _ in 0..3 {
        yield_now().await;
    }
    flag.raise();
    waiting.await.unwrap();
    Ok(())
}

pub(crate) async fn polled_after_ready() -> Said {
    let mut task = spawn_local(async {});
    (&mut task).await.unwrap();
    if second_comes_first().await {
        let _ = (&mut task).await;
    }
    Ok(())
}

/// An arm waits for the lock and is put aside; then the lock is waited for again.
pub(crate) async fn puts_an_arm_aside() -> Said {
    let lock = Rc::new(Mutex::new(()));
    let held = lock.clone();
    let holder = spawn_local(async move {
        let guard = held.lock().await;
        yield_now().await;
        drop(guard);
    });
    yield_now().await;
    let mut arm = pin!(reveille::watch(lock.lock()));
    if futures::poll!(arm.as_mut()).is_pending() {
        let mut other = pin!(yield_now());
        futures::future::select(arm.as_mut(), other.as_mut()).await;
        drop(lock.lock().await);
    }
    holder.await.unwrap();
    Ok(())
}

async fn hold(holders: Rc<Cell<u32>>) {
    while holders.get() > 0 {
        yield_now().await;
    }
    reveille::point().await;
    holders.set(holders.get() + 1);
    yield_now().await;
    holders.set(holders.get() - 1);
}

pub(crate) async fn two_holders() -> Said {
    let holders = Rc::<Cell<u32>>::default();
    let seen = holders.clone();
    let _exclusive = reveille::always("at most one holder", move || seen.get() <= 1);
    let second = spawn_local(hold(holders.clone()));
    hold(holders).await;
    second.await.unwrap();
    Ok(())
}

pub(crate) async fn comes_too_late() -> Said {
    let there = Rc::<Cell<bool>>::default();
    let seen = there.clone();
    let _in_time = reveille::eventually(5 * MS, "it comes", move || seen.get());
    let late = second_comes_first().await;
    spawn_local(async move {
        sleep(if late { 9 * MS } else { MS }).await;
        there.set(true);
    })
    .await
    .unwrap();
    Ok(())
}

/// Two sleeps are no order: timers may be late.
pub(crate) async fn takes_a_sleep_for_an_order() -> Said {
    let ready = Rc::<Cell<bool>>::default();
    let setter = ready.clone();
    let task = spawn_local(async move {
        sleep(MS).await;
        setter.set(true);
    });
    sleep(2 * MS).await;
    assert!(ready.get(), "it is not ready after 2 ms");
    task.await.unwrap();
    Ok(())
}

pub(crate) async fn relies_on_the_order_of_timers() -> Said {
    let order = Rc::new(RefCell::new(Vec::new()));
    let sleepers = [0, 1, 2].map(|sleeper| {
        let order = order.clone();
        spawn_local(async move {
            sleep(MS).await;
            order.borrow_mut().push(sleeper);
        })
    });
    for sleeper in sleepers {
        sleeper.await.unwrap();
    }
    assert_eq!(*order.borrow(), [0, 1, 2], "equal deadlines are no order");
    Ok(())
}

/// The wake may come after the deadline, and then the turn is nobody's.
pub(crate) async fn keeps_a_turn_when_its_timeout_wins() -> Said {
    let flag = Flag::default();
    let waiting = spawn_local(timeout(20 * MS, flag.clone().raised(replace)));
    sleep(MS).await;
    flag.raise();
    let got = waiting.await.unwrap().is_ok();
    assert!(got, "the turn is lost");
    Ok(())
}

pub(crate) async fn loses_an_item_when_cancelled() -> Said {
    let items = RefCell::new(vec![7]);
    let take = async {
        let item = items.borrow_mut().pop();
        yield_now().await;
        sleep(MS).await;
        item
    };
    let got = cancellable(take).await.is_ok();
    assert!(got || !items.borrow().is_empty(), "the item is gone");
    Ok(())
}

pub(crate) async fn is_forgotten_with_a_lock_held() -> Said {
    let lock = Mutex::new(0);
    let work = async {
        let mut count = lock.lock().await;
        sleep(MS).await;
        *count += 1;
    };
    let _ = cancellable(work).await;
    *lock.lock().await += 1;
    Ok(())
}

pub(crate) async fn wakes_with_a_cell_borrowed() -> Said {
    let flag = Flag::default();
    let waiting = spawn_local(flag.clone().raised(replace));
    yield_now().await;
    {
        let mut state = flag.0.borrow_mut();
        state.raised = true;
        let waiter = state.waiter.take();
        waiter.into_iter().for_each(Waker::wake);
    }
    waiting.await.unwrap();
    Ok(())
}

/// Says that it is registered, and then the clone panics.
pub(crate) async fn registers_before_it_clones() -> Said {
    let registered = Rc::<Cell<bool>>::default();
    let own = registered.clone();
    let flag = Flag::default();
    let waiting = flag.clone();
    let task = spawn_local(poll_fn(move |cx| {
        if waiting.0.borrow().raised {
            return Poll::Ready(());
        }
        own.set(true);
        let waker = cx.waker().clone();
        waiting.0.borrow_mut().waiter = Some(waker);
        Poll::Pending
    }));
    sleep(MS).await;
    flag.raise();
    task.await.map_err(|error| error.to_string())
}

pub(crate) async fn leaks_a_waker() -> Said {
    if second_comes_first().await {
        poll_fn(|cx| {
            std::mem::forget(cx.waker().clone());
            Poll::Ready(())
        })
        .await;
    }
    Ok(())
}

pub(crate) async fn reads_a_real_file() -> Said {
    if second_comes_first().await {
        std::fs::File::open("Cargo.toml").map_err(|error| error.to_string())?;
    }
    Ok(())
}

pub(crate) async fn leaves_a_task() -> Said {
    let flag = Flag::default();
    drop(spawn_local(flag.clone().raised(replace)));
    if second_comes_first().await {
        flag.0.borrow_mut().waiter = None;
    } else {
        flag.raise();
    }
    Ok(())
}

pub(crate) async fn drops_a_buffer_in_flight() -> Said {
    let ring = Ring::new(4).map_err(|error| error.to_string())?;
    let buffer = Buffer::zeroed(4);
    let disk = Fd::open("disk", Memory::new(*b"reveille"));
    ring.push_read(disk, &buffer, 0, 1).map_err(|error| error.to_string())?;
    ring.submit().map_err(|error| error.to_string())?;
    if reveille::draw(2) == 0 {
        while ring.in_flight() > 0 {
            sleep(MS).await;
        }
    }
    drop(buffer);
    Ok(())
}
