//! mobc 0.7.3: an object that was handed to a `get` that is dropped is lost, with its place. Fixed
//! in 0.8.0 (commit 6bcb3e8).
#![cfg(test)]

use reveille::laws::{self, Factory, Failed, Object, PoolError};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

struct Maker(Factory);

#[mobc::async_trait]
impl mobc::Manager for Maker {
    type Connection = Object;
    type Error = Failed;

    fn spawn_task<T>(&self, task: T)
    where
        T: Future + Send + 'static,
        T::Output: Send + 'static,
    {
        drop(reveille::spawn_daemon(task));
    }

    /// One that takes a while, or fails, is tried again: who makes an object keeps all others waiting,
    /// and who waits for room is not told of a place that is free again without its object, which are
    /// other bugs of these versions.
    async fn connect(&self) -> Result<Object, Failed> {
        loop {
            let made = pin!(self.0.create()).poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(Ok(object)) = made {
                return Ok(object);
            }
        }
    }

    async fn check(&self, object: Object) -> Result<Object, Failed> {
        Ok(object)
    }
}

#[derive(Clone)]
struct Mobc;

impl laws::Pool for Mobc {
    type Pool = mobc::Pool<Maker>;
    type Guard<'a> = mobc::Connection<Maker>;

    fn make(&self, factory: Factory, most: usize) -> Self::Pool {
        let most = most as u64;
        mobc::Pool::builder().max_open(most).max_idle(most).get_timeout(None).build(Maker(factory))
    }

    async fn get<'a>(&self, pool: &'a Self::Pool) -> Result<Self::Guard<'a>, PoolError> {
        pool.get().await.map_err(|_| PoolError::Failed)
    }

    fn object<'g>(&self, guard: &'g Self::Guard<'_>) -> &'g Object {
        guard
    }
}

#[test]
fn keeps_the_laws_of_pools() {
    laws::pool(Mobc).check();
}
