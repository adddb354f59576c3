//! Wakers and handles on threads that are not the run's.

use crate::calm;
use reveille_sim::{JoinHandle, Law, Outcome, Plain, World, spawn, yield_now};
use std::cell::UnsafeCell;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

/// A run that waits for wakes from other threads.
fn patient<F: Future>(body: impl FnOnce() -> F) -> Outcome<F::Output> {
    let mut settings = calm();
    settings.patience = Duration::from_secs(60);
    World::new().run(&settings, &mut Plain, 0, body)
}

/// A lock made of an atomic, so that the thread sanitizer sees it with a standard
/// library that is not instrumented.
#[derive(Default)]
struct Lock<T> {
    locked: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `with` lets one thread in at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        while self.locked.swap(true, Ordering::Acquire) {
            thread::yield_now();
        }
        // SAFETY: the lock is held.
        let result = f(unsafe { &mut *self.value.get() });
        self.locked.store(false, Ordering::Release);
        result
    }
}

#[derive(Clone, Default)]
struct Flag(Arc<Lock<(bool, Option<Waker>)>>);

impl Flag {
    fn raise(&self) {
        let waker = self.0.with(|state| {
            state.0 = true;
            state.1.take()
        });
        waker.into_iter().for_each(Waker::wake);
    }

    async fn raised(&self) {
        poll_fn(|cx| {
            let waker = cx.waker().clone();
            self.0.with(|state| {
                if state.0 {
                    return Poll::Ready(());
                }
                state.1 = Some(waker);
                Poll::Pending
            })
        })
        .await;
    }

    fn take_waker(&self) -> Option<Waker> {
        self.0.with(|state| state.1.take())
    }
}

#[test]
fn a_wake_from_another_thread_is_delivered_and_named() {
    let outcome = patient(|| async {
        let flag = Flag::default();
        let other = flag.clone();
        let raiser = thread::Builder::new().name("raiser".into());
        let raiser = raiser.spawn(move || other.raise()).unwrap();
        flag.raised().await;
        raiser.join().unwrap();
    });
    assert_eq!(outcome.verdict, None);
    // If the thread was faster than the first poll nobody had to be woken.
    assert!(outcome.foreign_threads.is_empty() || outcome.foreign_threads == ["raiser"]);
}

#[test]
fn a_task_that_only_another_thread_can_wake_is_waited_for() {
    let outcome = patient(|| async {
        let flag = Flag::default();
        let own = flag.clone();
        let waiting = spawn(async move { own.raised().await });
        // The task is registered before there is another thread.
        yield_now().await;
        let raiser = thread::Builder::new().name("raiser".into());
        let raiser = raiser.spawn(move || flag.raise()).unwrap();
        waiting.await.unwrap();
        raiser.join().unwrap();
    });
    assert_eq!(outcome.verdict, None);
    assert_eq!(outcome.foreign_threads, ["raiser"]);
}

