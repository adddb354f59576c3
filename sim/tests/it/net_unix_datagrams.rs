//! Unix datagrams: nothing is lost, and who sends too much waits, as on Linux.

use crate::{calm, passes, plain};
use reveille_sim::net::{self, UnixDatagram, UnixListener, unix};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Faults, Kind, Law, Random, Settings, World, spawn, spawn_local, yield_now};
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

const PATH: &str = "/run/log.sock";
const SECOND: Duration = Duration::from_secs(1);

fn message<T: std::fmt::Debug>(result: std::io::Result<T>) -> (ErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind(), error.to_string())
}

fn kind<T: std::fmt::Debug>(result: std::io::Result<T>) -> ErrorKind {
    message(result).0
}

/// How many datagrams of one byte it takes.
fn fill(socket: &UnixDatagram) -> usize {
    (0..).take_while(|_| socket.try_send(b"x").is_ok()).count()
}

#[test]
fn errors_say_what_is_missing_where() {
    passes(|| async {
        let one = UnixDatagram::unbound().unwrap();
        let text = |kind, text: &str| (kind, text.to_owned());
        assert_eq!(
            message(one.send_to(b"x", PATH).await),
            text(ErrorKind::NotFound, "there is no socket at /run/log.sock on host `localhost`")
        );
        let listener = UnixListener::bind(PATH).unwrap();
        assert_eq!(
            message(one.connect(PATH)).1,
            "the socket at /run/log.sock on host `localhost` is one of a listener"
        );
        drop(listener);
        unix::remove_path(PATH).unwrap();
        drop(UnixDatagram::bind(PATH).unwrap());
        assert_eq!(
            message(one.connect(PATH)),
            text(
                ErrorKind::ConnectionRefused,
                "nobody receives any more at /run/log.sock on host `localhost`"
            )
        );
        assert_eq!(
            message(one.send(b"x").await),
            text(ErrorKind::NotConnected, "the socket is not connected: use `send_to`")
        );
        let (one, _other) = UnixDatagram::pair().unwrap();
        assert_eq!(one.send(&vec![0; 212_960]).await.unwrap(), 212_960);
        assert_eq!(
            message(one.send(&vec![0; 212_961]).await).1,
            "expected at most 212960 bytes, got 212961"
        );
    });
}

#[test]
fn a_receiver_keeps_eleven_of_those_who_are_not_its_partner() {
    passes(|| async {
        let receiver = UnixDatagram::bind(PATH).unwrap();
        let [one, other] = [0, 1].map(|_| UnixDatagram::unbound().unwrap());
        one.connect(PATH).unwrap();
        assert_eq!(fill(&one), 11);
        assert_eq!(kind(other.try_send_to(b"x", PATH)), ErrorKind::WouldBlock);
        assert!(timeout(SECOND, one.writable()).await.is_err());
        // To others it can write.
        timeout(SECOND, other.writable()).await.unwrap().unwrap();
        receiver.recv(&mut [0]).await.unwrap();
        one.writable().await.unwrap();
        assert_eq!(fill(&one), 1);
    });
}

#[test]
fn partners_have_the_buffer_of_the_sender() {
    passes(|| async {
        let (one, other) = UnixDatagram::pair().unwrap();
        assert_eq!(fill(&one), 278);
        for _ in 0..208 {
            other.recv(&mut [0]).await.unwrap();
        }
        assert!(timeout(SECOND, one.writable()).await.is_err());
        other.recv(&mut [0]).await.unwrap();
        one.writable().await.unwrap();
        assert_eq!(fill(&one), 209);
    });
}

#[test]
fn what_is_under_way_counts_wherever_it_goes() {
    passes(|| async {
        let receiver = UnixDatagram::bind(PATH).unwrap();
        let (one, _other) = UnixDatagram::pair().unwrap();
        assert_eq!(one.try_send_to(&[0; 60_000], PATH).unwrap(), 60_000);
        assert!(fill(&one) < 278);
        receiver.recv(&mut [0]).await.unwrap();
        // A quarter is free, which is too little to say so.
        assert!(timeout(SECOND, one.writable()).await.is_err());
    });
}

