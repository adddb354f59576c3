//! tokio as it is, but that `#[tokio::test]` has the engine run the test.

pub use suites_macros::tokio_test as test;
pub use tokio::*;
