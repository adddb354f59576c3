//! Tasks that wait for nothing until somebody ends them.

use reveille::time::{Instant, interval, sleep, timeout};
use reveille::{AbortHandle, JoinHandle};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn times_out() {
    let start = Instant::now();
    assert!(timeout(SECOND, pending::<()>()).await.is_err());
    assert!(timeout(SECOND, futures::future::pending::<()>()).await.is_err());
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn in_a_task_times_out() {
    let task = reveille::spawn(timeout(SECOND, pending::<()>()));
    assert!(task.await.unwrap().is_err());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_aborted_through_its_handle() {
    let forever = reveille::spawn(pending::<()>());
    reveille::yield_now().await;
    sleep(SECOND).await;
    assert!(!forever.is_finished());
    forever.abort();
    assert!(forever.await.unwrap_err().is_cancelled());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_aborted_from_a_vec() {
    let tasks: Vec<JoinHandle<()>> = (0..4).map(|_| reveille::spawn(pending())).collect();
    sleep(SECOND).await;
    tasks.iter().for_each(JoinHandle::abort);
    let mut cancelled = 0;
    for task in tasks {
        cancelled += u32::from(task.await.unwrap_err().is_cancelled());
    }
    assert_eq!(cancelled, 4);
}

/// Nobody awaits the tasks; the run ends with the aborts under way.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_aborted_and_not_awaited() {
    let tasks: Vec<JoinHandle<()>> = (0..4).map(|_| reveille::spawn(pending())).collect();
    sleep(SECOND).await;
    tasks.iter().for_each(JoinHandle::abort);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_aborted_through_an_abort_handle() {
    let forever = reveille::spawn(pending::<()>());
    let abort: AbortHandle = forever.abort_handle();
    drop(forever);
    sleep(SECOND).await;
    abort.abort();
    while !abort.is_finished() {
        reveille::yield_now().await;
    }
}

/// The root awaits the task, and another task aborts it.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_aborted_by_another_task_while_awaited() {
    let forever = reveille::spawn(pending::<()>());
    let abort = forever.abort_handle();
    let timer = reveille::spawn(async move {
        sleep(SECOND).await;
        abort.abort();
    });
    assert!(forever.await.unwrap_err().is_cancelled());
    timer.await.unwrap();
}

/// A chain of tasks that await each other; the last is aborted from outside.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_at_the_end_of_a_chain() {
    let last = reveille::spawn(pending::<()>());
    let abort = last.abort_handle();
    let middle = reveille::spawn(async move { last.await.unwrap_err().is_cancelled() });
    let first = reveille::spawn(async move { middle.await.unwrap() });
    let timer = reveille::spawn(async move {
        sleep(SECOND).await;
        abort.abort();
    });
    assert!(first.await.unwrap());
    timer.await.unwrap();
}

/// A registry holds the handles; whoever shuts down takes them.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_held_by_another_task() {
    let (tx, rx) = async_channel::unbounded::<JoinHandle<()>>();
    let registry = reveille::spawn(async move {
        let mut tasks = Vec::new();
        while let Ok(task) = rx.recv().await {
            tasks.push(task);
        }
        for task in &tasks {
            task.abort();
        }
        tasks.len()
    });
    for _ in 0..3 {
        tx.send(reveille::spawn(pending())).await.unwrap();
    }
    sleep(SECOND).await;
    drop(tx);
    assert_eq!(registry.await.unwrap(), 3);
}

/// Its handle lies in a place that all tasks share, itself included.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_held_in_a_shared_place() {
    let place: Rc<RefCell<Vec<JoinHandle<()>>>> = Rc::default();
    for _ in 0..3 {
        let own = place.clone();
        let task = reveille::spawn_local(async move {
            assert!(!own.borrow().is_empty());
            pending().await
        });
        place.borrow_mut().push(task);
    }
    sleep(SECOND).await;
    let tasks = std::mem::take(&mut *place.borrow_mut());
    tasks.iter().for_each(JoinHandle::abort);
}