#[test]
fn the_last_clone_dropped_on_another_thread_is_a_debt() {
    let outcome = patient(|| async {
        let flag = Flag::default();
        let own = flag.clone();
        drop(spawn(async move { own.raised().await }));
        yield_now().await;
        let waker = flag.take_waker();
        thread::spawn(move || drop(waker)).join().unwrap();
        yield_now().await;
        yield_now().await;
        unreachable!("the verdict comes with the letter");
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::WakerDropped);
}

#[test]
fn clones_are_counted_across_threads() {
    // Each thread clones and drops; the task is woken by the run itself in the end.
    let outcome = patient(|| async {
        let flag = Flag::default();
        let own = flag.clone();
        let waiting = spawn(async move { own.raised().await });
        yield_now().await;
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let waker = flag.0.with(|state| state.1.clone()).unwrap();
                thread::spawn(move || {
                    for _ in 0..1_000 {
                        let clone = waker.clone();
                        drop(clone.clone());
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        yield_now().await;
        flag.raise();
        waiting.await.unwrap();
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

#[test]
fn a_storm_of_wakes_from_threads_loses_none() {
    const WAKES: u32 = 2_000;
    let outcome = patient(|| async {
        let count: Arc<Lock<(u32, Option<Waker>)>> = Arc::default();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let count = count.clone();
                thread::spawn(move || {
                    for _ in 0..WAKES {
                        let waker = count.with(|state| {
                            state.0 += 1;
                            state.1.clone()
                        });
                        waker.into_iter().for_each(Waker::wake);
                    }
                })
            })
            .collect();
        poll_fn(|cx| {
            count.with(|state| {
                if state.0 == 2 * WAKES {
                    return Poll::Ready(());
                }
                match &mut state.1 {
                    Some(waker) => waker.clone_from(cx.waker()),
                    None => state.1 = Some(cx.waker().clone()),
                }
                Poll::Pending
            })
        })
        .await;
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn handles_may_be_dropped_and_aborted_elsewhere() {
    let outcome = patient(|| async {
        let flag = Flag::default();
        let (first, second) = (flag.clone(), flag.clone());
        let dropped = spawn(async move { first.raised().await });
        let aborted = spawn(async move { second.raised().await });
        let abort = aborted.abort_handle();
        let finished = thread::spawn(move || {
            drop(dropped);
            abort.abort();
            abort.clone().is_finished()
        });
        assert!(!finished.join().unwrap());
        assert!(aborted.await.unwrap_err().is_cancelled());
        flag.raise();
        yield_now().await;
        yield_now().await;
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn a_handle_awaited_elsewhere_says_so() {
    let outcome = patient(|| async {
        let task: JoinHandle<u32> = spawn(async { 1 });
        thread::spawn(move || {
            let mut task = std::pin::pin!(task);
            let mut cx = std::task::Context::from_waker(Waker::noop());
            match task.as_mut().poll(&mut cx) {
                Poll::Ready(Err(error)) => error.to_string(),
                other => panic!("{other:?}"),
            }
        })
        .join()
        .unwrap()
    });
    assert_eq!(outcome.output.unwrap(), "task 1 was awaited outside its run");
}

#[test]
fn letters_to_a_run_that_is_over_are_void() {
    let mut world = World::new();
    let flag = Flag::default();
    for _ in 0..50 {
        let own = flag.clone();
        world.run(&calm(), &mut Plain, 0, || async move {
            drop(spawn(async move { own.raised().await }));
            yield_now().await;
        });
        // The waker outlives its run; a thread wakes it during the next.
        let waker = flag.take_waker().unwrap();
        let waking = thread::spawn(move || waker.wake());
        let next = world.run(&calm(), &mut Plain, 0, || async {
            for _ in 0..20 {
                yield_now().await;
            }
        });
        assert_eq!((next.verdict, next.steps, next.foreign_threads.len()), (None, 21, 0));
        waking.join().unwrap();
    }
}

/// So many tasks lie in memory that they share.
#[test]
fn handles_of_many_tasks_outlive_their_world_on_two_threads() {
    const TASKS: usize = 3_000;
    for before in [0, TASKS / 2, TASKS] {
        let mut world = World::new();
        let outcome = world.run(&calm(), &mut Plain, 0, || async {
            let tasks: Vec<JoinHandle<String>> = (0..TASKS)
                .map(|number| spawn(async move { format!("task number {number}") }))
                .collect();
            yield_now().await;
            tasks
        });
        let mut tasks = outcome.output.unwrap();
        let rest = tasks.split_off(before);
        thread::spawn(move || drop(tasks)).join().unwrap();
        // Memory that other threads gave back is not handed out twice.
        let again = world.run(&calm(), &mut Plain, 0, || async {
            let tasks: Vec<_> = (0..TASKS).map(|number| spawn(async move { number })).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        });
        assert_eq!(again.output, Some(TASKS * (TASKS - 1) / 2));
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        rest.into_iter().for_each(|task| {
            let half = if ours.len() > theirs.len() { &mut theirs } else { &mut ours };
            half.push(task);
        });
        let theirs = thread::spawn(move || drop(theirs));
        drop(world);
        drop(ours);
        theirs.join().unwrap();
    }
}
