//! A test file that has an allocator of its own.

#![allow(unexpected_cfgs, unused)]

// Before the prelude: `#[test]` in all that follows is that of this crate.
#[macro_use]
extern crate suites;

include!(concat!(env!("OUT_DIR"), "/golang.rs"));
