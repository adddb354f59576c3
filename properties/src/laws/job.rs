//! What a thing under test runs.

use super::Item;
use std::pin::Pin;

/// A future of a suite, for who runs futures: [`block_on`](super::block_on()) and
/// [executors](super::executor()).
pub type Job = Pin<Box<dyn Future<Output = Item> + Send>>;
