//! Published executors of their newest versions.

use async_task::{FallibleTask, Runnable};
use futures_executor::{LocalPool, LocalSpawner};
use reveille::laws::{self, Executor, Item, Job};
use std::cell::RefCell;
use std::future::{Future, pending};
use std::rc::Rc;

/// The executors of async-executor, which differ in their types alone.
macro_rules! async_executor {
    ($test:ident, $name:ident: $type:ty = $new:expr) => {
        #[derive(Clone)]
        struct $name;

        impl Executor for $name {
            type Executor = $type;
            type Handle = Option<FallibleTask<Item>>;

            fn open(&self) -> $type {
                $new
            }

            fn spawn(&self, executor: &$type, job: Job) -> Self::Handle {
                Some(executor.spawn(job).fallible())
            }

            fn detach(&self, handle: Self::Handle) {
                handle.into_iter().for_each(FallibleTask::detach);
            }

            fn drive(&self, executor: &$type) -> Option<impl Future<Output = ()>> {
                Some(executor.run(pending()))
            }

            fn tick(&self, executor: &$type) -> Option<bool> {
                Some(executor.try_tick())
            }

            fn join(
                &self,
                handle: &mut Self::Handle,
            ) -> Option<impl Future<Output = Option<Item>>> {
                handle.as_mut()
            }

            /// By the drop of its handle, after which there is nothing to join.
            fn cancel(&self, handle: &mut Self::Handle) -> Option<()> {
                handle.take().map(drop)
            }

            fn bears_panics(&self) -> bool {
                true
            }
        }

        #[test]
        fn $test() {
            laws::executor($name).check();
        }
    };
}

async_executor!(async_executor, Shared: async_executor::Executor<'static> = async_executor::Executor::new());
async_executor!(async_executor_local, Local: async_executor::LocalExecutor<'static> = async_executor::LocalExecutor::new());

/// A queue of runnable tasks, as the documentation of async-task has it.
#[derive(Clone)]
struct AsyncTask;

type Queue = (flume::Sender<Runnable>, flume::Receiver<Runnable>);

impl Executor for AsyncTask {
    type Executor = Queue;
    type Handle = Option<FallibleTask<Item>>;

    fn open(&self) -> Queue {
        flume::unbounded()
    }

    fn spawn(&self, (sender, _): &Queue, job: Job) -> Self::Handle {
        let sender = sender.clone();
        let schedule = move |runnable| drop(sender.send(runnable));
        let (runnable, task) = async_task::spawn(job, schedule);
        runnable.schedule();
        Some(task.fallible())
    }

    fn detach(&self, handle: Self::Handle) {
        handle.into_iter().for_each(FallibleTask::detach);
    }

    fn drive(&self, (_, receiver): &Queue) -> Option<impl Future<Output = ()>> {
        Some(async {
            while let Ok(runnable) = receiver.recv_async().await {
                runnable.run();
            }
        })
    }

    fn tick(&self, (_, receiver): &Queue) -> Option<bool> {
        Some(receiver.try_recv().map(Runnable::run).is_ok())
    }

    fn join(&self, handle: &mut Self::Handle) -> Option<impl Future<Output = Option<Item>>> {
        handle.as_mut()
    }

    fn cancel(&self, handle: &mut Self::Handle) -> Option<()> {
        handle.take().map(drop)
    }

    /// Who waits is in nobody's list.
    fn drops_tasks(&self) -> bool {
        false
    }

    fn ends_joins(&self) -> bool {
        false
    }
}

#[test]
fn async_task_with_a_queue() {
    laws::executor(AsyncTask).check();
}

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
fn futures_local_pool() {
    laws::executor(Pool).check();
}

/// Driven as a future, which ends when all tasks have.
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
fn tokio_local_set() {
    laws::executor(TokioLocalSet).check();
}
