//! What the body of a test may return.

use std::fmt::Debug;

/// The output of a test's body: nothing, or a `Result` whose error fails the run.
#[diagnostic::on_unimplemented(
    message = "the body of a reveille test cannot return `{Self}`",
    label = "return `()` or a `Result<(), E>` with `E: Debug`"
)]
pub trait TestOutput {
    /// The text of the error, if it is one.
    fn into_error(self) -> Option<String>;
}

impl TestOutput for () {
    fn into_error(self) -> Option<String> {
        None
    }
}

impl<T: TestOutput, E: Debug> TestOutput for Result<T, E> {
    fn into_error(self) -> Option<String> {
        match self {
            Ok(output) => output.into_error(),
            Err(error) => Some(format!("{error:?}")),
        }
    }
}

impl TestOutput for std::convert::Infallible {
    fn into_error(self) -> Option<String> {
        match self {}
    }
}
