//! What `cargo reveille` makes of the traces of runs.

pub mod perfetto;
pub mod picture;
