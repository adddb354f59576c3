//! deadpool 0.3.0: a `get` that waits for an object to come back is not woken when the one that
//! was making an object is dropped, though there is room now. Fixed in 0.4.0.
#![cfg(test)]

use deadpool::Pool;
use reveille::laws::{self, Factory, Failed, PoolError};

struct Maker(Factory);

/// 0.3.0 has no such name; from 0.4.0 on that of the crate goes before.
#[allow(dead_code, reason = "one version or the other uses it")]
type RecycleResult<E> = Result<(), E>;

const _: () = {
    #[allow(unused_imports, reason = "one version or the other uses it")]
    use deadpool::*;

    #[async_trait::async_trait]
    impl deadpool::Manager<laws::Object, Failed> for Maker {
        async fn create(&self) -> Result<laws::Object, Failed> {
            self.0.create().await
        }

        async fn recycle(&self, object: &mut laws::Object) -> RecycleResult<Failed> {
            Ok(self.0.recycle(object).await?)
        }
    }
};

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
