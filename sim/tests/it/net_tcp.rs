//! TCP on one host: what tokio and Linux do, and with which errors.

use crate::{passes, plain, struck};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use reveille_sim::net::{self, TcpListener, TcpSocket, TcpStream};
use reveille_sim::reactor::Interest;
use reveille_sim::time::{Instant, sleep, timeout};
use reveille_sim::{Kind, Law, spawn, yield_now};
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Two ends of a connection: that of the client and that of the server.
pub(crate) async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (client, listener.accept().await.unwrap().0)
}

pub(crate) fn kind<T: std::fmt::Debug>(result: std::io::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn bytes_go_both_ways_and_end_with_the_half_that_wrote_them() {
    passes(|| async {
        let (mut client, mut server) = connected().await;
        client.write_all(b"question").await.unwrap();
        client.close().await.unwrap();
        let mut text = String::new();
        server.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "question");
        // The other half still is open.
        server.write_all(b"answer").await.unwrap();
        drop(server);
        text.clear();
        client.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "answer");
    });
}

#[test]
fn who_reads_and_who_accepts_is_woken() {
    passes(|| async {
        let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
        let server = spawn(async move {
            let (mut stream, from) = listener.accept().await.unwrap();
            let mut buffer = [0; 3];
            stream.read_exact(&mut buffer).await.unwrap();
            (buffer, from)
        });
        yield_now().await;
        let mut client = TcpStream::connect("localhost:80").await.unwrap();
        yield_now().await;
        client.write_all(b"hey").await.unwrap();
        let (bytes, from) = server.await.unwrap();
        assert_eq!((&bytes, from), (b"hey", client.local_addr().unwrap()));
    });
}

#[test]
fn a_writer_waits_until_a_third_of_the_buffer_is_free() {
    passes(|| async {
        net::set_buffers(4, 5).unwrap();
        let (client, mut server) = connected().await;
        assert_eq!(client.try_write(b"0123456789").unwrap(), 9);
        assert_eq!(kind(client.try_write(b"x")), ErrorKind::WouldBlock);
        let writer = spawn(async move {
            client.writable().await.unwrap();
            client.try_write(b"abcdef").unwrap()
        });
        yield_now().await;
        let mut buffer = [0; 2];
        server.read_exact(&mut buffer).await.unwrap();
        yield_now().await;
        assert!(!writer.is_finished());
        server.read_exact(&mut buffer).await.unwrap();
        assert_eq!(writer.await.unwrap(), 4);
        let mut rest = String::new();
        server.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "45678abcd");
    });
}

#[test]
fn nobody_listens() {
    passes(|| async {
        let error = TcpStream::connect("127.0.0.1:80").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(error.to_string(), "127.0.0.1:80 refused the connection");
        // A listener that is gone does not listen any more, and its port is free again.
        drop(TcpListener::bind("127.0.0.1:80").await.unwrap());
        assert_eq!(kind(TcpStream::connect("127.0.0.1:80").await), ErrorKind::ConnectionRefused);
        TcpListener::bind("127.0.0.1:80").await.unwrap();
    });
}

#[test]
fn an_address_is_taken_once() {
    passes(|| async {
        let _first = TcpListener::bind("127.0.0.1:80").await.unwrap();
        let error = TcpListener::bind("0.0.0.0:80").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        assert_eq!(error.to_string(), "0.0.0.0:80 of host `localhost` is in use");
        let _other_port = TcpListener::bind("0.0.0.0:81").await.unwrap();
        assert_eq!(kind(TcpListener::bind("[::]:81").await), ErrorKind::AddrInUse);
        let error = TcpListener::bind("10.1.2.3:80").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
        assert_eq!(error.to_string(), "host `localhost` has no address 10.1.2.3");
    });
}

#[test]
fn ports_of_no_choice_are_the_same_in_every_run() {
    let ports = || async {
        let one = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = TcpListener::bind("[::1]:0").await.unwrap();
        let client = TcpStream::connect(one.local_addr().unwrap()).await.unwrap();
        [one.local_addr(), other.local_addr(), client.local_addr()].map(|addr| addr.unwrap().port())
    };
    assert_eq!(passes(ports), [32768, 32769, 32770]);
    assert_eq!(passes(ports), passes(ports));
}

