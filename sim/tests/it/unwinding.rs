//! Panics where they are seldom expected, and other ends of a run.

use crate::calm;
use crate::hooks::{OnDrop, Slot, calls, shelving};
use reveille_sim::time::{Sleep, sleep};
use reveille_sim::{
    AbortHandle, Builder, Faults, JoinHandle, Kind, Law, Level, Plain, Recording, Sampler, Watch,
    World, spawn, spawn_local, watch, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

#[test]
fn a_panic_is_told_though_the_handle_was_dropped_elsewhere() {
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let task = spawn(async {
            yield_now().await;
            yield_now().await;
            panic!("nobody hears");
        });
        thread::spawn(move || drop::<JoinHandle<()>>(task)).join().unwrap();
        for _ in 0..5 {
            yield_now().await;
        }
    });
    assert_eq!(outcome.verdict.map(|finding| finding.law), Some(Law::Panic));
}

#[test]
fn the_same_after_the_panic() {
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let task = spawn(async { panic!("nobody hears") });
        yield_now().await;
        thread::spawn(move || drop::<JoinHandle<()>>(task)).join().unwrap();
        for _ in 0..5 {
            yield_now().await;
        }
    });
    assert_eq!(outcome.verdict.map(|finding| finding.law), Some(Law::Panic));
}

struct Explodes;
impl Drop for Explodes {
    fn drop(&mut self) {
        panic!("an output that panics");
    }
}

#[test]
fn an_output_that_panics_with_its_handle_dropped_elsewhere() {
    let run = || {
        World::new().run(&calm(), &mut Plain, 0, || async {
            let task = spawn(async { Explodes });
            yield_now().await;
            thread::spawn(move || drop(task)).join().unwrap();
            yield_now().await;
            yield_now().await;
        })
    };
    assert!(catch_unwind(AssertUnwindSafe(run)).is_ok(), "`run` unwinds");
}

#[test]
fn a_waker_that_panics_at_a_timer() {
    let mut world = World::new();
    let escaped = {
        let local = vec![7u8; 100];
        let borrowed = &local;
        catch_unwind(AssertUnwindSafe(|| {
            world.run(&calm(), &mut Plain, 0, || async move {
                let _reads = OnDrop(move || assert_eq!(borrowed[99], 7));
                let mut nap = sleep(Duration::from_secs(1));
                let waker = calls(|| panic!("a waker that panics"));
                assert!(Pin::new(&mut nap).poll(&mut Context::from_waker(&waker)).is_pending());
                sleep(Duration::from_secs(2)).await;
            })
        }))
        .is_err()
    };
    // The root of the first run, which borrows `local`, is still in the tables.
    world.run(&calm(), &mut Plain, 0, || async {
        drop(spawn_local(async { sleep(Duration::from_secs(9)).await }));
        yield_now().await;
    });
    assert!(!escaped, "`run` unwinds");
}

#[test]
fn a_waker_that_panics_in_a_join_slot() {
    let run = || {
        World::new().run(&calm(), &mut Plain, 0, || async {
            let waker = calls(|| panic!("a waker that panics"));
            let mut task = spawn_local(yield_now());
            assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_pending());
            yield_now().await;
            yield_now().await;
            yield_now().await;
        })
    };
    assert!(catch_unwind(AssertUnwindSafe(run)).is_ok(), "`run` unwinds");
}

#[test]
fn an_endless_poll_that_wakes_who_waits_for_it() {
    let run = || {
        World::new().run(&calm(), &mut Plain, 0, || async {
            let shelf: Slot<Waker> = Rc::default();
            let own = shelf.clone();
            let task = spawn_local(async move {
                yield_now().await;
                loop {
                    // Say, an unbounded channel to the root.
                    own.borrow().as_ref().unwrap().wake_by_ref();
                }
            });
            let mut task = std::pin::pin!(task);
            poll_fn(|cx| {
                *shelf.borrow_mut() = Some(cx.waker().clone());
                task.as_mut().poll(cx)
            })
            .await
            .unwrap_or(())
        })
    };
    let outcome = catch_unwind(AssertUnwindSafe(run)).expect("`run` unwinds");
    assert_eq!(outcome.verdict.map(|finding| finding.law), Some(Law::Starvation));
}

