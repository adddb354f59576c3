//! The engine of threads: strands that are threads to all code that runs in them, of which one
//! kernel thread runs one at a time.
//!
//! | file | idea |
//! | --- | --- |
//! | `build` | how a crate is compiled for it |
//! | `linux/engine`, `stacks` | a thread for every strand, from a pool |
//! | `linux/strand`, `point`, `places` | what a strand is to do, and where it lets others go first |
//! | `linux/wait`, `holders`, `calls` | what a strand is blocked on, and the calls of the C library that block |
//! | `linux/sleepers`, `process_wide` | words that threads outside of the run have a part in |
//! | `linux/hooks` | every atomic operation is a scheduling point |
//! | `linux/spinless` | whoever finds a `Mutex` taken does not spin in vain |
//! | `linux/watched`, `accesses`, `memory/` | what strands know of memory: stale loads, and races of data |
//! | `linux/shell`, `context`, `locals`, `keys`, `executable`, `word` | threads that are lent: stacks, thread pointers, thread-locals |
//!
//! What is not as on threads that nobody controls: a task has a stack and thread-locals of its
//! own, even one that need not be `Send`. Tasks that [share a thread](reveille_sim::spawn_local) exclude
//! each other and are one thread to the memory model, but each finds its `thread_local!`s as it left them
//! and not as the others did, and [`std::thread::current`] tells them apart. The same goes for the thread
//! on which the run itself is driven.

pub mod build;

/// The file of this module, as the compiler names it: where the sources of this crate are.
#[doc(hidden)]
pub const LIB_FILE: &str = file!();

#[cfg(target_os = "linux")]
mod linux;

#[cfg(all(target_os = "linux", reveille_threads))]
pub use linux::calls;
#[cfg(target_os = "linux")]
pub use linux::{Handover, Threads};