#[test]
fn every_address_of_ipv6_takes_ipv4_too() {
    passes(|| async {
        let listener = TcpListener::bind("[::]:80").await.unwrap();
        let four = TcpStream::connect("127.0.0.1:80").await.unwrap();
        let six = TcpStream::connect("[::1]:80").await.unwrap();
        let mapped = listener.accept().await.unwrap().1.to_string();
        assert_eq!(mapped, format!("[::ffff:127.0.0.1]:{}", four.local_addr().unwrap().port()));
        assert_eq!(listener.accept().await.unwrap().1, six.local_addr().unwrap());
    });
}

#[test]
fn bad_addresses_are_told() {
    passes(|| async {
        let told = |error: std::io::Error| error.to_string();
        assert_eq!(
            told(TcpStream::connect("nowhere:80").await.unwrap_err()),
            "failed to lookup address information: there is no host `nowhere`: make it with \
             `net::host(\"nowhere\")`"
        );
        assert_eq!(
            told(TcpListener::bind("localhost").await.unwrap_err()),
            "invalid socket address `localhost`: expected host:port"
        );
        assert_eq!(
            told(TcpListener::bind("localhost:http").await.unwrap_err()),
            "invalid socket address `localhost:http`: expected a port up to 65535"
        );
        let none: &[SocketAddr] = &[];
        assert_eq!(kind(TcpStream::connect(none).await), ErrorKind::InvalidInput);
    });
}

#[test]
fn an_address_of_nobody_is_looked_for_and_not_found() {
    let outcome = plain(|| async {
        let error = TcpStream::connect(("10.1.2.3", 80)).await.unwrap_err();
        (error.kind(), error.to_string())
    });
    let expected = (ErrorKind::HostUnreachable, "there is no host at 10.1.2.3".to_owned());
    assert_eq!((outcome.output, outcome.now), (Some(expected), 3_000_000_000));
}

#[test]
fn a_full_backlog_does_not_hear_who_knocks() {
    passes(|| async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:80".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let _queued = [(); 2].map(|()| spawn(TcpStream::connect("127.0.0.1:80")));
        yield_now().await;
        let begin = Instant::now();
        let third = spawn(async move {
            TcpStream::connect("127.0.0.1:80").await.unwrap();
            begin.elapsed()
        });
        sleep(2 * SECOND).await;
        assert!(!third.is_finished());
        listener.accept().await.unwrap();
        // After 1, 2 and 4 seconds.
        assert_eq!(third.await.unwrap(), 3 * SECOND);
        let fourth = TcpStream::connect("127.0.0.1:80").await.unwrap_err();
        assert_eq!((fourth.kind(), begin.elapsed()), (ErrorKind::TimedOut, 130 * SECOND));
    });
}

#[test]
fn dropping_what_was_not_read_resets() {
    passes(|| async {
        let (mut client, mut server) = connected().await;
        server.write_all(b"before").await.unwrap();
        client.write_all(b"unread").await.unwrap();
        drop(server);
        // Linux gives what had come, then the error once, then the end.
        let mut buffer = [0; 8];
        assert_eq!(client.read(&mut buffer).await.unwrap(), 6);
        let error = client.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(
            error.to_string(),
            "the connection of 127.0.0.1:32769 to 127.0.0.1:32768 was reset"
        );
        assert_eq!(client.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        client.close().await.unwrap();
    });
}

#[test]
fn a_reset_is_told_to_a_writer_once_then_the_pipe_is_broken() {
    passes(|| async {
        let (mut client, server) = connected().await;
        server.set_zero_linger().unwrap();
        drop(server);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::ConnectionReset);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
        let (mut client, server) = connected().await;
        server.set_zero_linger().unwrap();
        drop(server);
        let error = client.take_error().unwrap().unwrap();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    });
}

