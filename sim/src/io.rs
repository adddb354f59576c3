//! What bytes go through: pipes and duplex streams inside the program, and what all
//! fakes share.
//!
//! Every stream implements `AsyncRead` and `AsyncWrite` of `futures::io`, and with the
//! feature `tokio` those of tokio.

mod duplex;
mod queue;
mod short;
mod stream;

pub use duplex::{DuplexStream, duplex};

pub(crate) use queue::Queue;
pub(crate) use stream::{Stream, implement_io};
