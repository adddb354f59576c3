//! What a thing under test runs.

use crate::laws::Item;
use std::pin::Pin;

/// A future of a suite, for who runs futures: [`block_on`](crate::laws::block_on()) and
/// [executors](crate::laws::executor()).
pub type Job = Pin<Box<dyn Future<Output = Item> + Send>>;