#[test]
fn what_is_written_to_an_end_that_is_gone_is_answered_by_a_reset() {
    passes(|| async {
        let (mut client, server) = connected().await;
        drop(server);
        // The first write only finds out.
        assert_eq!(client.write(b"x").await.unwrap(), 1);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    });
}

#[test]
fn after_a_shutdown_nothing_can_be_written_and_a_second_one_is_fine() {
    passes(|| async {
        let (mut client, mut server) = connected().await;
        client.close().await.unwrap();
        client.close().await.unwrap();
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        server.close().await.unwrap();
        server.close().await.unwrap();
    });
}

#[test]
fn connections_that_nobody_accepted_are_reset_with_their_listener() {
    passes(|| async {
        let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
        let mut client = TcpStream::connect("127.0.0.1:80").await.unwrap();
        drop(listener);
        assert_eq!(kind(client.read(&mut [0; 1]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_peek_leaves_what_it_saw() {
    passes(|| async {
        let (mut client, mut server) = connected().await;
        client.write_all(b"seen").await.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(server.peek(&mut buffer[..2]).await.unwrap(), 2);
        assert_eq!(poll_fn(|cx| server.poll_peek(cx, &mut buffer)).await.unwrap(), 4);
        assert_eq!(server.read(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer[..4], b"seen");
    });
}

#[test]
fn halves_are_used_by_two_tasks_and_come_together_again() {
    passes(|| async {
        let (client, server) = connected().await;
        let (mut reader, mut writer) = client.into_split();
        let echo = spawn(async move {
            let (mut from, mut to) = server.into_split();
            futures::io::copy(&mut from, &mut to).await.unwrap()
        });
        let written = spawn(async move {
            writer.write_all(b"both at once").await.unwrap();
            writer
        });
        let mut buffer = [0; 12];
        reader.read_exact(&mut buffer).await.unwrap();
        let client = reader.reunite(written.await.unwrap()).unwrap();
        drop(client);
        assert_eq!(echo.await.unwrap(), 12);
    });
}

#[test]
fn halves_of_two_streams_stay_apart() {
    passes(|| async {
        let ((one, _one), (other, _other)) = (connected().await, connected().await);
        let (reader, _writer): (OwnedReadHalf, OwnedWriteHalf) = one.into_split();
        let (_reader, writer) = other.into_split();
        let error = reader.reunite(writer).unwrap_err();
        assert_eq!(error.to_string(), "tried to reunite halves that are not from the same socket");
    });
}

#[test]
fn dropping_the_writing_half_ends_what_the_other_end_reads() {
    passes(|| async {
        let (client, mut server) = connected().await;
        let (mut reader, writer) = client.into_split();
        drop(writer);
        assert_eq!(server.read(&mut [0; 1]).await.unwrap(), 0);
        server.write_all(b"!").await.unwrap();
        reader.read_exact(&mut [0; 1]).await.unwrap();
        let (client, mut server) = connected().await;
        let (_reader, writer) = client.into_split();
        writer.forget();
        assert!(timeout(SECOND, server.read(&mut [0; 1])).await.is_err());
    });
}

#[test]
fn borrowed_halves_read_and_write() {
    passes(|| async {
        let (client, mut server) = connected().await;
        let (mut reader, mut writer) = client.split();
        writer.write_all(b"a").await.unwrap();
        server.read_exact(&mut [0; 1]).await.unwrap();
        server.write_all(b"b").await.unwrap();
        reader.read_exact(&mut [0; 1]).await.unwrap();
    });
}

#[test]
fn readiness_is_what_a_read_and_a_write_find() {
    passes(|| async {
        let (client, server) = connected().await;
        let both = Interest::READABLE | Interest::WRITABLE;
        let ready = client.ready(both).await.unwrap();
        assert!(ready.is_writable() && !ready.is_readable());
        let mut buffer = [0; 4];
        assert_eq!(kind(client.try_read(&mut buffer)), ErrorKind::WouldBlock);
        server.try_write(b"abcd").unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut buffer[..3]).unwrap(), 3);
        assert_eq!(client.try_read(&mut buffer).unwrap(), 1);
        assert_eq!(kind(client.try_read(&mut buffer)), ErrorKind::WouldBlock);
        drop(server);
        assert!(client.ready(Interest::READABLE).await.unwrap().is_read_closed());
        assert_eq!(client.try_read(&mut buffer).unwrap(), 0);
    });
}

#[test]
fn many_tasks_wait_for_one_listener_and_each_gets_a_connection() {
    passes(|| async {
        let listener = std::sync::Arc::new(TcpListener::bind("127.0.0.1:80").await.unwrap());
        let servers = [(); 3].map(|()| {
            let listener = listener.clone();
            spawn(async move { listener.accept().await.unwrap().1 })
        });
        yield_now().await;
        let _clients = [(); 3].map(|()| spawn(TcpStream::connect("127.0.0.1:80")));
        let mut from = Vec::new();
        for server in servers {
            from.push(server.await.unwrap().port());
        }
        from.sort_unstable();
        assert_eq!(from, [32768, 32769, 32770]);
    });
}

#[test]
fn a_listener_is_polled_by_hand() {
    passes(|| async {
        let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
        let pending = poll_fn(|cx| Poll::Ready(listener.poll_accept(cx).is_pending())).await;
        assert!(pending);
        let client = TcpStream::connect("127.0.0.1:80").await.unwrap();
        let (server, _) = poll_fn(|cx| listener.poll_accept(cx)).await.unwrap();
        assert_eq!(server.peer_addr().unwrap(), client.local_addr().unwrap());
    });
}

#[test]
fn options_are_kept() {
    passes(|| async {
        let (client, _server) = connected().await;
        assert_eq!((client.nodelay().unwrap(), client.linger().unwrap()), (false, None));
        client.set_nodelay(true).unwrap();
        client.set_linger(Some(SECOND)).unwrap();
        assert_eq!((client.nodelay().unwrap(), client.linger().unwrap()), (true, Some(SECOND)));
    });
}

#[test]
fn a_socket_is_told_what_it_cannot_do() {
    passes(|| async {
        let socket = TcpSocket::new_v4().unwrap();
        let error = socket.bind("[::1]:80".parse().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "[::1]:80 is of another family than the socket");
        socket.bind("127.0.0.1:80".parse().unwrap()).unwrap();
        let error = socket.bind("127.0.0.1:81".parse().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the socket is bound to 127.0.0.1:80 already");
        // A port that was bound and not used is given back.
        drop(socket);
        let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:4000".parse().unwrap()).unwrap();
        let client = socket.connect(listener.local_addr().unwrap()).await.unwrap();
        assert_eq!(client.local_addr().unwrap().port(), 4000);
    });
}

#[test]
fn bytes_that_come_inside_the_clone_of_a_waker_are_not_slept_through() {
    let outcome = struck(Kind::ReentrantWaker, &[0, 1], || async {
        let (mut client, server) = connected().await;
        let reader = spawn(async move { server.readable().await.unwrap() });
        let writer = spawn(async move {
            client.write_all(b"x").await.unwrap();
            client
        });
        reader.await.unwrap();
        drop(writer.await.unwrap());
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn one_who_reads_for_ever_is_stuck() {
    let outcome = plain(|| async {
        let (mut client, _server) = connected().await;
        client.read_exact(&mut [0; 1]).await.unwrap();
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::Stuck);
}

#[test]
fn a_stream_that_outlives_its_run_leads_nowhere() {
    let (client, _server) = passes(connected);
    assert_eq!(kind(client.try_write(b"x")), ErrorKind::NotConnected);
    passes(move || async move {
        let other = connected().await;
        assert_eq!(kind(client.try_write(b"x")), ErrorKind::NotConnected);
        drop(client);
        other.0.try_write(b"x").unwrap();
    });
}

#[test]
#[should_panic(expected = "`TcpStream::connect` was called outside a run")]
fn there_is_no_network_outside_a_run() {
    let mut connecting = std::pin::pin!(TcpStream::connect("127.0.0.1:80"));
    let _ = connecting.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
}
