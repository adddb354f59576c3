//! `tokio-tungstenite`: messages that come back, until the client closes.

use crate::network::connection;
use futures::{SinkExt, StreamExt};
use reveille::net::TcpStream;
use reveille::proptest::{collection::vec, prelude::*};
use reveille::spawn;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{accept_async, client_async};

/// Sends back every message, until the client closes.
async fn echo(stream: TcpStream) -> Result<(), Error> {
    let mut socket = accept_async(stream).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if !message.is_close() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

/// Sends all messages, collects what comes back meanwhile, and closes.
async fn exchange(stream: TcpStream, messages: &[Message]) -> Result<(), Error> {
    let (socket, _) = client_async("ws://localhost/", stream).await?;
    let (mut sink, mut answers) = socket.split();
    let send_all = async {
        for message in messages {
            sink.send(message.clone()).await?;
        }
        Ok::<_, Error>(())
    };
    let compare = async {
        for message in messages {
            assert_eq!(answers.next().await.ok_or(Error::ConnectionClosed)??, *message);
        }
        Ok(())
    };
    futures::try_join!(send_all, compare)?;
    sink.close().await?;
    while let Some(answer) = answers.next().await {
        assert!(answer?.is_close());
    }
    Ok(())
}

fn some_messages() -> impl Strategy<Value = Vec<Message>> {
    let text = "[a-zä]{0,20}".prop_map(Message::text);
    let binary = vec(any::<u8>(), 0..200).prop_map(Message::binary);
    vec(prop_oneof![text, binary], 0..5)
}

#[reveille::test]
async fn messages_come_back(#[strategy(some_messages())] messages: Vec<Message>) {
    reveille::net::set_buffers(50, 50).unwrap();
    let (near, far) = connection().await;
    let server = spawn(echo(far));
    exchange(near, &messages).await.unwrap();
    server.await.unwrap().unwrap();
}

/// A connection that is reset may be an error, to both; nobody may hang or panic.
#[reveille::test(with(reset))]
async fn a_reset_hangs_nobody(#[strategy(some_messages())] messages: Vec<Message>) {
    let (near, far) = connection().await;
    let server = spawn(echo(far));
    let client = exchange(near, &messages).await;
    let server = server.await.unwrap();
    reveille::sometimes!("everything comes back", client.is_ok() && server.is_ok());
    reveille::sometimes!("the client sees an error", client.is_err());
    reveille::sometimes!("the server sees an error", server.is_err());
}
