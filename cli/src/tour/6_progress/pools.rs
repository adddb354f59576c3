//! A pool that polls everybody, and one that polls who was woken.

use crate::tour::{say, task};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

// tour: pool
type Boxed = Pin<Box<dyn Future<Output = ()>>>;

/// The tasks of an executor, each with a flag that its waker sets.
pub(super) struct Pool {
    tasks: Vec<(Boxed, Arc<Woken>)>,
    thread: Arc<Mutex<Option<Waker>>>,
    polls: u32,
    parks: u32,
}

struct Woken {
    flag: AtomicBool,
    /// Who unparks the thread of the executor.
    thread: Arc<Mutex<Option<Waker>>>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.flag.store(true, Relaxed);
        let thread = self.thread.lock().unwrap().take();
        thread.into_iter().for_each(Waker::wake);
    }
}

impl Pool {
    /// Polls every task whenever anyone is woken.
    pub(super) fn polls_everybody(&mut self) {
        let was_woken = |woken: &Woken| woken.flag.swap(false, Relaxed);
        if self.tasks.iter().filter(|(_, woken)| was_woken(woken)).count() > 0 {
            self.poll_those(|_| true);
        }
    }

    /// Polls who was woken.
    pub(super) fn polls_the_woken(&mut self) {
        self.poll_those(|woken| woken.flag.swap(false, Relaxed));
    }

    fn poll_those(&mut self, is_polled: fn(&Woken) -> bool) {
        self.tasks.retain_mut(|(future, woken)| {
            if !is_polled(woken) {
                return true;
            }
            self.polls += 1;
            let waker = woken.clone().into();
            future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending()
        });
        say(format!("{} polls so far, {} tasks left", self.polls, self.tasks.len()));
    }

    fn is_anyone_woken(&self) -> bool {
        self.tasks.iter().any(|(_, woken)| woken.flag.load(Relaxed))
    }

    /// Runs all tasks to their end, and parks only when nobody is woken.
    async fn run(&mut self, turn: fn(&mut Pool)) {
        poll_fn(|cx| {
            *self.thread.lock().unwrap() = Some(cx.waker().clone());
            while self.is_anyone_woken() {
                turn(self);
            }
            if self.tasks.is_empty() {
                return Poll::Ready(());
            }
            self.parks += 1;
            say(format!("all are Pending: park {}", self.parks));
            Poll::Pending
        })
        .await;
    }
}
// end

impl Pool {
    fn of(futures: Vec<Boxed>) -> Pool {
        let thread = Arc::new(Mutex::new(None));
        let woken = || Arc::new(Woken { flag: AtomicBool::new(true), thread: thread.clone() });
        let tasks = futures.into_iter().map(|future| (future, woken())).collect();
        Pool { tasks, thread, polls: 0, parks: 0 }
    }
}

// tour: three
/// Three tasks wait, each for a bell of its own; a bell rings every second.
pub(super) async fn three_wait(turn: fn(&mut Pool), polls: u32) {
    let bells: Rc<[Bell; 3]> = Rc::default();
    let mut pool = Pool::of((0..3).map(|bell| rings(bells.clone(), bell)).collect());
    let ringer = task("bells", async move {
        for bell in &*bells {
            reveille::time::sleep(Duration::from_secs(1)).await;
            bell.ring();
        }
    });
    pool.run(turn).await;
    ringer.await.unwrap();
    assert_eq!((pool.polls, pool.parks), (polls, 3));
}
// end

#[derive(Default)]
struct Bell {
    rang: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Bell {
    fn ring(&self) {
        self.rang.set(true);
        let waker = self.waker.take();
        waker.into_iter().for_each(Waker::wake);
    }
}

fn rings(bells: Rc<[Bell; 3]>, bell: usize) -> Boxed {
    Box::pin(poll_fn(move |cx| {
        let bell = &bells[bell];
        if bell.rang.get() {
            return Poll::Ready(());
        }
        *bell.waker.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }))
}
