//! The traits of tokio, which are a feature.

use crate::{passes, struck};
use reveille_sim::io::{PipeReader, duplex, pipe, with_faults};
use reveille_sim::{Kind, spawn};
use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::Poll;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

async fn read(stream: &mut (impl AsyncRead + Unpin), most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most];
    let mut buffer = ReadBuf::new(&mut bytes);
    poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await?;
    let count = buffer.filled().len();
    bytes.truncate(count);
    Ok(bytes)
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<usize> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, bytes)).await
}

async fn write_all(stream: &mut (impl AsyncWrite + Unpin), mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let count = write(stream, bytes).await.unwrap();
        bytes = &bytes[count..];
    }
    poll_fn(|cx| Pin::new(&mut *stream).poll_flush(cx)).await.unwrap();
}

async fn shutdown(stream: &mut (impl AsyncWrite + Unpin)) {
    poll_fn(|cx| Pin::new(&mut *stream).poll_shutdown(cx)).await.unwrap();
}

async fn rest_of(mut stream: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        match read(&mut stream, 3).await.unwrap() {
            read if read.is_empty() => return bytes,
            read => bytes.extend(read),
        }
    }
}

#[test]
fn bytes_go_through_and_shutdown_is_the_end() {
    passes(|| async {
        let (mut one, other) = duplex(4);
        let reading = spawn(rest_of(other));
        write_all(&mut one, b"hello, world").await;
        shutdown(&mut one).await;
        assert_eq!(reading.await.unwrap(), b"hello, world");
        assert_eq!(write(&mut one, b"!").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(read(&mut one, 1).await.unwrap(), b"");
    });
}

#[test]
fn what_is_filled_already_stays() {
    passes(|| async {
        let (mut reader, mut writer) = pipe(8);
        write_all(&mut writer, b"cd").await;
        let mut bytes = [0; 8];
        let mut buffer = ReadBuf::new(&mut bytes);
        buffer.put_slice(b"ab");
        poll_fn(|cx| Pin::new(&mut reader).poll_read(cx, &mut buffer)).await.unwrap();
        assert_eq!(buffer.filled(), b"abcd");
    });
}

#[test]
fn several_slices_are_one_operation() {
    passes(|| async {
        let (reader, mut writer) = pipe(8);
        assert!(writer.is_write_vectored());
        let slices = [IoSlice::new(b"ab"), IoSlice::new(b"cd")];
        let written = poll_fn(|cx| Pin::new(&mut writer).poll_write_vectored(cx, &slices)).await;
        assert_eq!(written.unwrap(), 4);
        drop(writer);
        assert_eq!(rest_of(reader).await, b"abcd");
    });
}

#[test]
fn faults_strike_through_the_traits_of_tokio() {
    let body = || async {
        let (reader, writer) = pipe(8);
        let (mut reader, mut writer) = (with_faults(reader), with_faults(writer));
        let written = write(&mut writer, b"abcdefgh").await.unwrap();
        let read = read(&mut reader, 8).await.unwrap();
        let _: &PipeReader = reader.get_ref();
        assert_eq!(read, &b"abcdefgh"[..read.len()]);
        (written, read.len())
    };
    assert_eq!(struck(Kind::LateEvent, &[1, 2], body).output, Some((8, 8)));
    // The stream itself may shorten it again: the write, and within it that of the pipe.
    assert_eq!(struck(Kind::ShortIo, &[2, 0, 2, 0], body).output, Some((4, 4)));
}

#[test]
fn a_read_that_waits_leaves_the_buffer_alone() {
    passes(|| async {
        let (mut reader, _writer) = pipe(8);
        let mut bytes = [7; 4];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| {
            let pending = Pin::new(&mut reader).poll_read(cx, &mut buffer).is_pending();
            assert!(pending);
            Poll::Ready(())
        })
        .await;
        assert!(buffer.filled().is_empty());
        assert_eq!(bytes, [7; 4]);
    });
}