#[test]
fn who_waits_for_a_receiver_that_takes_nothing_is_stuck() {
    for connects in [false, true] {
        let outcome = plain(|| async move {
            let _receiver = UnixDatagram::bind(PATH).unwrap();
            let one = UnixDatagram::unbound().unwrap();
            if connects {
                one.connect(PATH).unwrap();
            }
            for _ in 0..12 {
                match connects {
                    true => one.send(b"x").await.unwrap(),
                    false => one.send_to(b"x", PATH).await.unwrap(),
                };
            }
        });
        assert_eq!(outcome.verdict.unwrap().law, Law::Stuck, "connected: {connects}");
    }
}

/// The loop that tokio's documentation shows for `try_send_to`.
#[test]
fn who_tries_again_and_again_lets_others_run() {
    passes(|| async {
        let receiver = UnixDatagram::bind(PATH).unwrap();
        let sender = spawn(async {
            let one = UnixDatagram::unbound().unwrap();
            for _ in 0..30 {
                loop {
                    one.writable().await.unwrap();
                    match one.try_send_to(b"x", PATH) {
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                        result => break assert_eq!(result.unwrap(), 1),
                    }
                }
            }
        });
        for _ in 0..30 {
            receiver.recv(&mut [0]).await.unwrap();
        }
        sender.await.unwrap();
    });
}

#[test]
fn after_a_shutdown_a_receiver_waits_for_ever() {
    passes(|| async {
        let (one, other) = UnixDatagram::pair().unwrap();
        let one = Rc::new(one);
        let waiting = spawn_local({
            let one = one.clone();
            async move { timeout(3 * SECOND, one.recv(&mut [0])).await.is_err() }
        });
        yield_now().await;
        one.shutdown(Shutdown::Read).unwrap();
        assert!(timeout(SECOND, one.recv(&mut [0])).await.is_err());
        assert!(timeout(SECOND, poll_fn(|cx| one.poll_recv(cx, &mut [0]))).await.is_err());
        assert_eq!(kind(other.try_send(b"x")), ErrorKind::BrokenPipe);
        assert!(waiting.await.unwrap());
    });
}

#[test]
fn a_path_is_that_of_one_host() {
    passes(|| async {
        let other = net::host("other").build().unwrap();
        let _socket = UnixDatagram::bind(PATH).unwrap();
        let there = other.spawn(async {
            let one = UnixDatagram::unbound().unwrap();
            assert_eq!(kind(one.send_to(b"x", PATH).await), ErrorKind::NotFound);
            let receiver = UnixDatagram::bind(PATH).unwrap();
            one.send_to(b"x", PATH).await.unwrap();
            receiver.recv(&mut [0]).await.unwrap()
        });
        assert_eq!(there.await.unwrap(), 1);
    });
}

