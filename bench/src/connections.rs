//! Many connections open, each with a pending read and a timer: what a round trip over
//! one of them costs.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{TcpListener, TcpStream};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Faults, Plain, Settings, World, spawn};
use std::time::{Duration, Instant};

/// The time of `trips` round trips, each over the connection that is `stride` further on.
pub fn in_reveille(world: &mut World, connections: usize, stride: usize, trips: u64) -> Duration {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings.max_steps = 10_000_000;
    let run = || round_trips(connections, stride, trips);
    let outcome = world.run(&settings, &mut Plain, 0, run);
    assert!(outcome.verdict.is_none(), "{:?}", outcome.verdict);
    outcome.output.expect("a run without a verdict has an output")
}

async fn round_trips(connections: usize, stride: usize, trips: u64) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(TcpStream::connect("127.0.0.1:80").await.unwrap());
        let (mut server, _) = listener.accept().await.unwrap();
        drop(spawn(async move {
            let mut byte = [0; 1];
            let minute = Duration::from_secs(60);
            while let Ok(Ok(())) = timeout(minute, server.read_exact(&mut byte)).await {
                server.write_all(&byte).await.unwrap();
            }
        }));
    }
    sleep(Duration::from_secs(1)).await;
    let begin = Instant::now();
    let mut at = 0;
    for _ in 0..trips {
        let client = &mut clients[at];
        client.write_all(b"x").await.unwrap();
        client.read_exact(&mut [0; 1]).await.unwrap();
        at = (at + stride) % connections;
    }
    begin.elapsed()
}
