//! The user's code in the midst of ours: destructors and wakers that drop, poll,
//! spawn and abort.

use crate::calm;
use crate::hooks::{OnDrop, Slot, calls, shelving};
use reveille_sim::time::{Sleep, sleep};
use reveille_sim::{
    AbortHandle, JoinHandle, Plain, Recording, Watch, World, spawn_local, watch, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[test]
fn a_task_that_owns_its_handle_is_aborted() {
    let drops = Rc::new(Cell::new(0));
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let (own, drops) = (slot.clone(), drops.clone());
        let task = spawn_local(async move {
            let _counted = OnDrop(move || drops.set(drops.get() + 1));
            let _own = own;
            sleep(Duration::from_secs(5)).await;
        });
        let abort = task.abort_handle();
        *slot.borrow_mut() = Some(task);
        drop(slot);
        yield_now().await;
        abort.abort();
        drop(abort);
        yield_now().await;
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
    assert_eq!(drops.get(), 1);
}

#[test]
fn a_task_that_owns_its_handle_at_teardown() {
    let drops = Rc::new(Cell::new(0));
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let (own, drops) = (slot.clone(), drops.clone());
        let task = spawn_local(async move {
            let _counted = OnDrop(move || drops.set(drops.get() + 1));
            let _own = own;
            sleep(Duration::from_secs(5)).await;
        });
        *slot.borrow_mut() = Some(task);
        drop(slot);
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
    assert_eq!(drops.get(), 1);
}

/// The same without an `async` block, so that what a second drop does is plain.
#[test]
fn a_future_that_owns_its_handle() {
    struct Holds {
        _handle: Rc<RefCell<Option<JoinHandle<()>>>>,
        drops: Rc<Cell<u32>>,
        // The block goes back to the allocator.
        _large: [u8; 8192],
    }
    impl Future for Holds {
        type Output = ();
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            Poll::Pending
        }
    }
    impl Drop for Holds {
        fn drop(&mut self) {
            self.drops.set(self.drops.get() + 1);
        }
    }
    let drops = Rc::new(Cell::new(0));
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let task =
            spawn_local(Holds { _handle: slot.clone(), drops: drops.clone(), _large: [0; 8192] });
        task.abort();
        *slot.borrow_mut() = Some(task);
        drop(slot);
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
    assert_eq!(drops.get(), 1);
}

#[test]
fn a_destructor_polls_the_handle_of_its_own_task() {
    let drops = Rc::new(Cell::new(0));
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let (own, drops) = (slot.clone(), drops.clone());
        let task = spawn_local(async move {
            let _polls = OnDrop(move || {
                drops.set(drops.get() + 1);
                if let Some(handle) = own.borrow_mut().as_mut() {
                    let _ = Pin::new(handle).poll(&mut Context::from_waker(Waker::noop()));
                }
            });
            sleep(Duration::from_secs(5)).await;
        });
        let abort = task.abort_handle();
        *slot.borrow_mut() = Some(task);
        yield_now().await;
        abort.abort();
        yield_now().await;
        let task = slot.borrow_mut().take().unwrap();
        task.await.unwrap_err().is_cancelled()
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(true)));
    assert_eq!(drops.get(), 1);
}

