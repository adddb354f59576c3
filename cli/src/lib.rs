//! What stands behind `cargo reveille`.

pub mod explain;
