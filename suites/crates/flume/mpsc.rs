//! A test file that has to be the root of a crate.

#![allow(unexpected_cfgs, unused)]

// Before the prelude: `#[test]` in all that follows is that of this crate.
#[macro_use]
extern crate suites;

include!(concat!(env!("OUT_DIR"), "/mpsc.rs"));
