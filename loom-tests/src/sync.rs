//! What [`std::sync`] has, as loom's: each operation is a point at which another thread may
//! go on, and is told with its line when the model fails.
//!
//! They can only be made within a model.

pub mod atomic;
mod futex;
mod mutex;
mod rw_lock;

pub use futex::Futex;
pub use loom::sync::Arc;
pub use mutex::{Condvar, Mutex, MutexGuard, WaitTimeoutResult};
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
#[doc(no_inline)]
pub use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
