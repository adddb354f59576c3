//! Hosts, the links between them, and what parts them.

use crate::{passes, plain, struck};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, Fate, Host, PacketKind, TcpListener, TcpStream};
use reveille_sim::time::{Instant, sleep, timeout};
use reveille_sim::{Kind, Random, Recording, Replay, Settings, What, World, spawn, yield_now};
use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn hosts<const N: usize>(names: [&str; N]) -> [Host; N] {
    names.map(|name| net::host(name).build().unwrap())
}

/// A connection of the test to `server`: its own end, and the other one.
pub(crate) async fn connected(server: Host) -> (TcpStream, TcpStream) {
    let accepting = server.spawn(async {
        let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
        listener.accept().await.unwrap().0
    });
    yield_now().await;
    let client = TcpStream::connect((server.address(), 80)).await.unwrap();
    (client, accepting.await.unwrap())
}

pub(crate) fn message<T: std::fmt::Debug>(result: io::Result<T>) -> (ErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn a_task_and_its_children_run_on_their_host() {
    passes(|| async {
        let [server] = hosts(["server"]);
        assert_eq!(Host::current().name(), "localhost");
        let child = server.spawn(async {
            assert_eq!(Host::current().name(), "server");
            spawn(async { Host::current().name() }).await.unwrap()
        });
        assert_eq!(child.await.unwrap(), "server");
        let entered = server.enter(|| spawn(async { Host::current() }));
        assert_eq!(entered.await.unwrap(), server);
        assert_ne!(Host::current(), server);
    });
}

#[test]
fn hosts_have_names_and_addresses_of_both_families() {
    passes(|| async {
        let [one] = hosts(["one"]);
        let two = net::host("two").address("10.0.0.7".parse().unwrap()).build().unwrap();
        let addresses: Vec<String> = one.addresses().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["192.168.0.2", "fd00::2"]);
        let found: Vec<_> = net::lookup_host("two:80").await.unwrap().collect();
        assert_eq!(found, ["10.0.0.7:80".parse().unwrap()]);
        assert_eq!(two.address().to_string(), "10.0.0.7");
        let local: Vec<_> = net::lookup_host(("localhost", 80)).await.unwrap().collect();
        assert_eq!(local, ["127.0.0.1:80".parse().unwrap(), "[::1]:80".parse().unwrap()]);
    });
}

#[test]
fn each_host_has_ports_and_a_loopback_of_its_own() {
    passes(|| async {
        let [one, two] = hosts(["one", "two"]);
        for host in [one, two] {
            host.spawn(async move {
                let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
                TcpStream::connect("localhost:80").await.unwrap();
                listener.accept().await.unwrap();
                // Nobody else can reach that.
                let own = TcpStream::connect((host.address(), 80)).await;
                assert_eq!(message(own).0, ErrorKind::ConnectionRefused);
            })
            .await
            .unwrap();
        }
    });
}

#[test]
fn both_ends_see_the_addresses_of_their_hosts() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let (client, accepted) = connected(server).await;
        assert_eq!(client.local_addr().unwrap().to_string(), "192.168.0.1:32768");
        assert_eq!(client.peer_addr().unwrap().to_string(), "192.168.0.2:80");
        assert_eq!(accepted.local_addr().unwrap(), client.peer_addr().unwrap());
        assert_eq!(accepted.peer_addr().unwrap(), client.local_addr().unwrap());
    });
}

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

#[test]
fn wrong_use_is_told_by_name() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let named = |kind, text: &str| (kind, text.to_owned());
        assert_eq!(
            message(net::host("server").build()),
            named(ErrorKind::AlreadyExists, "there is a host `server` already")
        );
        assert_eq!(
            message(net::host("other").address(server.address()).build()),
            named(
                ErrorKind::AlreadyExists,
                "host `other` cannot have 192.168.0.2: `server` has it"
            )
        );
        assert_eq!(message(net::host("a:b").build()).0, ErrorKind::InvalidInput);
        assert_eq!(message(net::host("").build()).1, "`` is no name of a host");
        assert_eq!(
            message(net::host("any").address("0.0.0.0".parse().unwrap()).build()).1,
            "0.0.0.0 is no address of a single host"
        );
        assert_eq!(
            message(net::partition("server", "nowhere")),
            named(
                ErrorKind::NotFound,
                "there is no host `nowhere`: make it with `net::host(\"nowhere\")`"
            )
        );
        assert_eq!(
            message(net::partition(server, server.address())),
            named(
                ErrorKind::InvalidInput,
                "`net::partition` needs two hosts: there is nothing between `server` and itself"
            )
        );
        let link = net::link(server, "localhost").unwrap();
        assert_eq!(
            message(link.latency(2 * MS..=MS)),
            named(ErrorKind::InvalidInput, "expected a latency from the shortest, got 2ms to 1ms")
        );
        assert_eq!(message(net::set_buffers(0, 0)).0, ErrorKind::InvalidInput);
        assert_eq!(message(server.restart()).1, "host `server` is up already");
        server.crash().unwrap();
        assert_eq!(message(server.crash()).1, "host `server` is down already");
    });
}

