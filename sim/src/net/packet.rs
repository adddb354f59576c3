//! What goes over a link.

use super::machine::HostId;
use std::net::SocketAddr;

/// What a packet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PacketKind {
    /// A connection is asked for, or that is answered.
    Handshake,
    /// Bytes of a connection; what one write handed over is one packet.
    Data,
    /// Nothing more will be sent over a connection.
    Fin,
    /// A connection is reset or refused.
    Reset,
    /// Bytes of a connection were read, so that more may be sent.
    Window,
    /// A datagram.
    Datagram,
}

/// A packet on its way, as a [rule](super::rule) sees it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Packet<'a> {
    pub(crate) from: HostId,
    pub(crate) to: HostId,
    /// Who sent it.
    pub source: SocketAddr,
    /// To whom it goes.
    pub destination: SocketAddr,
    /// What it is for.
    pub kind: PacketKind,
    /// What it holds.
    pub bytes: &'a [u8],
}
