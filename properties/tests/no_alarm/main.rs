//! Correct futures that look odd, none of which may raise an alarm.
//!
//! Each test is written as a user of the crate in question would write it, and
//! says by `deny(task_leak, waker_leak)` that nothing is left behind. Those that
//! draw on hidden randomness or on a real clock go hermetic by themselves, which
//! takes a process per run; so they make fewer runs.

mod async_channels;
mod by_hand;
mod collections;
mod daemons;
mod event_listeners;
mod futures_channel;
mod guards;
mod handles;
mod joins;
mod long_waits;
mod panics;
mod pending;
mod selects;
mod sockets;
mod splits;
mod streams;
mod tokio_channels;
mod tokio_locks;
mod watched;
