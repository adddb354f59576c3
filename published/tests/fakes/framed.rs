//! `tokio-util`: frames and lines, cut anywhere on their way.

use crate::network::connection;
use bytes::Bytes;
use futures::{SinkExt, StreamExt, TryStreamExt};
use reveille::io::duplex;
use reveille::proptest::{collection::vec, prelude::*};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::codec::{Framed, LengthDelimitedCodec, LinesCodec};

/// Sends back every frame, until the other end is shut down.
async fn echo(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut frames = Framed::new(stream, LengthDelimitedCodec::new());
    while let Some(frame) = frames.next().await {
        frames.send(frame.unwrap().freeze()).await.unwrap();
    }
    SinkExt::<Bytes>::close(&mut frames).await.unwrap();
}

/// Sends the frames without waiting for answers, and collects these meanwhile.
async fn exchange(stream: impl AsyncRead + AsyncWrite, frames: &[Bytes]) -> Vec<Bytes> {
    let (mut sink, answers) = Framed::new(stream, LengthDelimitedCodec::new()).split();
    let send_all = async {
        for frame in frames {
            sink.send(frame.clone()).await.unwrap();
        }
        sink.close().await.unwrap();
    };
    let collect = answers.map_ok(|frame| frame.freeze()).try_collect();
    let ((), answers) = futures::join!(send_all, collect);
    answers.unwrap()
}

fn some_frames() -> impl Strategy<Value = Vec<Bytes>> {
    vec(vec(any::<u8>(), 0..40).prop_map(Bytes::from), 0..6)
}

#[reveille::test(hermetic = false)]
async fn frames_come_back_over_a_narrow_stream(#[strategy(some_frames())] frames: Vec<Bytes>) {
    let (near, far) = duplex(16);
    let server = reveille::spawn(echo(far));
    assert_eq!(exchange(near, &frames).await, frames);
    server.await.unwrap();
}

#[reveille::test(hermetic = false)]
async fn frames_come_back_over_tcp(#[strategy(some_frames())] frames: Vec<Bytes>) {
    reveille::net::set_buffers(16, 16).unwrap();
    let (near, far) = connection().await;
    let server = reveille::spawn(echo(far));
    assert_eq!(exchange(near, &frames).await, frames);
    server.await.unwrap();
}

#[reveille::test(hermetic = false)]
async fn lines_stay_whole_over_tcp(#[strategy(vec("[a-zä]{0,20}", 0..6))] lines: Vec<String>) {
    let (near, far) = connection().await;
    let sent = lines.clone();
    let writer = reveille::spawn(async move {
        let mut sink = Framed::new(near, LinesCodec::new());
        for line in sent {
            sink.send(line).await.unwrap();
        }
    });
    let read: Vec<String> = Framed::new(far, LinesCodec::new()).try_collect().await.unwrap();
    assert_eq!(read, lines);
    writer.await.unwrap();
}
