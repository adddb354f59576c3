//! The links between hosts: latency, what parts them, and rules about single packets.

use crate::net_hosts::{MS, SECOND, connected, hosts, message};
use crate::{passes, plain, struck};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, Fate, PacketKind, TcpListener, TcpStream};
use reveille_sim::time::{Instant, sleep, timeout};
use reveille_sim::{Kind, spawn, yield_now};
use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

#[test]
fn what_is_sent_over_a_link_takes_its_time_and_keeps_its_order() {
    passes(|| async {
        let [server] = hosts(["server"]);
        net::link("localhost", server).unwrap().latency(10 * MS).unwrap();
        let begin = Instant::now();
        let (mut client, mut accepted) = connected(server).await;
        assert_eq!(begin.elapsed(), 30 * MS);
        let begin = Instant::now();
        client.write_all(b"one ").await.unwrap();
        sleep(MS).await;
        client.write_all(b"two").await.unwrap();
        drop(client);
        let mut text = String::new();
        accepted.read_to_string(&mut text).await.unwrap();
        assert_eq!((text.as_str(), begin.elapsed()), ("one two", 11 * MS));
    });
}

#[test]
fn the_usual_latency_is_that_of_every_link_of_which_no_other_was_said() {
    passes(|| async {
        let [server] = hosts(["server"]);
        net::partition("localhost", server).unwrap();
        net::default_latency(10 * MS).unwrap();
        net::heal("localhost", server).unwrap();
        let begin = Instant::now();
        let _both = connected(server).await;
        assert_eq!(begin.elapsed(), 30 * MS);

        net::link("localhost", server).unwrap().latency(Duration::ZERO).unwrap();
        net::default_latency(20 * MS).unwrap();
        let begin = Instant::now();
        let _client = TcpStream::connect((server.address(), 81)).await.unwrap_err();
        assert_eq!(begin.elapsed(), Duration::ZERO);
    });
}

#[test]
fn the_latency_of_a_range_is_a_choice_and_tcp_keeps_its_order() {
    let body = || async {
        let [server] = hosts(["server"]);
        let (mut client, mut accepted) = connected(server).await;
        net::link("localhost", server).unwrap().latency(MS..=9 * MS).unwrap();
        let begin = Instant::now();
        client.write_all(b"1").await.unwrap();
        client.write_all(b"2").await.unwrap();
        let mut buffer = [0; 2];
        accepted.read_exact(&mut buffer).await.unwrap();
        (buffer, begin.elapsed())
    };
    assert_eq!(passes(body), (*b"12", MS));
    assert_eq!(struck(Kind::Latency, &[1], body).output, Some((*b"12", 9 * MS)));
    assert_eq!(struck(Kind::Latency, &[0, 2], body).output, Some((*b"12", 5 * MS)));
}

#[test]
fn a_window_is_opened_after_the_time_of_the_link() {
    passes(|| async {
        net::set_buffers(2, 2).unwrap();
        let [server] = hosts(["server"]);
        let (mut client, mut accepted) = connected(server).await;
        net::link("localhost", server).unwrap().latency(10 * MS).unwrap();
        let begin = Instant::now();
        let reading = server.spawn(async move {
            let mut text = String::new();
            accepted.read_to_string(&mut text).await.unwrap();
            text
        });
        client.write_all(b"12345678").await.unwrap();
        assert_eq!(begin.elapsed(), 20 * MS);
        drop(client);
        assert_eq!(reading.await.unwrap(), "12345678");
        assert_eq!(begin.elapsed(), 30 * MS);
    });
}

#[test]
fn a_partition_delays_a_connection_until_it_heals() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let (mut client, mut accepted) = connected(server).await;
        net::partition(server, "localhost").unwrap();
        client.write_all(b"late").await.unwrap();
        client.write_all(b" news").await.unwrap();
        let mut buffer = [0; 9];
        assert!(timeout(SECOND, accepted.read(&mut buffer)).await.is_err());
        net::heal("localhost", server).unwrap();
        let begin = Instant::now();
        accepted.read_exact(&mut buffer).await.unwrap();
        assert_eq!(&buffer, b"late news");
        // Sent again after 0.2, 0.6 and 1.4 seconds.
        assert_eq!(begin.elapsed(), 400 * MS);
    });
}

#[test]
fn one_who_is_not_answered_gives_up_after_a_quarter_of_an_hour() {
    let outcome = plain(|| async {
        let [server] = hosts(["server"]);
        let (mut client, _accepted) = connected(server).await;
        net::partition(server, "localhost").unwrap();
        client.write_all(b"hello?").await.unwrap();
        let told = message(client.read(&mut [0; 1]).await);
        (told, message(client.write(b"x").await).0)
    });
    let text = "192.168.0.2:80 did not answer 192.168.0.1:32768".to_owned();
    let expected = ((ErrorKind::TimedOut, text), ErrorKind::BrokenPipe);
    assert_eq!((outcome.verdict, outcome.output), (None, Some(expected)));
    // As Linux has it.
    assert_eq!(outcome.now, 924_600_000_000);
}

#[test]
fn nobody_connects_through_a_partition() {
    let outcome = plain(|| async {
        let [server] = hosts(["server"]);
        let _listener = server.enter(|| TcpListener::bind("0.0.0.0:80"));
        net::partition(server, "localhost").unwrap();
        message(TcpStream::connect("192.168.0.2:80").await).0
    });
    assert_eq!((outcome.output, outcome.now), (Some(ErrorKind::TimedOut), 127_000_000_000));
}

