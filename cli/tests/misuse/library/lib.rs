//! What threads of a test may do that a run cannot bear, or that it can.
#![cfg(test)]

mod ends;
mod waits;
