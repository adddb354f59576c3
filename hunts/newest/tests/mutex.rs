//! Mutexes.

use reveille::laws::{self, Item, Mutex};
use std::sync::Arc;

/// A mutex whose `lock` makes a future of a guard, and whose `try_lock` says at once.
macro_rules! mutex {
    (
        $test:ident, $lock:ty, $guard:ty, fair $fair:literal, $new:expr, $lock_it:expr, $try:expr
        $(, breaks $law:ident)?
    ) => {
        #[test]
        fn $test() {
            #[derive(Clone)]
            struct Adapter;

            impl Mutex for Adapter {
                type Lock = $lock;
                type Guard<'a> = $guard;

                fn make(&self, content: Item) -> $lock {
                    $new(content)
                }

                fn lock<'a>(&self, lock: &'a $lock) -> impl Future<Output = Self::Guard<'a>> {
                    let wait: fn(&'a $lock) -> _ = $lock_it;
                    wait(lock)
                }

                fn try_lock<'a>(&self, lock: &'a $lock) -> Option<Option<Self::Guard<'a>>> {
                    let attempt: fn(&'a $lock) -> _ = $try;
                    attempt(lock)
                }

                fn is_fair(&self) -> bool {
                    $fair
                }
            }

            mutex!(@judge $($law)?);
        }
    };
    (@judge) => {
        laws::mutex(Adapter).check();
    };
    (@judge $law:ident) => {
        newest::alarms(laws::mutex(Adapter), reveille::Law::$law, "");
    };
}

mutex!(
    tokio_mutex,
    tokio::sync::Mutex<Item>,
    tokio::sync::MutexGuard<'a, Item>,
    fair true,
    tokio::sync::Mutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock().ok())
);

mutex!(
    tokio_owned_mutex,
    Arc<tokio::sync::Mutex<Item>>,
    tokio::sync::OwnedMutexGuard<Item>,
    fair true,
    |item| Arc::new(tokio::sync::Mutex::new(item)),
    |lock| lock.clone().lock_owned(),
    |lock| Some(lock.clone().try_lock_owned().ok())
);

mutex!(
    async_lock_mutex,
    async_lock::Mutex<Item>,
    async_lock::MutexGuard<'a, Item>,
    fair false,
    async_lock::Mutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    async_mutex_mutex,
    async_mutex::Mutex<Item>,
    async_mutex::MutexGuard<'a, Item>,
    fair false,
    async_mutex::Mutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    futures_mutex,
    futures_util::lock::Mutex<Item>,
    futures_util::lock::MutexGuard<'a, Item>,
    fair false,
    futures_util::lock::Mutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    mea_mutex,
    mea::mutex::Mutex<Item>,
    mea::mutex::MutexGuard<'a, Item>,
    fair true,
    mea::mutex::Mutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    futures_intrusive_fair_mutex,
    futures_intrusive::sync::Mutex<Item>,
    futures_intrusive::sync::MutexGuard<'a, Item>,
    fair true,
    |item| futures_intrusive::sync::Mutex::new(item, true),
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    futures_intrusive_unfair_mutex,
    futures_intrusive::sync::Mutex<Item>,
    futures_intrusive::sync::MutexGuard<'a, Item>,
    fair false,
    |item| futures_intrusive::sync::Mutex::new(item, false),
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    maitake_mutex,
    maitake_sync::Mutex<Item>,
    maitake_sync::MutexGuard<'a, Item>,
    fair true,
    maitake_sync::Mutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock())
);

mutex!(
    xutex_mutex,
    xutex::AsyncMutex<Item>,
    xutex::MutexGuard<'a, Item>,
    fair false,
    xutex::AsyncMutex::new,
    |lock| lock.lock(),
    |lock| Some(lock.try_lock()),
    breaks Stuck
);
