//! Unix sockets, in tokio's names: streams and datagrams between tasks of one host, found
//! by a path.
//!
//! A path belongs to the host of the task that binds it. As with real ones, it stays when
//! its socket is gone, until [`remove_path`] removes it.

mod datagrams;
mod end;
mod halves;
mod listener;
mod paths;
mod socket;
mod stream;

pub use halves::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
pub use listener::UnixListener;
pub use paths::remove_path;
pub use socket::UnixDatagram;
pub use stream::{SocketAddr, UnixStream};

pub(in crate::net) use datagrams::Datagrams;
pub(in crate::net) use end::End;
pub(in crate::net) use listener::Listener;
pub(in crate::net) use paths::Paths;
