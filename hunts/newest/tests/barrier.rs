//! Barriers.

use reveille::laws::{self, Barrier};

#[derive(Clone)]
struct Tokio;

impl Barrier for Tokio {
    type Barrier = tokio::sync::Barrier;

    fn barrier(&self, size: usize) -> Self::Barrier {
        tokio::sync::Barrier::new(size)
    }

    async fn wait(&self, barrier: &Self::Barrier) -> bool {
        barrier.wait().await.is_leader()
    }
}

#[test]
fn tokio_barrier() {
    laws::barrier(Tokio).check();
}

#[derive(Clone)]
struct AsyncLock;

impl Barrier for AsyncLock {
    type Barrier = async_lock::Barrier;

    fn barrier(&self, size: usize) -> Self::Barrier {
        async_lock::Barrier::new(size)
    }

    async fn wait(&self, barrier: &Self::Barrier) -> bool {
        barrier.wait().await.is_leader()
    }
}

#[test]
fn async_lock_barrier() {
    laws::barrier(AsyncLock).check();
}

#[derive(Clone)]
struct Mea;

impl Barrier for Mea {
    type Barrier = mea::barrier::Barrier;

    fn barrier(&self, size: usize) -> Self::Barrier {
        mea::barrier::Barrier::new(size as u32)
    }

    async fn wait(&self, barrier: &Self::Barrier) -> bool {
        barrier.wait().await.is_leader()
    }
}

#[test]
fn mea_barrier() {
    laws::barrier(Mea).check();
}
