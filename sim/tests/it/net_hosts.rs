//! Hosts and their networks as a whole.

use crate::passes;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, Host, TcpListener, TcpStream};
use reveille_sim::time::sleep;
use reveille_sim::{Random, Recording, Replay, Settings, What, World, spawn, yield_now};
use std::io::{self, ErrorKind};
use std::time::Duration;

pub(crate) const MS: Duration = Duration::from_millis(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

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
