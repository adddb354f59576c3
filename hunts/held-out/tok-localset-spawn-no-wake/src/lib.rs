//! tokio 1.0.3: `LocalSet::spawn_local` does not wake who drives the set by `run_until`. Fixed
//! in 1.1.0 (pull request 3369).
#![cfg(test)]

use reveille::laws::{self, Executor, Item, Job};
use std::future::pending;
use std::rc::Rc;

/// Without `abort`, which panics outside of the set in versions of that time.
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
    laws::executor(TokioLocalSet).check();
}
