//! yamux 0.13.2: a peer that ends its side of a stream by the flag FIN on a window update,
//! not on data, does not wake the task that reads the stream. Fixed in 0.13.3 (pull
//! request 190).

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille::io::{DuplexStream, duplex};
use reveille::time::sleep;
use std::future::poll_fn;
use std::time::Duration;
use yamux::{Config, Connection, Mode};

const DATA: u8 = 0;
const WINDOW_UPDATE: u8 = 1;
const SYN: u16 = 1;
const FIN: u16 = 4;

/// The header of a frame: version, type, flags, stream, length.
fn frame(kind: u8, flags: u16, length: u32) -> Vec<u8> {
    let mut bytes = vec![0, kind];
    bytes.extend(flags.to_be_bytes());
    bytes.extend(1u32.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes
}

/// A peer of another make, which opens a stream, sends five bytes and, after a
/// while, ends the stream with a window update.
async fn foreign_peer(mut wire: DuplexStream) {
    wire.write_all(&frame(WINDOW_UPDATE, SYN, 0)).await.unwrap();
    wire.write_all(&frame(DATA, 0, 5)).await.unwrap();
    wire.write_all(b"hello").await.unwrap();
    sleep(Duration::from_millis(10)).await;
    wire.write_all(&frame(WINDOW_UPDATE, FIN, 0)).await.unwrap();
    // What the other side answers is of no interest.
    let mut rest = [0; 64];
    while wire.read(&mut rest).await.is_ok_and(|count| count > 0) {}
}

/// A server reads all that its peer sends in a stream.
pub async fn serve() {
    let (ours, theirs) = duplex(256);
    let _peer = reveille::spawn_daemon(foreign_peer(theirs));
    let mut connection = Connection::new(ours, Config::default(), Mode::Server);
    let mut stream = poll_fn(|cx| connection.poll_next_inbound(cx)).await.unwrap().unwrap();
    let _driver = reveille::spawn_daemon(async move {
        while poll_fn(|cx| connection.poll_next_inbound(cx)).await.is_some() {}
    });
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await.unwrap();
    assert_eq!(received, b"hello");
}

#[cfg(test)]
#[reveille::test]
async fn a_stream_that_its_peer_ends_is_read_to_its_end() {
    serve().await;
}
