//! A network inside the run: hosts, links between them, and sockets in tokio's names.
//!
//! A plain test needs no set-up. It runs on a host called `localhost`; what is sent to
//! 127.0.0.1 arrives at once:
//!
//! ```
//! # use reveille_sim as reveille;
//! use futures::io::{AsyncReadExt, AsyncWriteExt};
//! use reveille::net::{TcpListener, TcpStream};
//!
//! # reveille::doc(|| async {
//! let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
//! let mut client = TcpStream::connect("localhost:80").await.unwrap();
//! let (mut server, _) = listener.accept().await.unwrap();
//! client.write_all(b"ping").await.unwrap();
//! let mut buffer = [0; 4];
//! server.read_exact(&mut buffer).await.unwrap();
//! assert_eq!(&buffer, b"ping");
//! # });
//! ```
//!
//! More hosts have names and addresses, links with latency, and can be parted from each
//! other or crash:
//!
//! ```
//! # use reveille_sim as reveille;
//! # use std::time::Duration;
//! use reveille::net::{self, TcpListener, TcpStream};
//!
//! # reveille::doc(|| async {
//! let server = net::host("server").build().unwrap();
//! net::link("localhost", "server").unwrap().latency(Duration::from_millis(5)).unwrap();
//! server.spawn(async {
//!     let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
//!     listener.accept().await.unwrap();
//! });
//! reveille::yield_now().await;
//! let stream = TcpStream::connect("server:80").await.unwrap();
//! assert_eq!(stream.peer_addr().unwrap().ip(), server.address());
//! # });
//! ```
//!
//! What a link may do differently from day to day is a choice on the tape: how long a
//! packet is under way (`latency`), and where the test or the
//! [plan of the link](Link) permits it, that a datagram is lost, comes twice or late
//! (`loss`, `duplication`, `reordering`), that a connection is `reset` or `refused`. TCP
//! repairs what is lost, as it always does: there, loss is delay.

mod address;
mod halves;
mod host;
mod lasting;
mod line;
mod link;
mod machine;
mod network;
mod packet;
mod ports;
mod rule;
pub mod tcp;
mod udp;
pub mod unix;
mod wait;

pub use address::{ToSocketAddrs, lookup_host};
pub use host::{Host, HostBuilder, ToHost, host};
pub use link::{
    Link, LinkLatency, default_latency, heal, hold, link, partition, partition_oneway, release,
    set_buffers,
};
pub use packet::{Packet, PacketKind};
pub use rule::{Fate, Rule, rule};
pub use tcp::{TcpListener, TcpSocket, TcpStream};
pub use udp::UdpSocket;
pub use unix::{UnixDatagram, UnixListener, UnixStream};

pub(crate) use machine::HostId;
