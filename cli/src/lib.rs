//! `cargo reveille`: the gate and the picture of [Reveille](https://docs.rs/reveille).
//!
//! ```text
//! cargo reveille test       search for a minute, an hour, a night, on all cores
//! cargo reveille replay     one failing run again: its steps and its picture
//! cargo reveille corpus     past failures: list, verify, merge, prune, import
//! cargo reveille explain    what a law demands, and how to mend what breaks it
//! cargo reveille tour       who polls, wakes and parks whom, in six scenes
//! ```
//!
//! | module | idea |
//! | --- | --- |
//! | [`args`], [`exit`] | the interface: what is asked for, how it ends |
//! | [`command`] | one command a file |
//! | [`cargo`] | the workspace and its test binaries |
//! | [`gate`] | tests, processes and time |
//! | [`report`] | what came of it, for machines and people |
//! | [`explain`] | pages on laws and faults |
//! | [`tour`] | six scenes for who is new to it |
//! | [`picture`], [`perfetto`] | a run as a page, and for the viewers that there are |
//! | [`trace`] | a run as a test writes it down |
//! | [`shown`] | texts of users at a terminal |

pub mod args;
pub mod cargo;
pub mod command;
pub mod exit;
pub mod explain;
pub mod gate;
pub mod perfetto;
pub mod picture;
pub mod report;
pub mod shown;
mod steps;
mod terminal;
pub mod tour;
pub mod trace;
