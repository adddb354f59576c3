//! An operator who does anything to the network at any time: what is read is what was
//! written, in its order, and in the end everything works again.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, Fate, Host, Rule, TcpListener, TcpStream};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Kind, Outcome, Random, Recording, Replay, Settings, World, draw, spawn};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);
const BYTES: usize = 300;

fn byte(at: usize) -> u8 {
    (at % 251) as u8
}

/// Sends a known sequence of bytes to whoever connects.
async fn serve() {
    let Ok(listener) = TcpListener::bind("0.0.0.0:80").await else { return };
    while let Ok((mut stream, _)) = listener.accept().await {
        drop(spawn(async move {
            let all: Vec<u8> = (0..BYTES).map(byte).collect();
            let mut at = 0;
            while at < BYTES {
                let end = BYTES.min(at + 1 + draw(60) as usize);
                if stream.write_all(&all[at..end]).await.is_err() {
                    return;
                }
                at = end;
            }
            if draw(8) == 1 {
                stream.set_zero_linger().unwrap();
            }
        }));
    }
}

/// Reads that sequence, perhaps not to its end; answers how much there was.
async fn read(patient: bool) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect("server:80").await?;
    let mut at = 0;
    let mut buffer = [0; 40];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(at);
        }
        for got in &buffer[..count] {
            assert_eq!(*got, byte(at), "byte {at}");
            at += 1;
        }
        if !patient && draw(10) == 1 {
            // Writing to who does not read, then going.
            let _ = stream.write(b"bye").await;
            return Ok(at);
        }
    }
}

fn any_rule() -> Rule {
    let mut state = draw(1000);
    net::rule(move |_| {
        state = (state * 75 + 74) % 65537;
        match state % 16 {
            0 | 1 => Fate::Drop,
            2 => Fate::Delay(MS * (state % 50)),
            3 => Fate::Duplicate,
            _ => Fate::Pass,
        }
    })
}

async fn chaos() {
    net::set_buffers(draw(40) as usize, 30).unwrap();
    let server = net::host("server").build().unwrap();
    drop(server.spawn(serve()));
    let client = net::host("client").build().unwrap();
    for _ in 0..3 {
        drop(client.spawn(async {
            loop {
                let _ = timeout(500 * MS, read(false)).await;
                sleep(20 * MS).await;
            }
        }));
    }
    let mut rule = None;
    for _ in 0..draw(30) {
        sleep(MS * draw(400)).await;
        operate(server, client, &mut rule);
    }
    drop(rule);
    net::heal(server, client).unwrap();
    net::release(server, client).unwrap();
    if !server.is_up() {
        server.restart().unwrap();
    }
    if client.is_up() {
        client.crash().unwrap();
    }
    client.restart().unwrap();
    server.crash().unwrap();
    server.restart().unwrap();
    drop(server.spawn(serve()));
    let again = client.spawn(async {
        loop {
            if let Ok(BYTES) = read(true).await {
                return;
            }
            sleep(20 * MS).await;
        }
    });
    again.await.unwrap();
}

/// One thing of all that may be done.
fn operate(server: Host, client: Host, rule: &mut Option<Rule>) {
    match draw(10) {
        0 => net::partition(server, client).unwrap(),
        1 => net::partition_oneway(client, server).unwrap(),
        2 => net::hold(server, client).unwrap(),
        3 => net::release(client, server).unwrap(),
        4 => *rule = Some(any_rule()),
        5 => *rule = None,
        6 => {
            let longest = MS * draw(30);
            net::link(server, client).unwrap().latency(longest / 2..=longest).unwrap();
        }
        7 if server.is_up() => server.crash().unwrap(),
        7 => {
            server.restart().unwrap();
            drop(server.spawn(serve()));
        }
        _ => net::heal(server, client).unwrap(),
    }
}

#[test]
fn whatever_is_done_to_the_network_bytes_are_right_and_it_recovers() {
    let mut settings = Settings::default();
    for kind in [Kind::Reset, Kind::Refused] {
        settings.faults = settings.faults.with(kind);
    }
    settings.recording = Recording::Hash;
    let mut sampler = Random::new(5);
    let mut world = World::new();
    for run in 0..25 {
        let outcome = world.run(&settings, &mut sampler, run, chaos);
        assert_eq!(outcome.verdict, None, "run {run}");
        let mut replay = Replay::new(world.tape());
        let again = world.run(&settings, &mut replay, 0, chaos);
        let hash = |outcome: Outcome<()>| outcome.trace.map(|trace| trace.hash());
        assert_eq!(hash(again), hash(outcome), "run {run}");
    }
}
