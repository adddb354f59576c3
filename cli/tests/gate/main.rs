//! The gate from outside: the command itself, over the tests of `fixture`, which are in this
//! binary and which it is told of as nextest would.

mod bad_input;
mod corpora;
mod dying;
mod fixture;
#[cfg(target_os = "linux")]
mod killed;
mod replaying;
mod reports;
mod searching;
mod shards;
mod tool;
