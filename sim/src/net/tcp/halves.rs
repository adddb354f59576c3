//! The halves of a connection: one reads, the other writes.

use super::stream::TcpStream;
use crate::net::halves::halves;
use std::io;
use std::net::SocketAddr;

halves!(TcpStream, SocketAddr);

impl ReadHalf<'_> {
    /// See [`TcpStream::peek`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn peek(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.peek(buffer).await
    }
}

impl OwnedReadHalf {
    /// See [`TcpStream::peek`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn peek(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.peek(buffer).await
    }
}
