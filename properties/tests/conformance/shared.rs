//! What the bodies use in both places.

pub(crate) use std::future::poll_fn;
pub(crate) use std::io::{self, ErrorKind, IoSlice};
pub(crate) use std::net::Shutdown;
use std::task::{Context, Poll};
pub(crate) use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(crate) fn kind<T: std::fmt::Debug>(result: io::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

/// The name of a kind, for those that have none in the stable library.
pub(crate) fn name<T: std::fmt::Debug>(result: io::Result<T>) -> String {
    format!("{:?}", kind(result))
}

pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin), count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

pub(crate) async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    bytes
}

/// The error of a read, when nothing is left.
pub(crate) async fn fails_to_read(stream: &mut (impl AsyncRead + Unpin)) -> ErrorKind {
    kind(stream.read(&mut [0; 8]).await)
}

/// Bytes of which no two that are near each other are the same.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 251) as u8).collect()
}

/// Writes until the other end, which is gone, says so.
pub(crate) async fn write_until_it_breaks(stream: &mut (impl AsyncWrite + Unpin)) -> ErrorKind {
    loop {
        if let Err(error) = stream.write(b"x").await {
            return error.kind();
        }
        tokio::task::consume_budget().await;
    }
}

/// One poll, for whose end nobody waits.
pub(crate) async fn once<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    poll_fn(|cx| Poll::Ready(poll(cx))).await
}

/// Waits until an operation that does not wait is done: an event says when to try.
macro_rules! when {
    ($ready:expr, $operation:expr) => {
        loop {
            $ready.await.unwrap();
            match $operation {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => break result,
            }
        }
    };
}
pub(crate) use when;

/// Two ends, for both places.
macro_rules! pairs {
    () => {
        /// The client's end of a connection, and the server's.
        pub(crate) async fn connected() -> (TcpStream, TcpStream) {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            (client, listener.accept().await.unwrap().0)
        }

        /// Two sockets that send to each other only.
        pub(crate) async fn partners() -> (UdpSocket, UdpSocket) {
            let one = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            one.connect(other.local_addr().unwrap()).await.unwrap();
            other.connect(one.local_addr().unwrap()).await.unwrap();
            (one, other)
        }
    };
}
pub(crate) use pairs;
