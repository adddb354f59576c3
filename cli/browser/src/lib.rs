//! What the tests of the picture are made of: a page in a browser, and traces to show.
//!
//! `cli/browser/run` starts chromedriver and says by `CHROMEDRIVER` where it is.

mod log;
mod page;
// The page as it is, without the rest of the command line and all that it needs.
#[path = "../../src/picture.rs"]
mod picture;
pub mod traces;

pub use page::{Page, Window, shown, shown_in};
