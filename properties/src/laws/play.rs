//! How a run of a suite is played: tasks follow scripts, with patience or without, what they do is
//! noted, and when all is at rest it is judged.

pub(super) mod calls;
pub(super) mod cast;
pub(super) mod delay;
pub(super) mod driver;
pub(super) mod held;
pub(super) mod history;
pub(super) mod patience;
pub(super) mod phases;
pub(super) mod script;
pub(super) mod spares;
pub(super) mod unwinding;