#[test]
fn an_output_that_owns_the_last_handle_of_its_task() {
    // Large, so that its block goes back to the allocator and the sanitizer sees it.
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<AbortHandle>>> = Rc::default();
        let own = slot.clone();
        let task = spawn_local(async move {
            let large = [1u8; 8192];
            yield_now().await;
            std::hint::black_box(&large);
            own
        });
        *slot.borrow_mut() = Some(task.abort_handle());
        drop(task);
        drop(slot);
        yield_now().await;
        yield_now().await;
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

#[test]
fn the_waker_of_a_joiner_drops_the_handle() {
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<JoinHandle<[u8; 8192]>>>> = Rc::default();
        let own = slot.clone();
        // An executor that polls in `wake`, and drops what is ready.
        let waker = calls(move || drop(own.borrow_mut().take()));
        let mut task = spawn_local(async move {
            yield_now().await;
            [1u8; 8192]
        });
        assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_pending());
        *slot.borrow_mut() = Some(task);
        yield_now().await;
        yield_now().await;
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

#[test]
fn the_waker_around_a_watch_drops_it() {
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let shelf: Slot<Waker> = Rc::default();
        let slot: Slot<Pin<Box<dyn Future<Output = ()>>>> = Rc::default();
        let own = slot.clone();
        let waker = calls(move || drop(own.borrow_mut().take()));
        let mut watched: Pin<Box<dyn Future<Output = ()>>> =
            Box::pin(watch(shelving(shelf.clone())));
        assert!(watched.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        *slot.borrow_mut() = Some(watched);
        let inner = shelf.borrow_mut().take().unwrap();
        inner.wake();
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

#[test]
fn a_watch_that_is_polled_in_its_wake_keeps_the_new_waker() {
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let shelf: Slot<Waker> = Rc::default();
        let second = Rc::new(Cell::new(0));
        let counts = second.clone();
        let later = calls(move || counts.set(counts.get() + 1));
        let slot: Slot<Pin<Box<dyn Future<Output = ()>>>> = Rc::default();
        let own = slot.clone();
        let waker = calls(move || {
            if let Some(watched) = own.borrow_mut().as_mut() {
                assert!(watched.as_mut().poll(&mut Context::from_waker(&later)).is_pending());
            }
        });
        let mut watched: Pin<Box<dyn Future<Output = ()>>> =
            Box::pin(watch(shelving(shelf.clone())));
        assert!(watched.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        *slot.borrow_mut() = Some(watched);
        // Polls again, with another waker ...
        let inner = shelf.borrow_mut().take().unwrap();
        inner.wake();
        // ... which is the one to be woken now.
        let inner = shelf.borrow_mut().take().unwrap();
        inner.wake();
        let woken = second.get();
        slot.borrow_mut().take();
        woken
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(1)));
}

#[test]
fn a_watch_polled_by_a_destructor_outlives_the_run() {
    let mut world = World::new();
    let kept: Slot<Pin<Box<Watch<std::future::Pending<()>>>>> = Rc::default();
    let own = kept.clone();
    world.run(&calm(), &mut Plain, 0, || async move {
        drop(spawn_local(async move {
            let _polls = OnDrop(move || {
                let mut watched = Box::pin(watch(pending()));
                let mut cx = Context::from_waker(Waker::noop());
                assert!(watched.as_mut().poll(&mut cx).is_pending());
                *own.borrow_mut() = Some(watched);
            });
            sleep(Duration::from_secs(1)).await;
        }));
        yield_now().await;
    });
    drop(kept.borrow_mut().take());
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
fn an_output_that_spawns_at_the_end() {
    let mut world = World::new();
    let kept: Slot<JoinHandle<()>> = Rc::default();
    type Done = Vec<JoinHandle<OnDrop<Box<dyn FnMut()>>>>;
    let done: Rc<RefCell<Done>> = Rc::default();
    let dropped = Rc::new(Cell::new(false));
    let (own, outer, gone) = (kept.clone(), done.clone(), dropped.clone());
    world.run(&calm(), &mut Plain, 0, || async move {
        let task = spawn_local(async move {
            OnDrop(Box::new(move || {
                let gone = gone.clone();
                let tell = OnDrop(move || gone.set(true));
                *own.borrow_mut() = Some(spawn_local(async move {
                    let _tell = tell;
                    pending::<()>().await;
                }));
            }) as Box<dyn FnMut()>)
        });
        yield_now().await;
        outer.borrow_mut().push(task);
    });
    let late = kept.borrow_mut().take().unwrap();
    let outcome = world.run(&calm(), &mut Plain, 0, || async {
        late.abort();
        yield_now().await;
        yield_now().await;
        assert!(late.is_finished());
    });
    assert_eq!((outcome.verdict, outcome.steps), (None, 3));
    assert!(dropped.get(), "what a destructor spawned is dropped with the run");
}

/// The same where teardown gives up.
#[test]
fn a_handle_of_what_was_left_to_leak() {
    struct Again(Rc<RefCell<Vec<JoinHandle<()>>>>);
    impl Drop for Again {
        fn drop(&mut self) {
            let again = Again(self.0.clone());
            let task = spawn_local(async move {
                let _again = again;
                pending::<()>().await;
            });
            *self.0.borrow_mut() = vec![task];
        }
    }
    let mut world = World::new();
    let kept: Rc<RefCell<Vec<JoinHandle<()>>>> = Rc::default();
    let own = kept.clone();
    world.run(&calm(), &mut Plain, 0, || async move {
        let again = Again(own);
        drop(spawn_local(async move {
            let _again = again;
            pending::<()>().await;
        }));
    });
    let late = kept.borrow_mut().pop().unwrap();
    let outcome = world.run(&calm(), &mut Plain, 0, || async {
        late.abort();
        yield_now().await;
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.steps), (None, 3));
}

#[test]
fn a_timer_set_after_the_timers_are_cleared_touches_no_later_run() {
    let hash = |world: &mut World| {
        let mut settings = calm();
        settings.recording = Recording::Hash;
        let outcome = world.run(&settings, &mut Plain, 0, || async {
            sleep(Duration::from_secs(10)).await;
        });
        outcome.trace.unwrap().hash()
    };
    let mut world = World::new();
    let before = hash(&mut world);
    let kept: Rc<RefCell<Vec<Sleep>>> = Rc::default();
    type Done = Vec<JoinHandle<OnDrop<Box<dyn FnMut()>>>>;
    let done: Rc<RefCell<Done>> = Rc::default();
    let (own, outer) = (kept.clone(), done.clone());
    world.run(&calm(), &mut Plain, 0, || async move {
        let task = spawn_local(async move {
            OnDrop(Box::new(move || {
                let mut nap = sleep(Duration::from_secs(3));
                let _ = Pin::new(&mut nap).poll(&mut Context::from_waker(Waker::noop()));
                own.borrow_mut().push(nap);
            }) as Box<dyn FnMut()>)
        });
        yield_now().await;
        outer.borrow_mut().push(task);
    });
    assert_eq!(kept.borrow().len(), 1);
    assert_eq!(hash(&mut world), before);
}
