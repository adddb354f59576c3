//! The engine, where it can be had.

#[cfg(reveille_races)]
mod accesses;
#[cfg(reveille_threads)]
pub mod calls;
mod context;
mod engine;
mod executable;
mod holders;
#[cfg(reveille_threads)]
mod hooks;
mod keys;
mod locals;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod memory;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod places;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod point;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod process_wide;
mod shell;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod sleepers;
#[cfg(reveille_threads)]
mod spinless;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod stacks;
mod strand;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod wait;
#[cfg_attr(not(reveille_threads), allow(dead_code))]
mod watched;
mod word;

pub use engine::Threads;
use reveille_sim::carried::operation;
pub use shell::Handover;
