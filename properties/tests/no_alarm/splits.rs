//! The `split` of `futures`, of streams and of sinks, which is made of a `BiLock`.

use futures::channel::mpsc;
use futures::future::FutureExt;
use futures::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Cursor};
use futures::sink::SinkExt;
use futures::stream::StreamExt;
use std::cell::RefCell;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// A reader and a writer of one stream; each end hands its waker to the other.
#[derive(Default)]
struct Echo {
    bytes: Vec<u8>,
    closed: bool,
    reader: Option<std::task::Waker>,
}

struct EchoIo(RefCell<Echo>);

impl AsyncRead for EchoIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut echo = self.0.borrow_mut();
        if echo.bytes.is_empty() && !echo.closed {
            echo.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let count = buf.len().min(echo.bytes.len());
        buf[..count].copy_from_slice(&echo.bytes[..count]);
        echo.bytes.drain(..count);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for EchoIo {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut echo = self.0.borrow_mut();
        echo.bytes.push(bytes[0]);
        echo.reader.take().into_iter().for_each(std::task::Waker::wake);
        Poll::Ready(Ok(1))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut echo = self.0.borrow_mut();
        echo.closed = true;
        echo.reader.take().into_iter().for_each(std::task::Waker::wake);
        Poll::Ready(Ok(()))
    }
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn io_split_between_two_tasks() {
    let (mut reader, mut writer) = EchoIo(RefCell::default()).split();
    let writes = reveille::spawn_local(async move {
        for word in ["one ", "two ", "three"] {
            writer.write_all(word.as_bytes()).await.unwrap();
            reveille::yield_now().await;
        }
        writer.close().await.unwrap();
    });
    let mut text = String::new();
    reader.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "one two three");
    writes.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn io_copies_between_cursors() {
    let (mut from, mut to) = (Cursor::new(vec![7; 100]), Cursor::new(Vec::new()));
    let copied = reveille::spawn(async move {
        futures::io::copy(&mut from, &mut to).await.unwrap();
        to.into_inner()
    });
    assert_eq!(copied.await.unwrap(), [7; 100]);
}

/// Both halves of a split channel are polled by one task.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn sink_and_stream_split_and_reunited() {
    let (tx, rx) = mpsc::channel::<u32>(1);
    let line = Line { tx, rx };
    let (mut sink, mut stream) = line.split();
    let mut receives = pin!(async {
        let got = [stream.next().await.unwrap(), stream.next().await.unwrap()];
        (got, stream)
    });
    assert!(receives.as_mut().now_or_never().is_none());
    let sends = async {
        sink.send(1).await.unwrap();
        sink.send(2).await.unwrap();
        sink
    };
    let ((got, stream), sink) = futures::join!(receives, sends);
    assert_eq!(got, [1, 2]);
    assert!(stream.reunite(sink).is_ok());
}

/// A sink and a stream in one.
struct Line {
    tx: mpsc::Sender<u32>,
    rx: mpsc::Receiver<u32>,
}

impl futures::Stream for Line {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        self.rx.poll_next_unpin(cx)
    }
}

impl futures::Sink<u32> for Line {
    type Error = mpsc::SendError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tx.poll_ready(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, n: u32) -> Result<(), Self::Error> {
        self.tx.start_send(n)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tx.poll_flush_unpin(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tx.poll_close_unpin(cx)
    }
}