#[test]
fn the_name_of_a_task_is_dropped_elsewhere() {
    let mut settings = calm();
    settings.recording = Recording::Hash;
    let kept: Rc<RefCell<Vec<AbortHandle>>> = Rc::default();
    let own = kept.clone();
    let outcome = World::new().run(&settings, &mut Plain, 0, || async move {
        for _ in 0..20_000 {
            let task = Builder::new().name("named").spawn(async {});
            own.borrow_mut().push(task.abort_handle());
        }
        yield_now().await;
    });
    let trace = outcome.trace.unwrap();
    let late = kept.take();
    let names: Vec<Rc<str>> =
        trace.tasks()[1..].iter().map(|task| task.name.clone().unwrap()).collect();
    // How far the thread is, so that both are at the same name.
    let at = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let theirs = at.clone();
    let dropping = thread::spawn(move || {
        for handle in late {
            theirs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            drop(handle);
        }
    });
    while !dropping.is_finished() {
        let here = at.load(std::sync::atomic::Ordering::Relaxed).clamp(1, names.len()) - 1;
        for name in &names[here..names.len().min(here + 3)] {
            (0..10).for_each(|_| drop(std::hint::black_box(name.clone())));
        }
    }
    dropping.join().unwrap();
    // The trace and the list have one each.
    assert_eq!(names.iter().filter(|name| Rc::strong_count(name) != 2).count(), 0);
}

#[test]
fn a_sampler_that_draws() {
    struct Draws {
        values: Vec<u64>,
        depth: u32,
    }
    impl Sampler for Draws {
        fn begin(&mut self, _: u64, _: Faults) -> Faults {
            Faults::NONE
        }
        fn choose(&mut self, _: Kind, _: u32) -> u32 {
            self.depth += 1;
            if self.depth == 1 {
                for value in &self.values {
                    let _ = reveille_sim::draw(2);
                    assert_eq!(*value, 7);
                }
            } else {
                self.values = vec![8; 100];
            }
            self.depth -= 1;
            0
        }
    }
    let mut sampler = Draws { values: vec![7; 10], depth: 0 };
    World::new().run(&calm(), &mut sampler, 0, || async {
        drop(spawn_local(async {}));
        drop(spawn_local(async {}));
        yield_now().await;
    });
}

#[test]
fn a_watch_of_a_world_that_is_gone_in_one_at_its_address() {
    // Worlds of this thread, one after the other at the same address; a thread
    // holds the mailbox of each, so that the next has one that is as fresh.
    let mut held = Vec::new();
    let mut kept: Vec<Pin<Box<Watch<std::future::Pending<()>>>>> = Vec::new();
    let mut settings = calm();
    settings.levels.set(Law::PendingWithoutWaker, Level::Allow);
    for round in 0..50 {
        let mut world = World::new();
        let runs = if round % 2 == 0 { 1 } else { 3 };
        for _ in 0..runs {
            let kept = &mut kept;
            world.run(&settings, &mut Plain, 0, || {
                poll_fn(move |cx| {
                    for watched in kept.iter_mut() {
                        assert!(watched.as_mut().poll(cx).is_pending());
                    }
                    if round % 2 == 0 {
                        let mut watched = Box::pin(watch(pending()));
                        assert!(watched.as_mut().poll(cx).is_pending());
                        kept.push(watched);
                    }
                    Poll::Ready(())
                })
            });
        }
        drop(world);
        // The mailbox goes into another world, elsewhere.
        let (to, from) = std::sync::mpsc::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel::<()>();
        held.push((
            to,
            thread::spawn(move || {
                let _world = World::new();
                ready.send(()).unwrap();
                let _ = from.recv();
            }),
        ));
        is_ready.recv().unwrap();
    }
    drop(kept);
    for (to, thread) in held {
        drop(to);
        thread.join().unwrap();
    }
}

#[test]
fn a_run_ends_where_its_end_is_allowed_to_be_busy() {
    let mut settings = calm();
    settings.max_steps = 1_000;
    settings.levels.set(Law::BusyPoll, Level::Warn);
    let outcome = World::new().run(&settings, &mut Plain, 0, || async {
        while !std::hint::black_box(false) {
            yield_now().await;
        }
    });
    assert_eq!((outcome.verdict, outcome.warnings[0].law), (None, Law::BusyPoll));
}

/// If it waited, this test would take an hour.
#[test]
fn a_verdict_by_letter_at_rest_waits_for_no_other_letter() {
    let mut settings = calm();
    settings.patience = Duration::from_secs(3_600);
    let outcome = World::new().run(&settings, &mut Plain, 0, || async {
        let shelf: Arc<Mutex<Option<Waker>>> = Arc::default();
        let own = shelf.clone();
        thread::spawn(move || while own.lock().unwrap().take().is_none() {});
        poll_fn(|cx| {
            *shelf.lock().unwrap() = Some(cx.waker().clone());
            Poll::<()>::Pending
        })
        .await;
    });
    // The thread may be quicker than the poll.
    let law = outcome.verdict.unwrap().law;
    assert!(matches!(law, Law::WakerDropped | Law::PendingWithoutWaker), "{law}");
}

