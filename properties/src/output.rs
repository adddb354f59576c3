//! What the body of a test may return, and what that says of the run.

#[cfg(feature = "laws")]
use crate::breach::Breach;
use crate::rejection::Rejection;
use proptest::test_runner::TestCaseError;
use std::any::TypeId;
use std::fmt::Debug;

/// The output of a test's body: nothing, or a `Result` whose error fails the run.
///
/// A [`TestCaseError`] is taken as proptest takes it: `prop_assert!` fails the run,
/// `prop_assume!` rejects it, and another takes its place.
#[diagnostic::on_unimplemented(
    message = "the body of a reveille test cannot return `{Self}`",
    label = "return `()` or a `Result<(), E>` with `E: Debug`"
)]
pub trait TestOutput {
    /// The text of the error, if it is one.
    fn into_error(self) -> Option<String>;

    #[doc(hidden)]
    fn into_ending(self) -> Ending
    where
        Self: Sized,
    {
        self.into_error().map_or(Ending::Passed, Ending::Failed)
    }
}

/// How the body of a test ended.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Passed,
    Failed(String),
    /// A suite found a promise broken.
    Broken(String),
    Rejected(Rejection),
}

impl TestOutput for Ending {
    fn into_error(self) -> Option<String> {
        match self {
            Ending::Passed => None,
            Ending::Failed(text) | Ending::Broken(text) => Some(text),
            Ending::Rejected(rejection) => Some(rejection.to_string()),
        }
    }

    fn into_ending(self) -> Ending {
        self
    }
}

impl TestOutput for () {
    fn into_error(self) -> Option<String> {
        None
    }
}

impl<T: TestOutput, E: Debug> TestOutput for Result<T, E> {
    fn into_error(self) -> Option<String> {
        self.into_ending().into_error()
    }

    fn into_ending(self) -> Ending {
        match self {
            Ok(output) => output.into_ending(),
            Err(error) => match as_test_case_error(&error) {
                Some(TestCaseError::Reject(why)) => {
                    Ending::Rejected(Rejection::by_body(why.message()))
                }
                Some(TestCaseError::Fail(why)) => Ending::Failed(why.message().to_owned()),
                #[cfg(feature = "laws")]
                None if typeid::of::<E>() == TypeId::of::<Breach>() => {
                    Ending::Broken(format!("{error:?}"))
                }
                None => Ending::Failed(format!("{error:?}")),
            },
        }
    }
}

/// An error of any type, if it is proptest's. Errors need not be `'static`, so `Any`
/// cannot ask them.
fn as_test_case_error<E>(error: &E) -> Option<&TestCaseError> {
    let is_one = typeid::of::<E>() == TypeId::of::<TestCaseError>();
    // SAFETY: the types are equal but for lifetimes, and `TestCaseError` has none.
    is_one.then(|| unsafe { &*std::ptr::from_ref(error).cast::<TestCaseError>() })
}

impl TestOutput for std::convert::Infallible {
    fn into_error(self) -> Option<String> {
        match self {}
    }
}

/// The way to write `!` as a type on a stable compiler.
#[doc(hidden)]
pub trait Returns {
    /// What a function returns.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}

/// A body that does not return: it panics, or waits for ever.
impl TestOutput for <fn() -> ! as Returns>::Output {
    fn into_error(self) -> Option<String> {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_proptest_are_told_apart_from_others() {
        let reject: Result<(), _> = Err(TestCaseError::reject("odd"));
        assert_eq!(reject.into_ending(), Ending::Rejected(Rejection::by_body("odd")));
        let fail: Result<Result<(), TestCaseError>, ()> = Ok(Err(TestCaseError::fail("no")));
        assert_eq!(fail.into_ending(), Ending::Failed("no".into()));
        let text = String::from("borrowed");
        let other: Result<(), &str> = Err(&text);
        assert_eq!(other.into_ending(), Ending::Failed("\"borrowed\"".into()));
        assert_eq!(Ok::<(), ()>(()).into_ending(), Ending::Passed);
    }

    #[test]
    fn a_body_need_not_return() {
        fn is_output<T: TestOutput>(_: fn() -> T) {}
        is_output(|| -> ! { panic!("never") });
    }
}
