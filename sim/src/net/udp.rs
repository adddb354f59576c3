//! UDP: what tokio's `UdpSocket` does, over the fake network.

mod datagrams;
mod socket;

pub use socket::UdpSocket;

pub(crate) use datagrams::Datagrams;
