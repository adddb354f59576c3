//! async-executor 1.13.1: a panic of what gives the tasks to `spawn_many` poisons the executor:
//! every later spawn and tick panics. Fixed in 1.13.2 (pull request 136).
#![cfg(test)]

use async_executor::Executor;
use async_task::FallibleTask;
use reveille::laws::{self, Item, Job};

#[derive(Clone)]
struct AsyncExecutor;

/// Tasks as handles.
struct Fallible<'a>(&'a mut Vec<Option<FallibleTask<Item>>>);

impl Extend<async_executor::Task<Item>> for Fallible<'_> {
    fn extend<I: IntoIterator<Item = async_executor::Task<Item>>>(&mut self, tasks: I) {
        self.0.extend(tasks.into_iter().map(|task| Some(task.fallible())));
    }
}

impl laws::Executor for AsyncExecutor {
    type Executor = Executor<'static>;
    type Handle = Option<FallibleTask<Item>>;

    fn open(&self) -> Executor<'static> {
        Executor::new()
    }

    fn spawn(&self, executor: &Executor<'static>, job: Job) -> Self::Handle {
        Some(executor.spawn(job).fallible())
    }

    fn spawn_many(
        &self,
        executor: &Executor<'static>,
        jobs: impl Iterator<Item = Job>,
        handles: &mut Vec<Self::Handle>,
    ) -> Option<()> {
        executor.spawn_many(jobs, &mut Fallible(handles));
        Some(())
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

    fn join(&self, handle: &mut Self::Handle) -> Option<impl Future<Output = Option<Item>>> {
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
fn keeps_the_laws_of_executors() {
    laws::executor(AsyncExecutor).check();
}