#[test]
fn a_host_of_another_run_is_nobody() {
    let server = passes(|| async { net::host("server").build().unwrap() });
    passes(move || async move {
        assert_eq!(message(server.crash()).0, ErrorKind::NotConnected);
        assert_eq!(message(net::partition(server, "localhost")).0, ErrorKind::NotConnected);
    });
}

#[test]
fn what_is_done_to_the_network_stands_in_the_trace() {
    let mut settings = crate::calm();
    settings.recording = Recording::Events { stacks: Vec::new() };
    let outcome = World::new().run(&settings, &mut reveille_sim::Plain, 0, || async {
        let [server] = hosts(["server"]);
        net::partition(server, "localhost").unwrap();
        net::heal(server, "localhost").unwrap();
        net::partition_oneway(server, "localhost").unwrap();
        net::hold(server, "localhost").unwrap();
        net::release(server, "localhost").unwrap();
        server.crash().unwrap();
        server.restart().unwrap();
    });
    let trace = outcome.trace.unwrap();
    let said = trace.events().filter_map(|event| match event.what {
        What::Io { source, verb, .. } => Some(format!("{verb} {}", trace.source(source).unwrap())),
        _ => None,
    });
    let expected = [
        "parts server and localhost",
        "heals the link of server and localhost",
        "cuts the way from server to localhost",
        "holds the link of server and localhost",
        "releases the link of server and localhost",
        "crashes host server",
        "restarts host server",
    ];
    assert!(said.eq(expected));
}

/// Three hosts, of which two are clients, under everything that links may do.
async fn three_hosts() -> u64 {
    let [server, one, two] = hosts(["server", "one", "two"]);
    net::default_latency(MS..=20 * MS).unwrap();
    drop(server.spawn_daemon(async {
        let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            drop(spawn(async move {
                let (mut from, mut to) = stream.into_split();
                // A client may go down.
                let _ = futures::io::copy(&mut from, &mut to).await;
            }));
        }
    }));
    let client = |host: Host, number: u8| {
        host.spawn(async move {
            let mut stream = TcpStream::connect("server:80").await.unwrap();
            let mut sum = 0u64;
            for round in 0..10u8 {
                let bytes = [number ^ round; 100];
                stream.write_all(&bytes).await.unwrap();
                let mut echo = [0; 100];
                stream.read_exact(&mut echo).await.unwrap();
                assert_eq!(bytes, echo);
                sum += u64::from(echo[99]);
            }
            sum
        })
    };
    let (first, second) = (client(one, 1), client(two, 2));
    sleep(50 * MS).await;
    net::partition("one", "server").unwrap();
    sleep(500 * MS).await;
    net::heal("one", "server").unwrap();
    let sum = first.await.unwrap();
    two.crash().unwrap();
    match second.await {
        Ok(other) => sum + other,
        Err(_) => sum,
    }
}

#[test]
fn a_run_of_three_hosts_is_repeated_by_its_tape() {
    let mut settings = Settings::default();
    settings.recording = Recording::Hash;
    let mut sampler = Random::new(3);
    let mut world = World::new();
    let mut seen = std::collections::BTreeSet::new();
    for run in 0..60 {
        let outcome = world.run(&settings, &mut sampler, run, three_hosts);
        assert_eq!(outcome.verdict, None, "run {run}");
        let hash = outcome.trace.unwrap().hash();
        let tape = world.tape();
        let mut other = World::new();
        let again = other.run(&settings, &mut Replay::new(tape), 0, three_hosts);
        assert_eq!(again.trace.unwrap().hash(), hash, "run {run}");
        seen.insert(hash);
    }
    assert!(seen.len() > 50, "{}", seen.len());
}
