//! Scene 3: an executor and a reactor, and what happens when they are one.

use super::{Part, say};
use reveille::Law;
use reveille::reactor::{Event, Interest, Ready, Selector, Source, Token, Trigger};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

pub(super) const PARTS: &[Part] = &[
    Part::passes("two", |checker| checker.try_check(|| ask_and_listen(two))),
    Part::breaks("one", Law::Stuck, |checker| checker.try_check(|| ask_and_listen(one))),
];

// tour: reactor
/// Knows devices and wakers, and no future.
struct Reactor {
    /// What epoll is on Linux: it waits for many devices at once.
    selector: Selector,
    wakers: RefCell<BTreeMap<Token, Waker>>,
}

impl Reactor {
    /// Waits until some device is ready, and wakes who waits for it.
    async fn turn(&self) {
        say("the reactor waits for a device");
        let mut events: Vec<Event> = Vec::new();
        self.selector.select(&mut events).await.unwrap();
        for event in events {
            if let Some(waker) = self.wakers.borrow_mut().remove(&event.token()) {
                say(format!("the reactor wakes who waits for device {}", event.token().0));
                waker.wake();
            }
        }
    }
}

/// Waits for a device: it leaves its waker with the reactor.
struct Readable {
    device: Rc<Source>,
    token: Token,
    reactor: Rc<Reactor>,
}

impl Future for Readable {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.device.readiness().is_readable() {
            return Poll::Ready(());
        }
        self.reactor.wakers.borrow_mut().insert(self.token, cx.waker().clone());
        Poll::Pending
    }
}
// end

// tour: task
/// A task: its future, and whether it was woken.
struct Task {
    name: &'static str,
    future: Pin<Box<dyn Future<Output = ()>>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

impl Task {
    fn new(name: &'static str, future: impl Future<Output = ()> + 'static) -> Task {
        Task { name, future: Box::pin(future), woken: Arc::new(Woken(AtomicBool::new(true))) }
    }

    fn is_woken(&self) -> bool {
        self.woken.0.load(Relaxed)
    }

    /// Polls the future, with its flag as the waker.
    fn poll(&mut self) -> Poll<()> {
        self.woken.0.store(false, Relaxed);
        let waker = self.woken.clone().into();
        let poll = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        say(format!("the executor has polled `{}`: {poll:?}", self.name));
        poll
    }
}
// end

// tour: two
/// Polls whoever is woken. When nobody is, it has nothing to do: that is the moment for
/// the reactor to wait, for all of them at once.
async fn two(mut tasks: Vec<Task>, reactor: Rc<Reactor>) {
    while !tasks.is_empty() {
        tasks.retain_mut(|task| !task.is_woken() || task.poll().is_pending());
        if !tasks.is_empty() && !tasks.iter().any(Task::is_woken) {
            reactor.turn().await;
        }
    }
}
// end

// tour: one
/// Polls a task and waits for what that task waits for, and then the next.
async fn one(tasks: Vec<Task>, reactor: Rc<Reactor>) {
    for mut task in tasks {
        while task.poll().is_pending() {
            reactor.turn().await;
        }
    }
}
// end

// tour: run
/// `listen` waits for an answer, `ask` asks for it, and it takes a second.
async fn ask_and_listen<F: Future>(executor: fn(Vec<Task>, Rc<Reactor>) -> F) {
    let reactor = Rc::new(Reactor { selector: Selector::new(), wakers: RefCell::default() });
    let (device, token) = (Rc::new(Source::new("device")), Token(1));
    reactor.selector.add(&*device, token, Interest::READABLE, Trigger::Edge).unwrap();
    let answer = Readable { device: device.clone(), token, reactor: reactor.clone() };
    let ask = async move { device.set_ready_after(Duration::from_secs(1), Ready::READABLE) };
    executor(vec![Task::new("listen", answer), Task::new("ask", ask)], reactor).await;
}
// end
