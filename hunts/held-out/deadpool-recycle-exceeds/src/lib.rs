//! deadpool 0.9.4: an object that is not fit to be used again, or whose check is dropped, still
//! counts, or counts twice, and a pool makes more objects than it may. Fixed in 0.9.5.
#![cfg(test)]

use deadpool::managed::{Manager, Object, Pool, PoolError as Error, RecycleResult};
use reveille::laws::{self, Factory, Failed, PoolError};

struct Maker(Factory);

#[async_trait::async_trait]
impl Manager for Maker {
    type Type = laws::Object;
    type Error = Failed;

    async fn create(&self) -> Result<laws::Object, Failed> {
        self.0.create().await
    }

    async fn recycle(&self, object: &mut laws::Object) -> RecycleResult<Failed> {
        Ok(self.0.recycle(object).await?)
    }
}

#[derive(Clone)]
struct Deadpool;

impl laws::Pool for Deadpool {
    type Pool = Pool<Maker>;
    type Guard<'a> = Object<Maker>;

    fn make(&self, factory: Factory, most: usize) -> Self::Pool {
        Pool::builder(Maker(factory)).max_size(most).build().unwrap()
    }

    async fn get<'a>(&self, pool: &'a Self::Pool) -> Result<Self::Guard<'a>, PoolError> {
        pool.get().await.map_err(|error| match error {
            Error::Closed => PoolError::Closed,
            _ => PoolError::Failed,
        })
    }

    fn object<'g>(&self, guard: &'g Self::Guard<'_>) -> &'g laws::Object {
        guard
    }

    fn take<'a>(&self, guard: Self::Guard<'a>) -> Result<laws::Object, Self::Guard<'a>> {
        Ok(Object::take(guard))
    }

    fn close(&self, pool: &Self::Pool) -> Option<()> {
        pool.close();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_pools() {
    laws::pool(Deadpool).check();
}
