//! What bytes go through: pipes and duplex streams inside the program, and what all
//! fakes share.
//!
//! Every stream implements `AsyncRead` and `AsyncWrite` of `futures::io`, and with the
//! feature `tokio` those of tokio. Reads and writes may move fewer bytes than they could
//! (`short-io`); [`with_faults`] has any other stream do so, and more.

mod duplex;
mod end;
mod faulty;
mod pipe;
mod queue;
mod short;
mod stream;

pub use duplex::{DuplexStream, duplex};
pub use faulty::{Faulty, with_faults};
pub use pipe::{PipeReader, PipeWriter, pipe};

pub(crate) use queue::Queue;
pub(crate) use stream::{Stream, implement_io};