#[test]
fn a_connection_whose_confirmation_is_lost_is_accepted_with_what_was_sent() {
    passes(|| async {
        let [server] = hosts(["server"]);
        net::link("localhost", server).unwrap().latency(MS).unwrap();
        let accepting = server.spawn(async {
            let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            text
        });
        yield_now().await;
        let mut handshakes = 0;
        let _rule = net::rule(move |packet| {
            handshakes += u32::from(packet.kind == PacketKind::Handshake);
            let is_confirmation = packet.kind == PacketKind::Handshake && handshakes == 3;
            if is_confirmation { Fate::Drop } else { Fate::Pass }
        });
        let begin = Instant::now();
        let mut client = TcpStream::connect("server:80").await.unwrap();
        assert_eq!(begin.elapsed(), 2 * MS);
        client.write_all(b"sent and gone").await.unwrap();
        drop(client);
        assert_eq!(accepting.await.unwrap(), "sent and gone");
        // The answer was sent again after a second.
        assert_eq!(begin.elapsed(), SECOND + 4 * MS);
    });
}

#[test]
fn one_who_gives_up_connecting_is_not_accepted_as_if_he_were_there() {
    passes(|| async {
        let [server] = hosts(["server"]);
        net::link("localhost", server).unwrap().latency(10 * MS).unwrap();
        let accepting = server.spawn(async {
            let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
            listener.accept().await.unwrap().1
        });
        yield_now().await;
        let connecting = TcpStream::connect("server:80");
        assert!(timeout(15 * MS, connecting).await.is_err());
        sleep(SECOND).await;
        assert!(!accepting.is_finished());
        let client = TcpStream::connect("server:80").await.unwrap();
        assert_eq!(accepting.await.unwrap(), client.local_addr().unwrap());
    });
}

#[test]
fn a_partition_may_be_one_way() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let (mut client, mut accepted) = connected(server).await;
        net::partition_oneway("localhost", "server").unwrap();
        accepted.write_all(b"x").await.unwrap();
        client.read_exact(&mut [0; 1]).await.unwrap();
        client.write_all(b"y").await.unwrap();
        assert!(timeout(SECOND, accepted.read(&mut [0; 1])).await.is_err());
    });
}

#[test]
fn what_is_held_goes_on_when_it_is_released() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let (mut client, mut accepted) = connected(server).await;
        net::hold(server, "localhost").unwrap();
        client.write_all(b"a").await.unwrap();
        client.write_all(b"b").await.unwrap();
        let mut buffer = [0; 2];
        assert!(timeout(9 * SECOND, accepted.read(&mut buffer)).await.is_err());
        net::release("localhost", server).unwrap();
        accepted.read_exact(&mut buffer).await.unwrap();
        assert_eq!(&buffer, b"ab");
        // A handshake is held, too.
        net::hold(server, "localhost").unwrap();
        let next = server.spawn(async {
            let listener = TcpListener::bind("0.0.0.0:81").await.unwrap();
            listener.accept().await.unwrap().1
        });
        let connecting = spawn(TcpStream::connect("server:81"));
        sleep(SECOND).await;
        assert!(!connecting.is_finished());
        net::release(server, "localhost").unwrap();
        let client = connecting.await.unwrap().unwrap();
        assert_eq!(next.await.unwrap(), client.local_addr().unwrap());
    });
}

#[test]
fn what_is_held_at_the_end_of_a_run_is_forgotten() {
    let dropped = Rc::new(Cell::new(false));
    let mark = dropped.clone();
    passes(|| async move {
        let [server] = hosts(["server"]);
        let (mut client, accepted) = connected(server).await;
        net::hold(server, "localhost").unwrap();
        client.write_all(b"a").await.unwrap();
        drop((client, accepted));
        std::mem::forget(net::rule(move |_| {
            mark.set(true);
            Fate::Pass
        }));
    });
    assert!(!dropped.get());
    assert_eq!(Rc::strong_count(&dropped), 1);
}

#[test]
fn a_rule_decides_about_single_packets_until_it_is_dropped() {
    passes(|| async {
        let (mut client, mut server) = crate::net_tcp::connected().await;
        let seen = Rc::new(RefCell::new(Vec::new()));
        let (mut count, notes) = (0, seen.clone());
        let rule = net::rule(move |packet| {
            assert!(packet.source.ip().is_loopback() && packet.destination.ip().is_loopback());
            if packet.kind != PacketKind::Data {
                return Fate::Pass;
            }
            notes.borrow_mut().push(packet.bytes.to_vec());
            count += 1;
            [Fate::Delay(MS), Fate::Duplicate, Fate::Drop, Fate::Pass][(count - 1) % 4]
        });
        let begin = Instant::now();
        for byte in [b"a", b"b", b"c"] {
            client.write_all(byte).await.unwrap();
        }
        let mut buffer = [0; 2];
        server.read_exact(&mut buffer).await.unwrap();
        assert_eq!((&buffer, begin.elapsed()), (b"ab", MS));
        // What was lost is sent again after 200 ms.
        server.read_exact(&mut buffer[..1]).await.unwrap();
        assert_eq!((buffer[0], begin.elapsed()), (b'c', 200 * MS));
        drop(rule);
        client.write_all(b"d").await.unwrap();
        server.read_exact(&mut buffer[..1]).await.unwrap();
        assert_eq!(seen.take(), [b"a", b"b", b"c", b"c"]);
    });
}
