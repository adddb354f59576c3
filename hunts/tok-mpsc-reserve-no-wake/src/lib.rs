//! tokio 1.52.3: a `send` that waits for room may have been given it, and not have
//! noticed yet, when the receiver closes the channel. It fails, gives the room back and
//! does not wake the receiver, which waits until all room is back. Fixed in 1.53.0
//! (pull request 8260).
#![cfg(test)]

use reveille::time::sleep;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};

enum Request {
    Add(u32),
    Stop,
}

/// What all tasks share; it keeps the channel open for clients to come.
struct Server {
    requests: Sender<Request>,
    accepted: AtomicU32,
    total: AtomicU32,
}

impl Server {
    /// Answers requests until one asks to stop, then those under way.
    async fn serve(&self, mut queue: Receiver<Request>) {
        while let Some(request) = queue.recv().await {
            match request {
                Request::Add(number) => {
                    self.total.fetch_add(number, SeqCst);
                    sleep(Duration::from_millis(1)).await;
                }
                Request::Stop => queue.close(),
            }
        }
    }

    /// Asks for a few things, as long as the server takes requests.
    async fn ask(&self) {
        for number in 1..=3 {
            if self.requests.send(Request::Add(number)).await.is_err() {
                return;
            }
            self.accepted.fetch_add(number, SeqCst);
            sleep(Duration::from_millis(reveille::draw(3).into())).await;
        }
    }
}

#[reveille::test]
async fn a_server_stops_when_asked_to() {
    let (requests, queue) = channel(2);
    let server = Server { requests, accepted: AtomicU32::new(0), total: AtomicU32::new(0) };
    let server = Arc::new(server);
    let clients = [(); 3].map(|()| {
        let server = server.clone();
        reveille::spawn(async move { server.ask().await })
    });
    let serving = server.clone();
    let serving = reveille::spawn(async move { serving.serve(queue).await });
    sleep(Duration::from_millis(reveille::draw(8).into())).await;
    let _ = server.requests.send(Request::Stop).await;
    for client in clients {
        client.await.unwrap();
    }
    serving.await.unwrap();
    assert_eq!(server.total.load(SeqCst), server.accepted.load(SeqCst));
}
