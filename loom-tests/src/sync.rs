//! What [`std::sync`] has, as loom's: each operation is a point at which another thread may
//! go on, and is told with its line when the model fails.
//!
//! They can only be made within a model.

mod futex;
mod integers;
mod mutex;
mod pointer;
mod rw_lock;

/// As [`std::sync::atomic`].
pub mod atomic {
    pub use super::integers::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
        AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
    pub use super::pointer::AtomicPtr;
}

pub use futex::Futex;
pub use loom::sync::Arc;
pub use mutex::{Condvar, Mutex, MutexGuard, WaitTimeoutResult};
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
#[doc(no_inline)]
pub use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
