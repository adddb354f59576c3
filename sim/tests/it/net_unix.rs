//! Unix streams: at paths and in pairs, with the errors of Linux.

use crate::passes;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, UnixListener, UnixStream, unix};
use reveille_sim::time::timeout;
use reveille_sim::{Random, Settings, World, spawn, yield_now};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

const PATH: &str = "/run/service.sock";

fn message<T: std::fmt::Debug>(result: std::io::Result<T>) -> (ErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind(), error.to_string())
}

fn kind<T: std::fmt::Debug>(result: std::io::Result<T>) -> ErrorKind {
    message(result).0
}

#[test]
fn who_connects_to_a_path_is_accepted_there() {
    passes(|| async {
        let listener = UnixListener::bind(PATH).unwrap();
        assert_eq!(listener.local_addr().unwrap().as_pathname(), Some(Path::new(PATH)));
        let server = spawn(async move {
            let (mut stream, from) = listener.accept().await.unwrap();
            assert!(from.is_unnamed());
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            stream.write_all(text.to_uppercase().as_bytes()).await.unwrap();
        });
        yield_now().await;
        let mut client = UnixStream::connect(PATH).await.unwrap();
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(Path::new(PATH)));
        assert!(client.local_addr().unwrap().is_unnamed());
        client.write_all(b"shout").await.unwrap();
        client.close().await.unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "SHOUT");
        server.await.unwrap();
    });
}

#[test]
fn a_path_stays_when_its_listener_is_gone_until_it_is_removed() {
    passes(|| async {
        let text = |text: &str| text.to_owned();
        assert_eq!(
            message(UnixStream::connect(PATH).await),
            (
                ErrorKind::NotFound,
                text("there is no socket at /run/service.sock on host `localhost`")
            )
        );
        drop(UnixListener::bind(PATH).unwrap());
        assert_eq!(kind(UnixStream::connect(PATH).await), ErrorKind::ConnectionRefused);
        assert_eq!(
            message(UnixListener::bind(PATH)),
            (ErrorKind::AddrInUse, text("/run/service.sock on host `localhost` is in use"))
        );
        unix::remove_path(PATH).unwrap();
        assert_eq!(kind(unix::remove_path(PATH)), ErrorKind::NotFound);
        let _listener = UnixListener::bind(PATH).unwrap();
        assert_eq!(kind(UnixListener::bind("x".repeat(108))), ErrorKind::InvalidInput);
        assert_eq!(kind(UnixListener::bind("")), ErrorKind::InvalidInput);
    });
}

#[test]
fn a_path_is_that_of_one_host() {
    passes(|| async {
        let other = net::host("other").build().unwrap();
        let _listener = UnixListener::bind(PATH).unwrap();
        other
            .spawn(async {
                assert_eq!(kind(UnixStream::connect(PATH).await), ErrorKind::NotFound);
                UnixListener::bind(PATH).unwrap();
            })
            .await
            .unwrap();
        other.crash().unwrap();
        other.restart().unwrap();
        // A crash leaves the path, and nobody who listens.
        let again = other.spawn(async { kind(UnixStream::connect(PATH).await) });
        assert_eq!(again.await.unwrap(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_writer_learns_at_once_that_the_other_end_is_gone() {
    passes(|| async {
        let (mut one, other) = UnixStream::pair().unwrap();
        drop(other);
        assert_eq!(kind(one.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(one.read(&mut [0; 1]).await.unwrap(), 0);
        one.close().await.unwrap();
    });
}

#[test]
fn who_drops_unread_bytes_resets_and_what_had_come_is_read_before() {
    passes(|| async {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        one.write_all(b"unread").await.unwrap();
        other.write_all(b"x").await.unwrap();
        drop(other);
        let mut buffer = [0; 8];
        assert_eq!(one.read(&mut buffer).await.unwrap(), 1);
        assert_eq!(kind(one.read(&mut buffer).await), ErrorKind::ConnectionReset);
        assert_eq!(one.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(kind(one.write(b"x").await), ErrorKind::BrokenPipe);
    });
}

#[test]
fn who_was_not_accepted_is_reset() {
    passes(|| async {
        let listener = UnixListener::bind(PATH).unwrap();
        let mut client = UnixStream::connect(PATH).await.unwrap();
        drop(listener);
        assert_eq!(kind(client.read(&mut [0; 1]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_half_that_is_shut_ends_what_the_other_reads_and_only_that() {
    passes(|| async {
        let (one, mut other) = UnixStream::pair().unwrap();
        let (mut reader, writer) = one.into_split();
        drop(writer);
        assert_eq!(other.read(&mut [0; 1]).await.unwrap(), 0);
        other.write_all(b"!").await.unwrap();
        reader.read_exact(&mut [0; 1]).await.unwrap();
        let wait = timeout(Duration::from_secs(1), reader.readable());
        assert!(wait.await.is_err());
    });
}

#[test]
fn a_writer_waits_until_three_quarters_are_free() {
    passes(|| async {
        net::set_buffers(4, 4).unwrap();
        let (one, other) = UnixStream::pair().unwrap();
        assert_eq!(one.try_write(b"0123456789").unwrap(), 8);
        assert_eq!(kind(one.try_write(b"x")), ErrorKind::WouldBlock);
        let mut buffer = [0; 5];
        assert_eq!(other.try_read(&mut buffer).unwrap(), 5);
        assert_eq!(kind(one.try_write(b"x")), ErrorKind::WouldBlock);
        assert_eq!(other.try_read(&mut buffer[..1]).unwrap(), 1);
        one.writable().await.unwrap();
        assert_eq!(one.try_write(b"abcdefg").unwrap(), 6);
    });
}

#[test]
fn an_echo_is_what_was_sent_in_every_run() {
    let mut sampler = Random::new(13);
    let mut world = World::new();
    for run in 0..200 {
        let outcome = world.run(&Settings::default(), &mut sampler, run, || async {
            net::set_buffers(10, 20).unwrap();
            let (one, other) = UnixStream::pair().unwrap();
            let echo = spawn(async move {
                let (mut from, mut to) = other.into_split();
                futures::io::copy(&mut from, &mut to).await.unwrap();
            });
            let (mut reader, mut writer) = one.into_split();
            let sent: Vec<u8> = (0..200).collect();
            let bytes = sent.clone();
            let writing = spawn(async move { writer.write_all(&bytes).await.unwrap() });
            let mut got = Vec::new();
            reader.read_to_end(&mut got).await.unwrap();
            assert_eq!(got, sent);
            writing.await.unwrap();
            echo.await.unwrap();
        });
        assert_eq!(outcome.verdict, None, "run {run}");
    }
}
