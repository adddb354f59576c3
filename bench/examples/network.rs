//! The fake network: echo of 1 MiB in pieces of 4 KiB in a new run each, and what a round
//! trip costs with many connections open, each with a pending read and a timer.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, TcpListener, TcpStream};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Faults, Plain, Random, Settings, World, spawn};
use std::time::{Duration, Instant};

const PIECE: usize = 4 << 10;
const TOTAL: usize = 1 << 20;
const ROUNDS: usize = 5;

async fn echo(latency: Option<Duration>) {
    let mut address = "127.0.0.1:80";
    let mut here = net::Host::current();
    if let Some(latency) = latency {
        here = net::host("server").build().unwrap();
        net::default_latency(latency).unwrap();
        address = "server:80";
    }
    let listener = here.spawn(async { TcpListener::bind("0.0.0.0:80").await.unwrap() });
    let listener = listener.await.unwrap();
    drop(here.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; PIECE];
        loop {
            match stream.read(&mut buffer).await.unwrap() {
                0 => return,
                count => stream.write_all(&buffer[..count]).await.unwrap(),
            }
        }
    }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (bytes, mut buffer) = ([7; PIECE], [0; PIECE]);
    for _ in 0..TOTAL / PIECE {
        stream.write_all(&bytes).await.unwrap();
        stream.read_exact(&mut buffer).await.unwrap();
    }
}

/// Opens connections; answers the nanoseconds of a round trip over one of them.
async fn round_trip(count: usize, stride: usize) -> f64 {
    const TRIPS: usize = 200_000;
    let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
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
    for trip in 0..TRIPS {
        let client = &mut clients[trip * stride % count];
        client.write_all(b"x").await.unwrap();
        client.read_exact(&mut [0; 1]).await.unwrap();
    }
    begin.elapsed().as_nanos() as f64 / TRIPS as f64
}

fn median(mut measure: impl FnMut() -> f64) -> f64 {
    measure();
    let mut all: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    all.sort_by(f64::total_cmp);
    all[ROUNDS / 2]
}

fn main() {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings.max_steps = 10_000_000;
    let mut world = World::new();
    for (name, latency) in [
        ("one host", None),
        ("two hosts", Some(Duration::ZERO)),
        ("two hosts, 1 ms apart", Some(Duration::from_millis(1))),
    ] {
        const RUNS: u32 = 200;
        let speed = median(|| {
            let begin = Instant::now();
            for run in 0..RUNS {
                let outcome =
                    world.run(&settings, &mut Random::new(1), run.into(), || echo(latency));
                assert!(outcome.verdict.is_none(), "{:?}", outcome.verdict);
            }
            f64::from(RUNS) / begin.elapsed().as_secs_f64()
        });
        println!("echo, {name}: {speed:.0} runs/s");
    }
    for (count, stride) in [(100, 1), (10_000, 1), (10_000, 7919)] {
        let cost = median(|| {
            let outcome = world.run(&settings, &mut Plain, 0, || round_trip(count, stride));
            outcome.output.unwrap()
        });
        println!("round trip, {count} connections in strides of {stride}: {cost:.0} ns");
    }
}
