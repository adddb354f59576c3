//! TCP: what tokio's `TcpListener` and `TcpStream` do, over the fake network, and the halves
//! of a stream.

mod halves;
mod handshake;
mod listener;
mod outbound;
mod socket;
mod stream;
mod unconnected;

pub use halves::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
pub use listener::TcpListener;
pub use stream::TcpStream;
pub use unconnected::TcpSocket;

pub(super) use handshake::no_port;
pub(super) use listener::{in_use, no_address};

pub(crate) use listener::Listener;
pub(crate) use socket::Socket;
