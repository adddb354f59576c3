//! The halves of a connection: one reads, the other writes.

use super::stream::TcpStream;
use crate::io::{Stream, implement_io};
use crate::reactor::{Interest, Ready};
use std::error::Error;
use std::fmt;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The half that reads, of [`TcpStream::split`].
#[derive(Debug)]
pub struct ReadHalf<'a>(&'a TcpStream);

/// The half that writes, of [`TcpStream::split`].
#[derive(Debug)]
pub struct WriteHalf<'a>(&'a TcpStream);

/// The half that reads, of [`TcpStream::into_split`].
#[derive(Debug)]
pub struct OwnedReadHalf(Arc<TcpStream>);

/// The half that writes, of [`TcpStream::into_split`]. Dropping it shuts writing down.
#[derive(Debug)]
pub struct OwnedWriteHalf {
    stream: Arc<TcpStream>,
    shuts_down: bool,
}

pub(super) fn split(stream: &TcpStream) -> (ReadHalf<'_>, WriteHalf<'_>) {
    (ReadHalf(stream), WriteHalf(stream))
}

pub(super) fn split_owned(stream: TcpStream) -> (OwnedReadHalf, OwnedWriteHalf) {
    let stream = Arc::new(stream);
    (OwnedReadHalf(stream.clone()), OwnedWriteHalf { stream, shuts_down: true })
}

/// Two halves that are not of the same stream.
#[derive(Debug)]
pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tried to reunite halves that are not from the same socket")
    }
}

impl Error for ReuniteError {}

impl OwnedReadHalf {
    /// The stream of which both are the halves.
    ///
    /// # Errors
    ///
    /// Gives the halves back if they are of two streams.
    pub fn reunite(self, other: OwnedWriteHalf) -> Result<TcpStream, ReuniteError> {
        if !Arc::ptr_eq(&self.0, &other.stream) {
            return Err(ReuniteError(self, other));
        }
        other.forget();
        let stream = Arc::try_unwrap(self.0);
        Ok(stream.expect("a stream has two halves, and one is gone"))
    }
}

impl OwnedWriteHalf {
    /// The stream of which both are the halves.
    ///
    /// # Errors
    ///
    /// Gives the halves back if they are of two streams.
    pub fn reunite(self, other: OwnedReadHalf) -> Result<TcpStream, ReuniteError> {
        other.reunite(self)
    }

    /// Drops it, and writing is not shut down before the other half is dropped, too.
    pub fn forget(mut self) {
        self.shuts_down = false;
    }
}

impl Drop for OwnedWriteHalf {
    fn drop(&mut self) {
        if self.shuts_down
            && let Some((core, socket)) = self.stream.0.get()
        {
            // As tokio: there is nobody to tell.
            let _ = socket.shut_down(core);
        }
    }
}

macro_rules! half {
    ($half:ty, |$this:ident| $stream:expr) => {
        impl $half {
            fn stream(&self) -> &TcpStream {
                let $this = self;
                $stream
            }

            /// The address of the other end.
            ///
            /// # Errors
            ///
            /// `NotConnected` outside its run.
            pub fn peer_addr(&self) -> io::Result<SocketAddr> {
                self.stream().peer_addr()
            }

            /// The address of this end.
            ///
            /// # Errors
            ///
            /// `NotConnected` outside its run.
            pub fn local_addr(&self) -> io::Result<SocketAddr> {
                self.stream().local_addr()
            }

            /// Waits until one of `interest` is possible; see [`TcpStream::ready`].
            ///
            /// # Errors
            ///
            /// As there.
            pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
                self.stream().ready(interest).await
            }
        }

        impl Stream for $half {
            fn poll_read(
                &self,
                cx: &mut Context<'_>,
                buffer: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                Stream::poll_read(self.stream(), cx, buffer)
            }

            fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
                Stream::poll_write(self.stream(), cx, bytes)
            }

            fn poll_write_vectored(
                &self,
                cx: &mut Context<'_>,
                slices: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Stream::poll_write_vectored(self.stream(), cx, slices)
            }

            fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Stream::poll_flush(self.stream(), cx)
            }

            fn poll_close(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Stream::poll_close(self.stream(), cx)
            }
        }
    };
}

macro_rules! reading_half {
    ($half:ty) => {
        impl $half {
            /// See [`TcpStream::readable`].
            ///
            /// # Errors
            ///
            /// As there.
            pub async fn readable(&self) -> io::Result<()> {
                self.stream().readable().await
            }

            /// See [`TcpStream::try_read`].
            ///
            /// # Errors
            ///
            /// As there.
            pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                self.stream().try_read(buffer)
            }

            /// See [`TcpStream::peek`].
            ///
            /// # Errors
            ///
            /// As there.
            pub async fn peek(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.stream().peek(buffer).await
            }
        }

        implement_io!($half: read);
    };
}

macro_rules! writing_half {
    ($half:ty) => {
        impl $half {
            /// See [`TcpStream::writable`].
            ///
            /// # Errors
            ///
            /// As there.
            pub async fn writable(&self) -> io::Result<()> {
                self.stream().writable().await
            }

            /// See [`TcpStream::try_write`].
            ///
            /// # Errors
            ///
            /// As there.
            pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
                self.stream().try_write(bytes)
            }
        }

        implement_io!($half: write);
    };
}

half!(ReadHalf<'_>, |this| this.0);
half!(WriteHalf<'_>, |this| this.0);
half!(OwnedReadHalf, |this| &this.0);
half!(OwnedWriteHalf, |this| &this.stream);
reading_half!(ReadHalf<'_>);
reading_half!(OwnedReadHalf);
writing_half!(WriteHalf<'_>);
writing_half!(OwnedWriteHalf);

impl AsRef<TcpStream> for ReadHalf<'_> {
    fn as_ref(&self) -> &TcpStream {
        self.0
    }
}

impl AsRef<TcpStream> for WriteHalf<'_> {
    fn as_ref(&self) -> &TcpStream {
        self.0
    }
}

impl AsRef<TcpStream> for OwnedReadHalf {
    fn as_ref(&self) -> &TcpStream {
        &self.0
    }
}

impl AsRef<TcpStream> for OwnedWriteHalf {
    fn as_ref(&self) -> &TcpStream {
        &self.stream
    }
}
