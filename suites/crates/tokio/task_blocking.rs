//! A test file that calls `crate::time`, of which it is the root where it was published.

#![allow(unexpected_cfgs, unused)]

// Before the prelude: `#[test]` in all that follows is that of this crate.
#[macro_use]
extern crate suites;

use tokio::time;

include!(concat!(env!("OUT_DIR"), "/task_blocking.rs"));
