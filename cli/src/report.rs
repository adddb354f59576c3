//! What came of it, for people and for machines: one format a file.

mod progress;
mod reporters;
mod summary;

pub use progress::Progress;
pub use reporters::{ReportError, Reporters};
pub use summary::{nothing_ran, summary};
