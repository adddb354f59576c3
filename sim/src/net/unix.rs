//! Unix sockets, in tokio's names: streams between tasks of one host, found by a path.
//!
//! A path belongs to the host of the task that binds it. As with real ones, it stays when
//! the listener is gone, until [`remove_path`] removes it.

mod end;
mod halves;
mod listener;
mod stream;

pub use halves::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
pub use listener::{UnixListener, remove_path};
pub use stream::{SocketAddr, UnixStream};

pub(in crate::net) use end::End;
pub(in crate::net) use listener::Listener;
