//! The models: for each kind of part, the rules that it keeps whatever the interleaving is.
//!
//! Each takes what makes the part, anew in each iteration, out of [`sync`](crate::sync),
//! [`cell`](crate::cell) and [`thread`]. What a type does not offer is not checked.

mod block_on;
mod notify;
mod oneshot;
mod park_unpark;
mod run_queue;
mod task_state;
mod waker_cell;

pub use block_on::{BlockOn, block_on};
pub use notify::{Notify, notify};
pub use oneshot::{OneshotReceiver, OneshotSender, Sent, oneshot};
pub use park_unpark::{Parker, park_unpark};
pub use run_queue::{RunQueue, run_queue};
pub use task_state::{TaskState, task_state};
pub use waker_cell::{WakerCell, waker_cell};

use crate::thread;

/// What a type is called in a report, without the path to it.
fn short_name<T>() -> String {
    let name = std::any::type_name::<T>();
    let generic = name.find('<').unwrap_or(name.len());
    let start = name[..generic].rfind("::").map_or(0, |at| at + 2);
    name[start..].into()
}

/// A thread of that name.
#[track_caller]
fn spawn(name: &str, f: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    match thread::Builder::new().name(name).spawn(f) {
        Ok(handle) => handle,
        Err(error) => unreachable!("loom starts every thread: {error}"),
    }
}

/// Waits for the threads to end.
#[track_caller]
fn join(threads: impl IntoIterator<Item = thread::JoinHandle<()>>) {
    for thread in threads {
        let _ = thread.join();
    }
}
