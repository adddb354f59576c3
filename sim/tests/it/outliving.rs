//! What outlives its run: wakers, handles, futures.

use crate::calm;
use reveille_sim::net::{self, UdpSocket};
use reveille_sim::time::{Sleep, sleep};
use reveille_sim::{
    AbortHandle, JoinHandle, Law, Plain, Watch, World, spawn, spawn_local, watch, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::{Pending, pending, poll_fn};
use std::io::ErrorKind;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[test]
fn wakers_outlive_run_and_world_and_do_nothing() {
    let mut world = World::new();
    let mut kept: Vec<Waker> = Vec::new();
    for _ in 0..10 {
        let outcome = world.run(&calm(), &mut Plain, 0, || {
            let kept = &mut kept;
            poll_fn(move |cx| {
                kept.extend((0..3).map(|_| cx.waker().clone()));
                Poll::Ready(())
            })
        });
        let leak = &outcome.warnings[0];
        assert_eq!((outcome.verdict, leak.law), (None, Law::WakerLeak));
    }
    // Old wakers touch no new run.
    let outcome = world.run(&calm(), &mut Plain, 0, || async {
        kept.iter().for_each(Waker::wake_by_ref);
        yield_now().await;
        kept.clone().into_iter().for_each(Waker::wake);
    });
    assert_eq!((outcome.verdict, outcome.steps), (None, 2));
    kept.truncate(5);
    drop(world);
    kept.iter().for_each(Waker::wake_by_ref);
    drop(kept.clone());
}

#[test]
fn identities_in_quarantine_are_used_again_once_their_clones_are_gone() {
    let mut world = World::new();
    let mut kept: Vec<Waker> = Vec::new();
    for round in 0..1_000 {
        world.run(&calm(), &mut Plain, 0, || {
            let kept = &mut kept;
            poll_fn(move |cx| {
                kept.push(cx.waker().clone());
                Poll::Ready(())
            })
        });
        if round % 2 == 1 {
            kept.clear();
        }
    }
    let distinct = |wakers: &[Waker]| {
        let mut places: Vec<*const ()> = wakers.iter().map(Waker::data).collect();
        places.sort();
        places.dedup();
        places.len()
    };
    // Kept together they are different ones.
    for _ in 0..100 {
        world.run(&calm(), &mut Plain, 0, || {
            let kept = &mut kept;
            poll_fn(move |cx| {
                kept.push(cx.waker().clone());
                Poll::Ready(())
            })
        });
    }
    assert_eq!(distinct(&kept), 100);
}

#[test]
fn handles_outlive_run_and_world() {
    let mut world = World::new();
    type Handles = Vec<(JoinHandle<String>, AbortHandle)>;
    let handles: Rc<RefCell<Handles>> = Rc::default();
    for _ in 0..3 {
        let own = handles.clone();
        world.run(&calm(), &mut Plain, 0, || async move {
            let done = spawn(async { "an output with memory".to_owned() });
            let never = spawn(async {
                yield_now().await;
                pending::<String>().await
            });
            yield_now().await;
            for task in [done, never] {
                let abort = task.abort_handle();
                own.borrow_mut().push((task, abort));
            }
        });
    }
    let late = handles.borrow_mut().pop().unwrap();
    drop(world);
    for (task, abort) in handles.take() {
        assert!(task.is_finished());
        abort.abort();
        let mut task = std::pin::pin!(task);
        let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Err(error)) = polled else { panic!("{polled:?}") };
        assert!(error.to_string().ends_with("was awaited outside its run"), "{error}");
    }
    std::thread::spawn(move || drop(late)).join().unwrap();
}

#[test]
fn timers_and_watches_outlive_their_run() {
    let mut world = World::new();
    let kept: Rc<RefCell<Vec<Sleep>>> = Rc::default();
    type Watched = std::pin::Pin<Box<Watch<Pending<()>>>>;
    let watched: Rc<RefCell<Vec<Watched>>> = Rc::default();
    for _ in 0..3 {
        let (own, watches) = (kept.clone(), watched.clone());
        let mut settings = calm();
        settings.levels.set(Law::PendingWithoutWaker, reveille_sim::Level::Allow);
        let outcome = world.run(&settings, &mut Plain, 0, || async move {
            let mut nap = sleep(Duration::from_secs(1));
            let mut never = Box::pin(watch(pending::<()>()));
            poll_fn(|cx| {
                assert!(std::pin::Pin::new(&mut nap).poll(cx).is_pending());
                assert!(never.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            own.borrow_mut().push(nap);
            watches.borrow_mut().push(never);
        });
        assert_eq!(outcome.verdict, None);
    }
    // One of them goes in another run, the rest after the world.
    world.run(&calm(), &mut Plain, 0, || async {
        kept.borrow_mut().pop();
        watched.borrow_mut().pop();
        sleep(Duration::from_secs(1)).await;
    });
    drop(world);
    kept.take();
    watched.take();
}

#[test]
fn a_task_may_own_what_owns_its_handle() {
    // A circle of task and handle is broken by the end of the run.
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
        let slot: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let own = slot.clone();
        let task = spawn_local(async move {
            yield_now().await;
            let _own = own;
            sleep(Duration::from_secs(5)).await;
        });
        *slot.borrow_mut() = Some(task);
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

/// What owns a socket and goes when the sockets of its run are gone.
struct Late {
    socket: UdpSocket,
    told: Rc<Cell<Option<ErrorKind>>>,
}

impl Drop for Late {
    fn drop(&mut self) {
        self.told.set(self.socket.local_addr().err().map(|error| error.kind()));
    }
}

#[test]
fn a_socket_leads_nowhere_once_those_of_its_run_are_gone() {
    let told = Rc::new(Cell::new(None));
    let own = told.clone();
    let outcome = World::new().run(&calm(), &mut Plain, 0, || async move {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let late = Late { socket, told: own };
        // The network keeps it to the end.
        std::mem::forget(net::rule(move |_| {
            let _ = &late;
            net::Fate::Pass
        }));
    });
    assert_eq!((outcome.verdict, told.get()), (None, Some(ErrorKind::NotConnected)));
}
