//! Workloads that every executor of the comparison runs, and the executors.

pub mod alive;
pub mod connections;
pub mod floor;
pub mod rounds;
pub mod slot;
pub mod slot10;

mod sync {
    pub use std::sync::{Mutex, MutexGuard};
}
