//! deadpool 0.2.3: a `get` that is dropped while it makes or recycles an object, or fails to,
//! takes the place of that object along. Fixed in 0.3.0; there a `get` that fails or is dropped
//! wakes none that waits for room, so 0.4.0 is the one without either.
#![cfg(test)]

use deadpool::Pool;
use reveille::laws::{self, Factory, Failed, PoolError};

struct Maker(Factory);

#[cfg(by_value)]
#[async_trait::async_trait]
impl deadpool::Manager<laws::Object, Failed> for Maker {
    async fn create(&self) -> Result<laws::Object, Failed> {
        self.0.create().await
    }

    async fn recycle(&self, mut object: laws::Object) -> Result<laws::Object, Failed> {
        match self.0.recycle(&mut object).await {
            Ok(()) => Ok(object),
            Err(Failed) => {
                drop(object);
                self.0.create().await
            }
        }
    }
}

#[cfg(not(by_value))]
#[async_trait::async_trait]
impl deadpool::Manager<laws::Object, Failed> for Maker {
    async fn create(&self) -> Result<laws::Object, Failed> {
        self.0.create().await
    }

    async fn recycle(&self, object: &mut laws::Object) -> deadpool::RecycleResult<Failed> {
        Ok(self.0.recycle(object).await?)
    }
}

#[derive(Clone)]
struct Deadpool;

impl laws::Pool for Deadpool {
    type Pool = Pool<laws::Object, Failed>;
    type Guard<'a> = deadpool::Object<laws::Object, Failed>;

    fn make(&self, factory: Factory, most: usize) -> Self::Pool {
        Pool::new(Maker(factory), most)
    }

    async fn get<'a>(&self, pool: &'a Self::Pool) -> Result<Self::Guard<'a>, PoolError> {
        pool.get().await.map_err(|_| PoolError::Failed)
    }

    fn object<'g>(&self, guard: &'g Self::Guard<'_>) -> &'g laws::Object {
        guard
    }
}

#[test]
fn keeps_the_laws_of_pools() {
    laws::pool(Deadpool).check();
}
