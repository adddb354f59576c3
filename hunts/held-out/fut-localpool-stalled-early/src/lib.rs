//! futures-executor 0.3.21: `LocalPool::run_until_stalled` returns though a task has woken itself,
//! and so can go on. Fixed in 0.3.22 (pull request 2593).
#![cfg(test)]

use futures_executor::{LocalPool, LocalSpawner};
use reveille::laws::{self, Executor, Item, Job};
use std::cell::RefCell;

#[derive(Clone)]
struct Pool;

impl Executor for Pool {
    type Executor = (RefCell<LocalPool>, LocalSpawner);
    type Handle = Option<futures_util::future::RemoteHandle<Item>>;

    fn open(&self) -> Self::Executor {
        let pool = LocalPool::new();
        let spawner = pool.spawner();
        (RefCell::new(pool), spawner)
    }

    fn spawn(&self, (_, spawner): &Self::Executor, job: Job) -> Self::Handle {
        use futures_util::task::LocalSpawnExt;
        Some(spawner.spawn_local_with_handle(job).unwrap())
    }

    fn detach(&self, handle: Self::Handle) {
        handle.into_iter().for_each(futures_util::future::RemoteHandle::forget);
    }

    fn tick(&self, (pool, _): &Self::Executor) -> Option<bool> {
        // It answers whether a task ended, not whether one ran.
        pool.borrow_mut().run_until_stalled();
        Some(false)
    }

    fn join(&self, handle: &mut Self::Handle) -> Option<impl Future<Output = Option<Item>>> {
        let handle = handle.as_mut()?;
        Some(async { Some(handle.await) })
    }

    fn cancel(&self, handle: &mut Self::Handle) -> Option<()> {
        handle.take().map(drop)
    }

    /// It panics then.
    fn ends_joins(&self) -> bool {
        false
    }
}

#[test]
fn keeps_the_laws_of_executors() {
    laws::executor(Pool).check();
}
