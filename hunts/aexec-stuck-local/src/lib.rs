//! async-executor 1.9.0: where `run` was polled, tasks that are woken on that thread go to its
//! local queue from then on. `try_tick` and `tick` look at the global queue alone, so nobody
//! runs such a task, though somebody drives the executor. Fixed in 1.9.1 (pull request 106).
#![cfg(test)]

use async_executor::Executor;
use async_task::FallibleTask;
use reveille::laws::{self, Item, Job};

#[derive(Clone)]
struct AsyncExecutor;

impl laws::Executor for AsyncExecutor {
    type Executor = Executor<'static>;
    type Handle = Option<FallibleTask<Item>>;

    fn open(&self) -> Executor<'static> {
        Executor::new()
    }

    fn spawn(&self, executor: &Executor<'static>, job: Job) -> Self::Handle {
        Some(executor.spawn(job).fallible())
    }

    fn detach(&self, handle: Self::Handle) {
        handle.into_iter().for_each(FallibleTask::detach);
    }

    fn drive(&self, executor: &Executor<'static>) -> Option<impl Future<Output = ()>> {
        Some(executor.run(std::future::pending()))
    }

    fn tick(&self, executor: &Executor<'static>) -> Option<bool> {
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
}

#[test]
fn keeps_the_laws_of_executors() {
    laws::executor(AsyncExecutor).check();
}