/// Its destructor tells that it was aborted.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn says_goodbye_when_aborted() {
    struct Goodbye(async_channel::Sender<u32>, u32);
    impl Drop for Goodbye {
        fn drop(&mut self) {
            self.0.try_send(self.1).unwrap();
        }
    }
    let (tx, rx) = async_channel::unbounded();
    for n in 0..3 {
        let goodbye = Goodbye(tx.clone(), n);
        let task = reveille::spawn(async move {
            let _goodbye = goodbye;
            pending::<()>().await;
        });
        reveille::yield_now().await;
        task.abort();
    }
    let mut told = [rx.recv().await.unwrap(), rx.recv().await.unwrap(), rx.recv().await.unwrap()];
    told.sort_unstable();
    assert_eq!(told, [0, 1, 2]);
}

/// The job is done before its deadline, and the task then waits to be aborted
/// with the timer still set.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn keeps_a_timer_that_it_no_longer_polls() {
    let task = reveille::spawn(async {
        let mut deadline = pin!(sleep(60 * SECOND));
        let job = pin!(sleep(SECOND));
        futures::future::select(deadline.as_mut(), job).await;
        pending::<()>().await;
    });
    sleep(3 * SECOND).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

/// The same, and the timer then wakes the task for nothing.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_woken_by_a_timer_that_it_no_longer_polls() {
    let task = reveille::spawn(async {
        let mut deadline = pin!(sleep(3 * SECOND));
        let job = pin!(sleep(SECOND));
        futures::future::select(deadline.as_mut(), job).await;
        pending::<()>().await;
    });
    sleep(9 * SECOND).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

/// A handle that it no longer awaits keeps its waker.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn left_a_waker_in_a_handle() {
    let mut child = reveille::spawn(sleep(60 * SECOND));
    let task = reveille::spawn(async move {
        assert!(timeout(SECOND, &mut child).await.is_err());
        pending::<()>().await;
    });
    sleep(3 * SECOND).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

/// A receive that timed out leaves its waker in the channel.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn left_a_waker_in_a_channel() {
    let (tx, mut rx) = futures::channel::mpsc::unbounded::<u32>();
    let task = reveille::spawn(async move {
        let next = futures::StreamExt::next(&mut rx);
        assert!(timeout(SECOND, next).await.is_err());
        pending::<()>().await;
    });
    sleep(3 * SECOND).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(tx.is_closed());
}

/// Woken by a slot that is cleared with the abort.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn its_waker_is_cleared_with_the_abort() {
    let slot = Rc::new(Cell::new(None));
    let own = slot.clone();
    let task = reveille::spawn_local(poll_fn(move |cx| {
        own.set(Some(cx.waker().clone()));
        Poll::<()>::Pending
    }));
    sleep(SECOND).await;
    if reveille::draw(2) == 0 {
        task.abort();
        slot.set(None);
    } else {
        slot.set(None);
        task.abort();
    }
    assert!(task.await.unwrap_err().is_cancelled());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn beside_a_heartbeat() {
    let beats = Rc::new(Cell::new(0));
    let count = beats.clone();
    let heartbeat = reveille::spawn_local(async move {
        let mut ticks = interval(SECOND);
        loop {
            ticks.tick().await;
            count.set(count.get() + 1);
        }
    });
    let forever = reveille::spawn(pending::<()>());
    sleep(10 * SECOND + SECOND / 2).await;
    forever.abort();
    assert!(forever.await.unwrap_err().is_cancelled());
    heartbeat.abort();
    assert_eq!(beats.get(), 11);
}

/// Polled once and dropped, also half-way through a poll.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_polled_and_dropped() {
    for _ in 0..3 {
        let mut never = pin!(pending::<()>());
        let state = poll_fn(|cx| Poll::Ready(never.as_mut().poll(cx))).await;
        assert!(state.is_pending());
    }
}
