//! Everything that crosses threads takes its atomics and locks from here.
//!
//! A run lives on one thread; only wakers and handles leave it. The files that
//! handle those ([`mailbox`](crate::mailbox), [`biased`](crate::biased)) import
//! from nowhere else, so that a model checker can put its own types in place
//! and run the real source.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