#[test]
fn a_crash_leaves_the_path_and_nobody_who_receives() {
    passes(|| async {
        let other = net::host("other").build().unwrap();
        let held = other.spawn(async { UnixDatagram::bind(PATH).unwrap() }).await.unwrap();
        let held = Rc::new(held);
        let waiting = spawn_local({
            let held = held.clone();
            async move { kind(held.recv(&mut [0]).await) }
        });
        yield_now().await;
        other.crash().unwrap();
        assert_eq!(waiting.await.unwrap(), ErrorKind::NotConnected);
        assert_eq!(
            message(held.send_to(b"x", PATH).await),
            (ErrorKind::NotConnected, "host `other` of this socket crashed".to_owned())
        );
        assert_eq!(kind(held.take_error()), ErrorKind::NotConnected);
        other.restart().unwrap();
        let again = other.spawn(async {
            let one = UnixDatagram::unbound().unwrap();
            assert_eq!(kind(UnixDatagram::bind(PATH)), ErrorKind::AddrInUse);
            kind(one.send_to(b"x", PATH).await)
        });
        assert_eq!(again.await.unwrap(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_socket_that_outlives_its_run_leads_nowhere() {
    let socket = passes(|| async { UnixDatagram::bind(PATH).unwrap() });
    assert_eq!(kind(socket.local_addr()), ErrorKind::NotConnected);
    assert_eq!(kind(socket.try_send(b"x")), ErrorKind::NotConnected);
    passes(|| async move {
        assert_eq!(kind(socket.recv(&mut [0]).await), ErrorKind::NotConnected);
        // Its path was that of another run.
        UnixDatagram::bind(PATH).unwrap();
    });
}

/// Whoever sends, by whatever way: nothing is lost or overtaken, in every run.
#[test]
fn a_log_has_what_every_client_wrote_in_its_order() {
    let mut sampler = Random::new(17);
    let mut world = World::new();
    for run in 0..300 {
        let settings = if run == 0 { calm() } else { Settings::default() };
        let outcome = world.run(&settings, &mut sampler, run, || async {
            let log = UnixDatagram::bind(PATH).unwrap();
            let clients = (0..3u8).map(|client| {
                spawn(async move {
                    let socket = UnixDatagram::unbound().unwrap();
                    if client == 0 {
                        socket.connect(PATH).unwrap();
                    }
                    for number in 0..20u8 {
                        let line = [client, number];
                        match client {
                            0 => socket.send(&line).await.unwrap(),
                            _ => socket.send_to(&line, PATH).await.unwrap(),
                        };
                        if client == 2 {
                            yield_now().await;
                        }
                    }
                    sleep(SECOND).await;
                })
            });
            let clients: Vec<_> = clients.collect();
            let mut next = [0; 3];
            for _ in 0..60 {
                let mut line = [0; 2];
                assert_eq!(log.recv(&mut line).await.unwrap(), 2);
                let [client, number] = line;
                assert_eq!(number, next[client as usize]);
                next[client as usize] += 1;
            }
            for client in clients {
                client.await.unwrap();
            }
        });
        assert_eq!(outcome.verdict, None, "run {run}");
    }
}

#[test]
fn who_waits_is_dropped_without_a_trace() {
    passes(|| async {
        let receiver = UnixDatagram::bind(PATH).unwrap();
        let one = UnixDatagram::unbound().unwrap();
        one.connect(PATH).unwrap();
        assert_eq!(fill(&one), 11);
        assert!(timeout(SECOND, one.send(b"x")).await.is_err());
        assert!(timeout(SECOND, one.send_to(b"x", PATH)).await.is_err());
        drop(one);
        for _ in 0..11 {
            receiver.recv(&mut [0]).await.unwrap();
        }
        assert!(timeout(SECOND, receiver.recv(&mut [0])).await.is_err());
    });
}

/// One sends to a path that is full, and another takes a datagram there once: in any order,
/// also while the waker of the first is cloned.
async fn waits_for_room(polls: bool) {
    let receiver = UnixDatagram::bind(PATH).unwrap();
    let (filler, sender) = (UnixDatagram::unbound().unwrap(), UnixDatagram::unbound().unwrap());
    while filler.try_send_to(b"x", PATH).is_ok() {}
    let sending = spawn(async move {
        match polls {
            true => poll_fn(|cx| sender.poll_send_to(cx, b"own", PATH)).await,
            false => sender.send_to(b"own", PATH).await,
        }
    });
    let taking = spawn(async move {
        receiver.try_recv(&mut [0; 8]).unwrap();
        receiver
    });
    assert_eq!(sending.await.unwrap().unwrap(), 3);
    drop(taking.await.unwrap());
}

#[test]
fn room_that_comes_inside_the_clone_of_a_waker_is_not_slept_through() {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE.with(Kind::ReentrantWaker);
    let mut world = World::new();
    for run in 0..200 {
        for polls in [false, true] {
            let outcome = world.run(&settings, &mut Random::new(1), run, || waits_for_room(polls));
            assert_eq!(outcome.verdict, None, "run {run}, polls: {polls}");
        }
    }
}
