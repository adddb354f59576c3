//! bb8 0.8.3: an object that comes back broken makes room, and wakes nobody who waits for it. Fixed
//! in 0.8.4 (issue 167).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, Factory, Failed, Object, PoolError};
use std::time::Duration;

struct Maker(Factory);

#[async_trait::async_trait]
impl bb8::ManageConnection for Maker {
    type Connection = Object;
    type Error = Failed;

    async fn connect(&self) -> Result<Object, Failed> {
        self.0.create().await
    }

    async fn is_valid(&self, object: &mut Object) -> Result<(), Failed> {
        self.0.recycle(object).await
    }

    fn has_broken(&self, object: &mut Object) -> bool {
        self.0.is_broken(object)
    }
}

#[derive(Clone)]
struct Bb8;

impl laws::Pool for Bb8 {
    type Pool = bb8::Pool<Maker>;
    type Guard<'a> = bb8::PooledConnection<'a, Maker>;

    fn make(&self, factory: Factory, most: usize) -> Self::Pool {
        bb8::Pool::builder()
            .max_size(most as u32)
            .max_lifetime(None)
            .idle_timeout(None)
            .connection_timeout(Duration::from_secs(10 * 365 * 86_400))
            .build_unchecked(Maker(factory))
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
    laws::pool(Bb8).checker(Checker::new().tokio(true)).check();
}
