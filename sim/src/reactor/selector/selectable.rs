//! What can be added to a selector.

use crate::reactor::readiness::Readiness;
use std::fmt::Debug;
use std::rc::Rc;

/// What can be added to a [`Selector`](super::Selector): a [`Source`](crate::reactor::Source),
/// and the streams of [`io`](crate::io).
pub trait Selectable: Observe {}

impl<T: Observe> Selectable for T {}

/// A handle of something with a readiness.
pub trait Observe {
    /// What it leads to, if it leads anywhere.
    #[doc(hidden)]
    fn observed(&self) -> Option<AnySource>;
}

/// What a selector sees.
#[derive(Clone, Debug)]
pub struct AnySource(pub(crate) Rc<dyn Observed>);

/// Something with a readiness.
pub(crate) trait Observed: Debug {
    fn readiness(&self) -> &Readiness;

    /// How errors call it.
    fn name(&self) -> String;
}
