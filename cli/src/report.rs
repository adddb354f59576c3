//! What came of it, for people and for machines: one format a file.

mod github;
mod json;
mod junit;
mod markdown;
mod paint;
mod progress;
mod reporters;
#[cfg(test)]
mod samples;
mod sarif;
mod summary;
#[cfg(test)]
mod tests;

pub use json::{LinesError, read, schema};
pub use paint::paint;
pub use progress::Progress;
pub use reporters::{ReportError, Reporters};
pub use summary::{nothing_ran, summary};
