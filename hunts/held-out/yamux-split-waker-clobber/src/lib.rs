//! yamux 0.14.0: the halves of a stream that is split wait for the connection in one place, so that
//! one takes it from the other. Fixed in 0.14.1 (issue 232).
#![cfg(test)]

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille::io::duplex;
use std::future::poll_fn;
use yamux::{Config, Connection, Mode};

/// What is sent comes back, while more is sent.
#[reveille::test]
async fn an_echo_comes_back(#[strategy(1..40usize)] messages: usize) {
    let (ours, theirs) = duplex(64);
    let mut server = Connection::new(theirs, Config::default(), Mode::Server);
    let _server = reveille::spawn_daemon(async move {
        while let Some(Ok(stream)) = poll_fn(|cx| server.poll_next_inbound(cx)).await {
            let _ = reveille::spawn_daemon(async move {
                let (reader, mut writer) = stream.split();
                let _ = futures::io::copy(reader, &mut writer).await;
                let _ = writer.close().await;
            });
        }
    });
    let mut client = Connection::new(ours, Config::default(), Mode::Client);
    let stream = poll_fn(|cx| client.poll_new_outbound(cx)).await.unwrap();
    let _client = reveille::spawn_daemon(async move {
        while poll_fn(|cx| client.poll_next_inbound(cx)).await.is_some() {}
    });
    let (mut reader, mut writer) = stream.split();
    let sending = reveille::spawn(async move {
        for _ in 0..messages {
            writer.write_all(b"echo").await.unwrap();
        }
        writer.close().await.unwrap();
    });
    let mut heard = Vec::new();
    reader.read_to_end(&mut heard).await.unwrap();
    assert_eq!(heard.len(), 4 * messages);
    sending.await.unwrap();
}
