//! tokio 1.42.0: a `JoinHandle` that was polled and is dropped leaves the waker in the task, for as
//! long as that lives. Fixed in 1.43.0 (pull request 6986).
#![cfg(test)]

use reveille::laws::{self, Executor, Item, Job};
use reveille::{Checker, Law};
use std::future::pending;
use std::rc::Rc;

#[derive(Clone)]
struct TokioLocalSet;

impl Executor for TokioLocalSet {
    type Executor = Rc<tokio::task::LocalSet>;
    type Handle = tokio::task::JoinHandle<Item>;

    fn open(&self) -> Self::Executor {
        Rc::new(tokio::task::LocalSet::new())
    }

    fn spawn(&self, set: &Self::Executor, job: Job) -> Self::Handle {
        set.spawn_local(job)
    }

    fn detach(&self, handle: Self::Handle) {
        drop(handle);
    }

    fn drive(&self, set: &Self::Executor) -> Option<impl Future<Output = ()>> {
        Some(set.run_until(pending()))
    }

    fn join(&self, handle: &mut Self::Handle) -> Option<impl Future<Output = Option<Item>>> {
        Some(async { handle.await.ok() })
    }

    fn cancel(&self, handle: &mut Self::Handle) -> Option<()> {
        handle.abort();
        Some(())
    }

    /// It has room for the waker of one.
    fn is_shared(&self) -> bool {
        false
    }

    fn bears_panics(&self) -> bool {
        true
    }
}

#[test]
fn keeps_the_laws_of_executors() {
    laws::executor(TokioLocalSet).checker(Checker::new().deny(Law::WakerLeak)).check();
}
