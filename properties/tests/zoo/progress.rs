//! `busy-poll`, `suspected-livelock`, `starvation`, `runaway-spawn`,
//! `suspected-stuck`: runs that do not end.

use crate::golden::golden;
use futures::stream::{FuturesUnordered, StreamExt};
use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

golden! {
    "busy-poll" wakes_itself_for_ever;
    "busy-poll" spins_until_a_deadline;
    "busy-poll" yields_for_ever_under_watch;
    "suspected-livelock" wake_each_other_for_ever;
    "suspected-livelock" wake_each_other_in_a_circle;
    "starvation" never_returns_from_its_poll;
    "runaway-spawn" spawns_in_a_loop;
    "runaway-spawn" spawns_two_of_its_like;
    "suspected-stuck" only_a_heartbeat_ticks;
    "suspected-stuck" ticks_for_longer_than_it_may;
    "suspected-stuck" the_root_sleeps_for_ever;
}

#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn wakes_itself_for_ever() {
    reveille::spawn(poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    }))
    .await
    .unwrap();
}

#[reveille::test(max_steps = 1_000)]
#[ignore = "broken on purpose"]
async fn yields_for_ever_under_watch() {
    reveille::watch(async {
        loop {
            reveille::yield_now().await;
        }
    })
    .await
}

#[reveille::test(runs = 100_000)]
async fn wakes_itself_for_a_while() {
    let mut polls = 0;
    reveille::spawn(poll_fn(move |cx| {
        polls += 1;
        if polls == 5 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }))
    .await
    .unwrap();
}

/// Time passes only when nothing is runnable, and a loop over the clock always is.
#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn spins_until_a_deadline() {
    let start = reveille::time::Instant::now();
    let timer = reveille::spawn(reveille::time::sleep(Duration::from_secs(5)));
    while start.elapsed() < Duration::from_secs(5) {
        reveille::yield_now().await;
    }
    timer.await.unwrap();
}

#[derive(Clone, Default)]
struct Baton([Rc<RefCell<Option<Waker>>>; 2]);

impl Baton {
    /// Woken, wakes the other and waits again, whatever there is to be had.
    async fn pass_on(self, own: usize) {
        poll_fn(|cx| {
            *self.0[own].borrow_mut() = Some(cx.waker().clone());
            let other = self.0[1 - own].borrow_mut().take();
            if let Some(other) = other {
                other.wake();
            }
            Poll::<()>::Pending
        })
        .await;
    }
}

#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn wake_each_other_for_ever() {
    let baton = Baton::default();
    let first = reveille::spawn_local(baton.clone().pass_on(0));
    let second = reveille::spawn_local(baton.pass_on(1));
    first.await.unwrap();
    second.await.unwrap();
}

#[reveille::test(runs = 100_000)]
async fn wake_each_other_until_it_is_done() {
    let baton = Baton::default();
    let turns = Rc::new(RefCell::new(0));
    let runners: [_; 2] = std::array::from_fn(|own| {
        let (baton, turns) = (baton.clone(), turns.clone());
        reveille::spawn_local(poll_fn(move |cx| {
            *turns.borrow_mut() += 1;
            let other = baton.0[1 - own].borrow_mut().take();
            other.into_iter().for_each(Waker::wake);
            if *turns.borrow() >= 6 {
                return Poll::Ready(());
            }
            *baton.0[own].borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        }))
    });
    // Whoever comes first has nobody to pass the baton to.
    while *turns.borrow() < 6 {
        let waiting = baton.0[0].borrow_mut().take();
        waiting.into_iter().for_each(Waker::wake);
        reveille::yield_now().await;
    }
    for (own, runner) in runners.into_iter().enumerate() {
        let waiting = baton.0[own].borrow_mut().take();
        waiting.into_iter().for_each(Waker::wake);
        runner.await.unwrap();
    }
}