struct Payload<F: FnMut()>(#[allow(dead_code)] OnDrop<F>);

#[test]
fn the_payload_of_the_roots_panic_watches() {
    let mut world = World::new();
    type Watched = Pin<Box<Watch<std::future::Pending<()>>>>;
    let kept: Arc<Mutex<Option<Watched>>> = Arc::default();
    let own = kept.clone();
    world.run(&calm(), &mut Plain, 0, || async move {
        std::panic::panic_any(Payload(OnDrop(move || {
            let mut watched = Box::pin(watch(pending()));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(watched.as_mut().poll(&mut cx).is_pending());
            *own.lock().unwrap() = Some(watched);
        })));
    });
    drop(kept.lock().unwrap().take());
    let outcome = world.run(&calm(), &mut Plain, 0, || async {
        // Any cause for the oracle to look.
        let never = spawn_local(pending::<()>());
        yield_now().await;
        never.abort();
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

#[test]
fn the_payload_of_the_roots_panic_panics() {
    let mut world = World::new();
    let first = catch_unwind(AssertUnwindSafe(|| {
        world.run(&calm(), &mut Plain, 0, || async move {
            std::panic::panic_any(Payload(OnDrop(|| panic!("again"))));
        });
    }));
    let outcome = world.run(&calm(), &mut Plain, 0, || async { 1 });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(1)));
    assert!(first.is_ok(), "`run` unwinds");
}

#[test]
fn a_wake_while_a_watch_takes_its_waker_is_not_the_last_that_counts() {
    // The clone of the waker around wakes the watch, as a combinator may that
    // notes who is polled. The poll that follows answers that wake, and the next
    // wake has to be passed on.
    use std::task::{RawWaker, RawWakerVTable};
    thread_local! {
        static INNER: RefCell<Option<Waker>> = const { RefCell::new(None) };
        static WOKEN: Cell<u32> = const { Cell::new(0) };
    }
    fn clone(_: *const ()) -> RawWaker {
        let inner = INNER.with_borrow(Option::clone);
        inner.into_iter().for_each(Waker::wake);
        RawWaker::new(std::ptr::null(), &TABLE)
    }
    fn wake(_: *const ()) {
        WOKEN.set(WOKEN.get() + 1);
    }
    fn nothing(_: *const ()) {}
    static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake, nothing);
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        // SAFETY: it has no data.
        let outer = unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &TABLE)) };
        let mut watched = Box::pin(watch(poll_fn(|cx| {
            INNER.set(Some(cx.waker().clone()));
            Poll::<()>::Pending
        })));
        // The second poll has another waker, so that it is cloned.
        assert!(watched.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(watched.as_mut().poll(&mut Context::from_waker(&outer)).is_pending());
        let before = WOKEN.get();
        let inner = INNER.take();
        inner.into_iter().for_each(Waker::wake);
        WOKEN.get() - before
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(1)));
}

#[test]
fn work_is_counted_for_each_step() {
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let root = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        let woken = root.clone();
        let task = spawn_local(async move {
            let _wakes = OnDrop(move || (0..60_000).for_each(|_| woken.wake_by_ref()));
            sleep(Duration::from_secs(1)).await;
        });
        yield_now().await;
        task.abort();
        (0..60_000).for_each(|_| root.wake_by_ref());
        yield_now().await;
        yield_now().await;
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn a_waker_whose_clone_panics_leaves_no_timer_behind() {
    use std::task::{RawWaker, RawWakerVTable};
    fn clone(_: *const ()) -> RawWaker {
        panic!("a clone that panics")
    }
    fn nothing(_: *const ()) {}
    static TABLE: RawWakerVTable = RawWakerVTable::new(clone, nothing, nothing, nothing);
    let mut world = World::new();
    let kept: Rc<RefCell<Vec<Sleep>>> = Rc::default();
    let own = kept.clone();
    world.run(&calm(), &mut Plain, 0, || async move {
        let mut nap = sleep(Duration::from_secs(1));
        assert!(Pin::new(&mut nap).poll(&mut Context::from_waker(Waker::noop())).is_pending());
        // SAFETY: it has no data.
        let bad = unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &TABLE)) };
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let _ = Pin::new(&mut nap).poll(&mut Context::from_waker(&bad));
        }));
        assert!(polled.is_err());
        own.borrow_mut().push(nap);
    });
    let shelf: Slot<Waker> = Rc::default();
    let law = |world: &mut World| {
        let outcome = world.run(&calm(), &mut Plain, 0, || shelving(shelf.clone()));
        (outcome.verdict.unwrap().law, outcome.warnings.len())
    };
    let (stuck, _) = law(&mut world);
    assert_eq!(stuck, Law::Stuck);
}
