//! The arguments of a test: values made by proptest's strategies, on the tape like
//! everything else.
//!
//! ```text
//! lane `argument`   seed, seed, moves .., 0 | seed, seed, moves .., 0 | ...
//!                   the first argument        the second
//! ```
//!
//! Two words seed the generator of each argument, and the moves are those of
//! proptest's value trees that made it simpler; see [`spans`]. So a tape alone repeats
//! a run with its arguments, and a shrinker of tapes shrinks them together with the
//! schedule. [`making`] reads the lane, [`shrink`] writes it.

pub(crate) mod making;
pub(crate) mod shrink;
pub(crate) mod spans;
mod stride;

use crate::output::{Ending, TestOutput};
use crate::rejection::Rejection;
use proptest::strategy::{BoxedStrategy, Strategy};
use std::cell::RefCell;
use std::fmt;

/// Where the arguments of a test come from: a strategy, or several [named ones](argument()).
///
/// ```
/// use reveille::argument;
/// use reveille::proptest::prelude::*;
///
/// reveille::Checker::new().runs(50).check_with(
///     argument("items", prop::collection::vec(any::<u8>(), 0..8)).and("step", 1..4usize),
///     |(items, step)| async move {
///         assert!(items.iter().step_by(step).count() <= items.len());
///     },
/// );
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not make arguments for a reveille test",
    label = "expected a proptest strategy, or `reveille::argument(name, strategy)`",
    note = "the values of a strategy must be `Debug`, and those of `Just` `Clone` as well"
)]
pub trait Arguments: sealed::Sealed {
    /// What the test is given.
    type Value;

    /// What is kept from run to run.
    #[doc(hidden)]
    type Trees: Default;

    #[doc(hidden)]
    fn make(&self, last: &mut Self::Trees) -> Result<Self::Value, Rejection>;
}

/// The tree of a strategy as the last run left it.
type Tree<S> = Option<making::Grown<<S as Strategy>::Tree>>;

mod sealed {
    pub trait Sealed {}
}

impl<S: Strategy> sealed::Sealed for S {}

impl<S: Strategy> Arguments for S {
    type Value = S::Value;
    type Trees = Tree<S>;

    fn make(&self, last: &mut Tree<S>) -> Result<S::Value, Rejection> {
        making::make("value", 0, self, last)
    }
}

/// One argument with its name, or several; see [`argument()`].
#[derive(Clone, Debug)]
pub struct Argument<T>(T);

/// A strategy with the name by which reports call its values.
#[doc(hidden)]
#[derive(Clone)]
pub struct Named<S> {
    name: String,
    strategy: S,
}

impl<S> fmt::Debug for Named<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<S: Strategy> Named<S> {
    fn make(&self, ordinal: u8, last: &mut Tree<S>) -> Result<S::Value, Rejection> {
        making::make(&self.name, ordinal, &self.strategy, last)
    }
}

/// Names the values of a strategy: a report prints `name = value`.
///
/// Each `.and(name, strategy)` adds another argument, up to twelve; the test is then
/// given a tuple. Each is shrunk by itself.
///
/// ```
/// reveille::Checker::new().runs(20).check_with(reveille::argument("n", 1..9u32), |n| async move {
///     assert!(n < 9);
/// });
/// ```
pub fn argument<S: Strategy>(name: impl Into<String>, strategy: S) -> Argument<(Named<S>,)> {
    Argument((Named { name: name.into(), strategy },))
}

impl<S: Strategy> sealed::Sealed for Argument<(Named<S>,)> {}

impl<S: Strategy> Arguments for Argument<(Named<S>,)> {
    type Value = S::Value;
    type Trees = Tree<S>;

    fn make(&self, last: &mut Tree<S>) -> Result<S::Value, Rejection> {
        self.0.0.make(0, last)
    }
}

/// Several arguments give a tuple of values.
macro_rules! tuples {
    ($($strategy:ident $place:tt)*) => {
        impl<$($strategy: Strategy),*> sealed::Sealed for Argument<($(Named<$strategy>,)*)> {}

        impl<$($strategy: Strategy),*> Arguments for Argument<($(Named<$strategy>,)*)> {
            type Value = ($($strategy::Value,)*);
            type Trees = ($(Tree<$strategy>,)*);

            fn make(&self, last: &mut Self::Trees) -> Result<Self::Value, Rejection> {
                // All are made before one is refused, so that each finds its own words.
                let made = ($(self.0.$place.make($place, &mut last.$place),)*);
                Ok(($(made.$place?,)*))
            }
        }
    };
}

/// And one more.
macro_rules! chains {
    ($($strategy:ident $place:tt)*) => {
        impl<$($strategy: Strategy),*> Argument<($(Named<$strategy>,)*)> {
            /// Adds another argument.
            pub fn and<Z: Strategy>(
                self,
                name: impl Into<String>,
                strategy: Z,
            ) -> Argument<($(Named<$strategy>,)* Named<Z>,)> {
                Argument(($(self.0.$place,)* Named { name: name.into(), strategy },))
            }
        }
    };
}

tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 E 4);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
chains!(A 0);
chains!(A 0 B 1);
chains!(A 0 B 1 C 2);
chains!(A 0 B 1 C 2 D 3);
chains!(A 0 B 1 C 2 D 3 E 4);
chains!(A 0 B 1 C 2 D 3 E 4 F 5);
chains!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
chains!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
chains!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
chains!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
chains!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);

/// Begins a run of a body that takes arguments. They are made now, when the run has
/// begun, so that what is drawn is on its tape.
pub(crate) fn begin<'a, A, B, F>(
    arguments: &'a A,
    last: &'a RefCell<A::Trees>,
    body: &'a B,
) -> impl Future<Output = Ending> + use<'a, A, B, F>
where
    A: Arguments,
    B: Fn(A::Value) -> F,
    F: Future,
    F::Output: TestOutput,
{
    let made = arguments.make(&mut last.borrow_mut());
    async move {
        match made {
            Ok(value) => body(value).await.into_ending(),
            Err(rejection) => Ending::Rejected(rejection),
        }
    }
}

/// Written into tests by `#[reveille::test]`: says at the strategy, and not somewhere
/// in an expansion, that it makes other values than the argument takes. What it gives
/// does not name the strategy any more, so that a mistake is told once.
#[doc(hidden)]
pub fn strategy_for<T, S>(strategy: S) -> BoxedStrategy<T>
where
    T: fmt::Debug + 'static,
    S: Strategy<Value = T> + 'static,
{
    strategy.boxed()
}
