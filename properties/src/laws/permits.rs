//! What locks and semaphores have in common: permits, of which somebody takes one, some or
//! all, and gives them back. A mutex has one; a reader takes one and a writer all of them.

mod acting;
mod gate;
mod model;
mod run;
mod section;

pub use gate::TryUpgrade;
pub(super) use gate::{Entering, Gate, Merged, Split, Upgrading};
pub(super) use model::{Kind, Line, Permits, Rules, Share};
pub(super) use run::{Scene, run};
pub(super) use section::{Menu, scripts};

/// Why permits are not given at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryAcquireError {
    /// Somebody else has them.
    NoPermits,
    /// The semaphore is closed.
    Closed,
}
