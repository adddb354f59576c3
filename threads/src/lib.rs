//! The engine of threads: strands that are threads to all code that runs in them, of which one
//! kernel thread runs one at a time.
//!
//! | file | idea |
//! | --- | --- |
//! | `engine` | a thread for every strand, from a pool |
//! | `strand`, `point`, `places` | what a strand is to do, and where it lets others go first |
//! | `wait`, `calls` | what a strand is blocked on, and the calls of the C library that block |
//! | `hooks`, `operation` | every atomic operation is a scheduling point |
//! | `shell`, `context`, `locals`, `word` | threads that are lent: stacks, thread pointers, thread-locals |

#![cfg(target_os = "linux")]

#[cfg(reveille_threads)]
pub mod calls;
mod context;
mod engine;
#[cfg(reveille_threads)]
mod hooks;
mod locals;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod operation;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod places;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod point;
mod shell;
mod strand;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod wait;
mod word;

pub use engine::Threads;
pub use shell::Handover;