/// Inside a poll, a child that is always woken is always polled again.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn never_returns_from_its_poll() {
    poll_fn(|cx| {
        loop {
            cx.waker().wake_by_ref();
            if reveille::draw(1) == 1 {
                return Poll::Ready(());
            }
        }
    })
    .await;
}

#[reveille::test(runs = 100_000)]
async fn yields_after_some_work() {
    let mut children: FuturesUnordered<_> = (0..8).map(|_| reveille::yield_now()).collect();
    while children.next().await.is_some() {}
}

/// Nothing is awaited, so no task ever gets its turn.
#[reveille::test(max_tasks = 1_000)]
#[ignore = "broken on purpose"]
async fn spawns_in_a_loop() {
    loop {
        drop(reveille::spawn(async {}));
    }
}

#[reveille::test(max_tasks = 100)]
async fn spawns_as_many_as_it_may() {
    for _ in 0..10 {
        let tasks: Vec<_> = (0..99).map(|_| reveille::spawn(async {})).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

fn breed(generations: u32) {
    if generations > 0 {
        for _ in 0..2 {
            drop(reveille::spawn(async move {
                reveille::yield_now().await;
                breed(generations - 1);
            }));
        }
    }
}

#[reveille::test(max_tasks = 1_000)]
#[ignore = "broken on purpose"]
async fn spawns_two_of_its_like() {
    breed(u32::MAX);
    reveille::time::sleep(Duration::from_secs(1)).await;
}

#[reveille::test(max_tasks = 100)]
async fn spawns_two_of_its_like_for_a_while() {
    breed(5);
    reveille::time::sleep(Duration::from_secs(1)).await;
}

/// The waker is kept where nobody will find it, and a heartbeat keeps time going.
#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn only_a_heartbeat_ticks() {
    let shelf: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let own = shelf.clone();
    let _heartbeat = reveille::spawn(async {
        let mut ticks = reveille::time::interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
        }
    });
    poll_fn(|cx| {
        own.borrow_mut().push(cx.waker().clone());
        Poll::<()>::Pending
    })
    .await;
}

async fn ticks(count: u32) {
    let ticking = reveille::spawn(async move {
        let mut ticks = reveille::time::interval(Duration::from_millis(100));
        for _ in 0..count {
            ticks.tick().await;
        }
    });
    ticking.await.unwrap();
}

/// It would end, but nobody can know that.
#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn ticks_for_longer_than_it_may() {
    ticks(20_001).await;
}

#[reveille::test(runs = 100, max_steps = 10_000)]
async fn ticks_for_as_long_as_it_may() {
    ticks(10_000).await;
}

#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn the_root_sleeps_for_ever() {
    loop {
        reveille::time::sleep(Duration::from_secs(1)).await;
    }
}

#[reveille::test(runs = 100, max_steps = 10_000)]
async fn the_root_sleeps_for_as_long_as_it_may() {
    for _ in 0..10_000 {
        reveille::time::sleep(Duration::from_secs(1)).await;
    }
}

#[reveille::test(runs = 100_000, max_steps = 10_000)]
async fn a_long_wait_is_fine() {
    let heartbeat = reveille::spawn(async {
        let mut ticks = reveille::time::interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
        }
    });
    reveille::time::sleep(Duration::from_secs(1)).await;
    let never = reveille::time::timeout(Duration::from_secs(1), pending::<()>());
    never.await.unwrap_err();
    heartbeat.abort();
}

#[reveille::test(max_steps = 10_000)]
#[ignore = "broken on purpose"]
async fn wake_each_other_in_a_circle() {
    let baton = Baton::default();
    let view = baton.clone();
    // Who holds the baton is all there is to these tasks.
    let _state = reveille::digest(move || view.0.each_ref().map(|place| place.borrow().is_some()));
    let first = reveille::spawn_local(baton.clone().pass_on(0));
    let second = reveille::spawn_local(baton.pass_on(1));
    first.await.unwrap();
    second.await.unwrap();
}
