//! How a crate is compiled for the engine.

/// What the compiler is to be told beside its target, a flag a line.
pub const FLAGS: &str = include_str!("../flags");

/// The same where every load and store is a call, too, so that races of data are seen.
pub const FLAGS_FOR_RACES: &str = include_str!("../flags-races");

/// A program for a shell that stands before the compiler then, so that what a run is made of is
/// compiled without those calls.
pub const RUSTC_FOR_USERS: &str = include_str!("build/rustc_for_users.sh");

/// A library without the standard library, as files with their contents, of which the first is
/// its root: to be linked with what is compiled so and does not link the engine.
pub const PASS_THROUGH: [(&str, &str); 4] = [
    ("pass_through.rs", include_str!("build/pass_through.rs")),
    ("hooks.rs", include_str!("linux/hooks.rs")),
    ("accesses.rs", include_str!("linux/accesses.rs")),
    ("operation.rs", reveille_sim::carried::operation::SOURCE),
];
