//! Datagrams: each as a whole, or not at all.

use crate::{passes, struck};
use reveille_sim::net::{self, Fate, UdpSocket};
use reveille_sim::time::{Instant, sleep, timeout};
use reveille_sim::{Faults, Kind, Plain, Random, Settings, World, spawn, yield_now};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn kind<T: std::fmt::Debug>(result: std::io::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

async fn bound() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// What is there, one letter a datagram.
fn received(socket: &UdpSocket) -> String {
    let mut buffer = [0; 8];
    std::iter::from_fn(|| socket.try_recv(&mut buffer).ok().map(|_| char::from(buffer[0])))
        .collect()
}

#[test]
fn datagrams_keep_their_bounds_and_what_does_not_fit_is_lost() {
    passes(|| async {
        let ((sender, from), (receiver, to)) = (bound().await, bound().await);
        sender.send_to(b"first", to).await.unwrap();
        sender.send_to(b"", to).await.unwrap();
        sender.send_to(b"third", to).await.unwrap();
        let mut buffer = [0; 3];
        assert_eq!(receiver.peek_from(&mut buffer).await.unwrap(), (3, from));
        assert_eq!(receiver.try_peek_from(&mut buffer).unwrap(), (3, from));
        assert_eq!(receiver.recv_from(&mut buffer).await.unwrap(), (3, from));
        assert_eq!(&buffer, b"fir");
        assert_eq!(receiver.recv(&mut buffer).await.unwrap(), 0);
        assert_eq!(receiver.recv(&mut buffer).await.unwrap(), 3);
        assert_eq!(kind(receiver.try_recv(&mut buffer)), ErrorKind::WouldBlock);
    });
}

#[test]
fn who_waits_is_woken() {
    passes(|| async {
        let ((sender, _), (receiver, to)) = (bound().await, bound().await);
        let receiver = std::sync::Arc::new(receiver);
        let waiting = [false, true].map(|polled| {
            let receiver = receiver.clone();
            spawn(async move {
                let mut buffer = [0; 1];
                match polled {
                    true => poll_fn(|cx| receiver.poll_recv_from(cx, &mut buffer)).await.unwrap(),
                    false => receiver.recv_from(&mut buffer).await.unwrap(),
                };
                buffer[0]
            })
        });
        yield_now().await;
        sender.send_to(b"a", to).await.unwrap();
        sender.send_to(b"b", to).await.unwrap();
        let mut got = Vec::new();
        for task in waiting {
            got.push(task.await.unwrap());
        }
        got.sort_unstable();
        assert_eq!(got, b"ab");
    });
}

#[test]
fn a_connected_socket_speaks_with_its_partner_alone() {
    passes(|| async {
        let ((one, one_at), (two, two_at), (three, _)) =
            (bound().await, bound().await, bound().await);
        let error = one.send(b"x").await.unwrap_err().to_string();
        assert_eq!(error, "127.0.0.1:32768 is not connected: use `send_to`");
        assert_eq!(kind(one.peer_addr()), ErrorKind::NotConnected);
        one.connect(two_at).await.unwrap();
        assert_eq!(one.peer_addr().unwrap(), two_at);
        one.send(b"hello").await.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(two.recv_from(&mut buffer).await.unwrap(), (5, one_at));
        // The kernel tells a stranger that nobody is there, who is not told of it.
        three.send_to(b"me too", one_at).await.unwrap();
        poll_fn(|cx| two.poll_send_ready(cx)).await.unwrap();
        poll_fn(|cx| two.poll_send_to(cx, b"fine", one_at)).await.unwrap();
        poll_fn(|cx| one.poll_recv_ready(cx)).await.unwrap();
        assert_eq!(poll_fn(|cx| one.poll_recv(cx, &mut buffer)).await.unwrap(), 4);
        assert_eq!(kind(one.try_recv(&mut buffer)), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_connected_socket_is_told_that_nobody_receives() {
    passes(|| async {
        let (socket, _) = bound().await;
        socket.connect("127.0.0.1:9").await.unwrap();
        socket.send(b"x").await.unwrap();
        let mut buffer = [0; 1];
        let error = socket.recv(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(error.to_string(), "nobody receives at 127.0.0.1:9");
        assert_eq!(kind(socket.try_recv(&mut buffer)), ErrorKind::WouldBlock);
        socket.send(b"x").await.unwrap();
        assert_eq!(kind(socket.send(b"x").await), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn addresses_are_taken_once_and_wrong_ones_are_told() {
    passes(|| async {
        let socket = UdpSocket::bind("0.0.0.0:53").await.unwrap();
        let error = UdpSocket::bind("127.0.0.1:53").await.unwrap_err();
        assert_eq!(error.to_string(), "127.0.0.1:53 of host `localhost` is in use");
        assert_eq!(kind(UdpSocket::bind("10.1.1.1:53").await), ErrorKind::AddrNotAvailable);
        let error = socket.send_to(b"x", "[::1]:53").await.unwrap_err().to_string();
        assert_eq!(error, "[::1]:53 is of another family than 0.0.0.0:53");
        assert_eq!(kind(socket.send_to(b"x", "127.0.0.1:0").await), ErrorKind::InvalidInput);
        let long = vec![0; 65_508];
        let error = socket.send_to(&long, "127.0.0.1:53").await.unwrap_err().to_string();
        assert_eq!(error, "expected at most 65507 bytes, got 65508");
        socket.connect("127.0.0.1:99").await.unwrap();
        assert_eq!(socket.local_addr().unwrap().to_string(), "127.0.0.1:53");
        drop(socket);
        UdpSocket::bind("127.0.0.1:53").await.unwrap();
        // TCP has ports of its own.
        net::TcpListener::bind("127.0.0.1:53").await.unwrap();
    });
}

#[test]
fn what_a_receiver_has_no_room_for_is_lost() {
    passes(|| async {
        let ((sender, _), (receiver, to)) = (bound().await, bound().await);
        // So many as of a socket of Linux.
        for (size, most) in [(1000, 92), (0, 256)] {
            for _ in 0..1000 {
                sender.send_to(&vec![7; size], to).await.unwrap();
            }
            let mut buffer = [0; 1000];
            let count = std::iter::from_fn(|| receiver.try_recv(&mut buffer).ok()).count();
            assert_eq!(count, most);
        }
        let mut buffer = [0; 8];
        sender.send_to(b"again", to).await.unwrap();
        assert_eq!(receiver.recv(&mut buffer).await.unwrap(), 5);
    });
}

#[test]
fn datagrams_are_lost_doubled_and_overtaken_by_faults() {
    let body = || async {
        let ((sender, _), (receiver, to)) = (bound().await, bound().await);
        for letter in [b"a", b"b", b"c"] {
            sender.send_to(letter, to).await.unwrap();
        }
        sleep(10 * MS).await;
        received(&receiver)
    };
    assert_eq!(passes(body), "abc");
    let with = |kind| struck(kind, &[0, 1], body).output.unwrap();
    assert_eq!(with(Kind::Loss), "ac");
    assert_eq!(with(Kind::Duplication), "abbc");
    assert_eq!(with(Kind::Reordering), "acb");
}

/// What arrived of three datagrams over a link with such a plan, in many runs of a test
/// that permits no fault.
fn over_a_link(plan: fn(net::Link) -> net::Link) -> BTreeSet<String> {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    let mut sampler = Random::new(1);
    let mut world = World::new();
    let body = || async {
        let other = net::host("other").build().unwrap();
        plan(net::link("localhost", other).unwrap()).latency(MS).unwrap();
        let receiver = other.spawn(async { UdpSocket::bind("0.0.0.0:53").await.unwrap() });
        let receiver = receiver.await.unwrap();
        let sender = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        for letter in [b"a", b"b", b"c"] {
            sender.send_to(letter, "other:53").await.unwrap();
        }
        sleep(10 * MS).await;
        received(&receiver)
    };
    let mut run = |number| world.run(&settings, &mut sampler, number, body).output.unwrap();
    (0..300).map(&mut run).collect()
}

#[test]
fn the_plan_of_a_link_permits_what_the_test_does_not() {
    let no_plan = over_a_link(|link| link);
    assert!(no_plan.iter().eq(["abc"]), "{no_plan:?}");
    let lost = over_a_link(net::Link::permit_loss);
    assert!(lost.contains("ac") && lost.contains("abc") && !lost.contains("abbc"), "{lost:?}");
    let doubled = over_a_link(net::Link::permit_duplication);
    assert!(doubled.contains("abbc") && !doubled.contains("ac"), "{doubled:?}");
    let overtaken = over_a_link(net::Link::permit_reordering);
    assert!(overtaken.contains("acb") && !overtaken.contains("ac"), "{overtaken:?}");
}

#[test]
fn datagrams_over_a_link_keep_their_order() {
    let body = || async {
        let other = net::host("other").build().unwrap();
        net::link("localhost", other).unwrap().latency(MS..=5 * MS).unwrap();
        let receiver = other.spawn(async { UdpSocket::bind("0.0.0.0:53").await.unwrap() });
        let receiver = receiver.await.unwrap();
        let sender = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        let begin = Instant::now();
        for letter in [b"a", b"b"] {
            sender.send_to(letter, "other:53").await.unwrap();
        }
        let mut buffer = [0; 1];
        receiver.recv(&mut buffer).await.unwrap();
        (buffer, begin.elapsed())
    };
    assert_eq!(passes(body), (*b"a", MS));
    assert_eq!(struck(Kind::Latency, &[1], body).output, Some((*b"a", 5 * MS)));
}

#[test]
fn partitions_lose_holds_keep_and_rules_decide() {
    passes(|| async {
        let other = net::host("other").build().unwrap();
        let receiver = other.spawn(async { UdpSocket::bind("0.0.0.0:53").await.unwrap() });
        let receiver = receiver.await.unwrap();
        let sender = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        net::partition("localhost", other).unwrap();
        sender.send_to(b"a", "other:53").await.unwrap();
        net::heal("localhost", other).unwrap();
        net::hold("localhost", other).unwrap();
        sender.send_to(b"b", "other:53").await.unwrap();
        sender.send_to(b"c", "other:53").await.unwrap();
        assert!(timeout(MS, receiver.recv(&mut [0; 1])).await.is_err());
        net::release("localhost", other).unwrap();
        receiver.readable().await.unwrap();
        yield_now().await;
        assert_eq!(received(&receiver), "bc");
        let rule = net::rule(|packet| match packet.bytes {
            b"d" => Fate::Duplicate,
            b"e" => Fate::Drop,
            _ => Fate::Pass,
        });
        for letter in [b"d", b"e", b"f"] {
            sender.send_to(letter, "other:53").await.unwrap();
        }
        drop(rule);
        assert_eq!(received(&receiver), "ddf");
    });
}

#[test]
fn a_host_that_is_down_receives_nothing() {
    passes(|| async {
        let other = net::host("other").build().unwrap();
        let receiver = other.spawn(async { UdpSocket::bind("0.0.0.0:53").await.unwrap() });
        let receiver = receiver.await.unwrap();
        let waiting = spawn(async move { receiver.recv(&mut [0; 1]).await });
        yield_now().await;
        other.crash().unwrap();
        assert_eq!(kind(waiting.await.unwrap()), ErrorKind::NotConnected);
        let sender = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        sender.send_to(b"x", "other:53").await.unwrap();
        other.restart().unwrap();
        let again = other.spawn(async { UdpSocket::bind("0.0.0.0:53").await.unwrap() });
        let again = again.await.unwrap();
        sender.send_to(b"y", "other:53").await.unwrap();
        assert_eq!(received(&again), "y");
    });
}

#[test]
fn every_address_of_ipv6_receives_ipv4_too() {
    passes(|| async {
        let receiver = UdpSocket::bind("[::]:53").await.unwrap();
        let (sender, from) = bound().await;
        sender.send_to(b"x", "127.0.0.1:53").await.unwrap();
        let seen = receiver.recv_from(&mut [0; 1]).await.unwrap().1;
        assert_eq!(seen.to_string(), format!("[::ffff:127.0.0.1]:{}", from.port()));
        // And answers there.
        receiver.send_to(b"y", seen).await.unwrap();
        assert_eq!(received(&sender), "y");
    });
}

#[test]
fn a_socket_that_outlives_its_run_leads_nowhere() {
    let (socket, _) = passes(bound);
    let error = World::new().run(&Settings::default(), &mut Plain, 0, || async move {
        socket.send_to(b"x", "127.0.0.1:53").await.map_err(|error| error.kind())
    });
    assert_eq!(error.output, Some(Err(ErrorKind::NotConnected)));
}
