//! The zoo: for every law a smallest future that breaks it, the exact message,
//! and a correct twin.
//!
//! A broken test is `#[ignore]`d; the golden test beside it runs it in a process
//! of its own, as a user would, compares what is printed with the file of the same
//! name under `messages/`, and pastes the replay line to see the same law broken
//! again. `UPDATE_EXPECT=1 cargo test --test zoo` writes the files anew.

//!
//! Among them are the ten faults that schedulers of tasks were seen to miss:
//!
//! | planted fault | here |
//! | --- | --- |
//! | `Pending` without ever taking a waker | `registration::never_registers` |
//! | woken, then `Pending` without a new registration | `registration::registers_on_the_first_poll_only` |
//! | detached task that never finishes | `registration::detached_and_never_done` |
//! | first waker kept, future stays in its task | `registration::keeps_its_first_waker` |
//! | first waker kept, future moves to another task | `registration::keeps_the_waker_of_another_task` |
//! | polled again after `Ready` | `join_handles::awaits_twice`, `futures_inside::polls_on` |
//! | self-waking for ever | `progress::wakes_itself_for_ever` |
//! | `poll` blocks on a lock | `blocking::blocks_on_a_lock` |
//! | waker leaked | `registration::forgets_a_waker` |
//! | spawned task panics | `panics::detached_task_panics`, `panics::handle_is_never_read`; read, it is no fault |
//!
//! and those on which simulators were seen to hang, the heartbeat that hides a lost
//! wake (`registration::hidden_by_a_heartbeat`) included.

mod golden;

mod arguments;
mod blocking;
mod completions;
mod delays_and_cancellation;
mod entropy;
mod files;
mod futures_inside;
mod join_handles;
mod misbehaving_wakers;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod outside;
mod panics;
mod progress;
mod promises;
mod reactors;
mod registration;
mod rest;
mod selects;
mod steps;
mod streams;
mod widths;
