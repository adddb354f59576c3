//! What goes wrong with connections only because a sampler wants it to.

use crate::net_hosts::{connected as connected_to, hosts};
use crate::net_tcp::{connected, kind};
use crate::{passes, struck};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, TcpListener, TcpStream};
use reveille_sim::time::{Instant, timeout};
use reveille_sim::{Kind, Random, Settings, World, spawn, spawn_local};
use std::io::ErrorKind;
use std::time::Duration;

#[test]
fn a_connection_may_be_refused_by_a_fault() {
    let body = || async {
        let _listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
        TcpStream::connect("127.0.0.1:80").await.map(drop).map_err(|error| error.kind())
    };
    assert_eq!(passes(body), Ok(()));
    let refused = struck(Kind::Refused, &[1], body).output;
    assert_eq!(refused, Some(Err(ErrorKind::ConnectionRefused)));
}

#[test]
fn a_connection_may_be_reset_by_a_fault_and_both_ends_are_told() {
    let outcome = struck(Kind::Reset, &[0, 1], || async {
        let (mut client, mut server) = connected().await;
        client.write_all(b"well").await.unwrap();
        let reset = kind(client.write_all(b"then").await);
        let mut buffer = [0; 4];
        // What had come is still there.
        server.read_exact(&mut buffer).await.unwrap();
        (reset, kind(server.read(&mut buffer).await))
    });
    let reset = ErrorKind::ConnectionReset;
    assert_eq!((outcome.output, outcome.verdict), (Some((reset, reset)), None));
}

#[test]
fn what_was_interrupted_can_be_done_again() {
    let outcome = struck(Kind::Interrupted, &[1, 0, 1], || async {
        let (mut client, mut server) = connected().await;
        assert_eq!(kind(client.write(b"x").await), ErrorKind::Interrupted);
        client.write_all(b"text").await.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(kind(server.read(&mut buffer).await), ErrorKind::Interrupted);
        server.read(&mut buffer).await.unwrap()
    });
    assert_eq!((outcome.output, outcome.verdict), (Some(4), None));
}

#[test]
fn reads_and_writes_may_move_less() {
    let outcome = struck(Kind::ShortIo, &[1, 0, 2], || async {
        let (mut client, mut server) = connected().await;
        let written = client.write(b"12345678").await.unwrap();
        client.write_all(b"abc").await.unwrap();
        let mut buffer = [0; 8];
        (written, server.read(&mut buffer).await.unwrap())
    });
    // One byte of eight is written, and the half of four read.
    assert_eq!((outcome.output, outcome.verdict), (Some((1, 2)), None));
}

#[test]
fn readiness_may_be_told_though_there_is_none() {
    let outcome = struck(Kind::SpuriousReadiness, &[1], || async {
        let (client, _server) = connected().await;
        client.readable().await.unwrap();
        client.try_read(&mut [0; 1]).map_err(|error| error.kind())
    });
    assert_eq!(outcome.output, Some(Err(ErrorKind::WouldBlock)));
}

/// Echoes under every usual fault.
#[test]
fn an_echo_is_what_was_sent_in_every_run() {
    let mut sampler = Random::new(11);
    let mut world = World::new();
    for run in 0..300 {
        let outcome = world.run(&Settings::default(), &mut sampler, run, || async {
            net::set_buffers(50, 50).unwrap();
            let (client, server) = connected().await;
            let echo = spawn_local(async move {
                let (mut from, mut to) = server.into_split();
                futures::io::copy(&mut from, &mut to).await.unwrap();
            });
            let (mut reader, mut writer) = client.into_split();
            let sent: Vec<u8> = (0..500u32).map(|at| (at % 251) as u8).collect();
            let bytes = sent.clone();
            let writing = spawn(async move {
                writer.write_all(&bytes).await.unwrap();
                writer.close().await.unwrap();
            });
            let mut got = Vec::new();
            reader.read_to_end(&mut got).await.unwrap();
            assert_eq!(got, sent);
            writing.await.unwrap();
            echo.await.unwrap();
        });
        assert_eq!(outcome.verdict, None, "run {run}");
    }
}

#[test]
fn a_window_that_is_lost_is_opened_again() {
    passes(|| async {
        net::set_buffers(2, 2).unwrap();
        let [server] = hosts(["server"]);
        let (mut client, mut accepted) = connected_to(server).await;
        client.write_all(b"1234").await.unwrap();
        net::partition_oneway(server, "localhost").unwrap();
        accepted.read_exact(&mut [0; 4]).await.unwrap();
        let begin = Instant::now();
        let second = Duration::from_secs(1);
        assert!(timeout(second, client.write_all(b"5")).await.is_err());
        net::heal(server, "localhost").unwrap();
        client.write_all(b"5").await.unwrap();
        // Tried after 0.2, 0.6 and 1.4 seconds.
        assert_eq!(begin.elapsed(), Duration::from_millis(1400));
        accepted.read_exact(&mut [0; 1]).await.unwrap();
    });
}
