//! How a crate is compiled for the engine.

/// What the compiler is to be told beside its target, a flag a line.
pub const FLAGS: &str = include_str!("../flags");

/// A library without the standard library, as files with their contents, of which the first is
/// its root: to be linked with what is compiled so and does not link the engine.
pub const PASS_THROUGH: [(&str, &str); 3] = [
    ("pass_through.rs", include_str!("build/pass_through.rs")),
    ("hooks.rs", include_str!("linux/hooks.rs")),
    ("operation.rs", include_str!("linux/operation.rs")),
];
