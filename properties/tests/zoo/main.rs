//! The zoo: for every law a smallest future that breaks it, the exact message,
//! and a correct twin.
//!
//! A broken test is `#[ignore]`d; the golden test beside it runs it in a process
//! of its own, as a user would, compares what is printed with the file of the same
//! name under `messages/`, and pastes the replay line to see the same law broken
//! again. `UPDATE_EXPECT=1 cargo test --test zoo` writes the files anew.

mod golden;

mod blocking;
mod futures_inside;
mod join_handles;
mod panics;
mod progress;
mod registration;
mod rest;
mod selects;
