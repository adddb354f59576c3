//! Threads: spawning one is an event of the main thread, joining it is another.
//!
//! The main thread waits in a join without being runnable until the other thread is
//! over. Nothing else touches what a spawn or a join touches, because their order
//! among other events never matters by itself. A thread that panics ends the run,
//! as a failed assertion ends a process.

use crate::event::{event, first_of};
use reveille_sim::{Builder, Resource, Touch, touches_next, waker_of};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// The main thread of a program, to be run as the body of a run.
pub type Main = Pin<Box<dyn Future<Output = ()>>>;

const THREAD: Resource = Resource::named("thread");

/// A program while it runs, as its main thread sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process(Rc<State>);

#[derive(Debug, Default)]
struct State {
    /// Of each thread, whether it is over.
    over: RefCell<Vec<bool>>,
    running: Cell<usize>,
    /// What the main thread waits for.
    awaited: RefCell<Option<(Awaited, Waker)>>,
}

#[derive(Clone, Copy, Debug)]
enum Awaited {
    One(Thread),
    All,
}

/// A thread that was spawned, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thread(usize);

impl Thread {
    fn touch(self) -> Touch {
        Touch::Write(THREAD.at(self.0 as u64))
    }
}

impl Process {
    /// Makes the future of a main thread, which stands before its first event.
    pub(crate) fn main<F>(body: impl FnOnce(Process) -> F) -> Main
    where
        F: Future<Output = ()> + 'static,
    {
        let mut main = Box::pin(body(Process::default()));
        first_of(main.as_mut());
        main
    }

    pub(crate) async fn spawn(&self, body: impl Future<Output = ()> + 'static) -> Thread {
        let thread = Thread(self.0.over.borrow().len());
        event(thread.touch()).await;
        let mut body = Box::pin(body);
        let first = first_of(body.as_mut());
        self.0.over.borrow_mut().push(false);
        self.0.running.set(self.0.running.get() + 1);
        let process = self.clone();
        let handle = Builder::new().touches(first.touch).spawn_local(async move {
            if !first.over {
                body.await;
            }
            process.ends(thread);
        });
        if let Some(lock) = first.lock {
            lock.stand(waker_of(&handle).expect("the run of a new task goes on"));
        }
        thread
    }

    pub(crate) async fn join(&self, thread: Thread) {
        let awaited = Awaited::One(thread);
        if self.has_come(awaited) {
            event(thread.touch()).await;
        } else {
            self.until(awaited, thread.touch()).await;
        }
    }

    pub(crate) async fn join_all(&self, threads: impl IntoIterator<Item = Thread>) {
        for thread in threads {
            self.join(thread).await;
        }
    }

    /// The main thread ends and lets the others go on: this is no event, and it has
    /// no turn before all of them are over.
    pub(crate) async fn leave(self) {
        self.until(Awaited::All, Touch::Nothing).await;
    }

    fn has_come(&self, awaited: Awaited) -> bool {
        match awaited {
            Awaited::One(thread) => self.0.over.borrow()[thread.0],
            Awaited::All => self.0.running.get() == 0,
        }
    }

    async fn until(&self, awaited: Awaited, touch: Touch) {
        poll_fn(|cx| {
            if self.has_come(awaited) {
                return Poll::Ready(());
            }
            *self.0.awaited.borrow_mut() = Some((awaited, cx.waker().clone()));
            touches_next(touch);
            Poll::Pending
        })
        .await;
    }

    fn ends(&self, thread: Thread) {
        self.0.over.borrow_mut()[thread.0] = true;
        self.0.running.set(self.0.running.get() - 1);
        let come = self.0.awaited.borrow_mut().take_if(|(awaited, _)| self.has_come(*awaited));
        if let Some((_, waker)) = come {
            waker.wake();
        }
    }
}
