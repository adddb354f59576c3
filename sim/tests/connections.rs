//! Ten thousand connections cost little memory each, and none when the run is over.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::net::{self, TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Faults, Plain, Settings, World, spawn};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Both ends of `count` connections are open; one reads, with a timeout. Answers how many
/// bytes each takes.
async fn open(count: usize) -> usize {
    let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
    let before = BYTES.load(Ordering::Relaxed);
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        clients.push(TcpStream::connect("127.0.0.1:80").await.unwrap());
        let (mut server, _) = listener.accept().await.unwrap();
        drop(spawn(async move {
            let mut byte = [0; 1];
            let read = timeout(Duration::from_secs(60), server.read_exact(&mut byte)).await;
            read.unwrap().unwrap();
            server.write_all(&byte).await.unwrap();
        }));
    }
    sleep(Duration::from_secs(1)).await;
    let each = (BYTES.load(Ordering::Relaxed) - before) / count;
    for client in &mut clients {
        client.write_all(b"x").await.unwrap();
    }
    for client in &mut clients {
        client.read_exact(&mut [0; 1]).await.unwrap();
    }
    each
}

/// Something of everything: packets under way, held and lost, a crash, guards forgotten.
async fn busy() {
    let server = net::host("server").build().unwrap();
    net::default_latency(Duration::from_millis(3)).unwrap();
    drop(server.spawn_daemon(async {
        let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
        let datagrams = UdpSocket::bind("0.0.0.0:53").await.unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            datagrams.try_send_to(b"hello", stream.peer_addr().unwrap()).unwrap();
            drop(spawn(sleep(Duration::from_secs(3600))));
            drop(spawn(
                async move { futures::io::copy(stream, &mut futures::io::sink()).await.ok() },
            ));
        }
    }));
    sleep(Duration::from_secs(1)).await;
    let mut one = TcpStream::connect("server:80").await.unwrap();
    let mut other = TcpStream::connect("server:80").await.unwrap();
    one.write_all(b"under way").await.unwrap();
    net::hold("localhost", server).unwrap();
    other.write_all(b"held").await.unwrap();
    std::mem::forget(net::rule(|_| net::Fate::Pass));
    net::partition("localhost", server).unwrap();
    other.write_all(b"lost").await.unwrap();
    let listener = UnixListener::bind("/socket").unwrap();
    let unaccepted = UnixStream::connect("/socket").await.unwrap();
    server.on_crash(|| {});
    server.crash().unwrap();
    drop((listener, unaccepted));
}

fn a_run_leaves_nothing() {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    let mut world = World::new();
    let mut run = || {
        let outcome = world.run(&settings, &mut Plain, 0, busy);
        assert_eq!(outcome.verdict, None);
        drop(outcome);
        BYTES.load(Ordering::Relaxed)
    };
    let warm = (0..3).map(|_| run()).max();
    assert_eq!(Some((0..20).map(|_| run()).max().unwrap()), warm, "bytes kept after a run");
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn connections_take_two_kibibytes_at_most_and_a_run_leaves_nothing() {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    let of = |count| {
        let outcome = World::new().run(&settings, &mut Plain, 0, || open(count));
        assert_eq!(outcome.verdict, None);
        outcome.output.unwrap()
    };
    let (few, many) = (of(100), of(10_000));
    println!("{few} bytes each of 100 connections, {many} bytes each of 10,000");
    assert!(many <= 2048, "{many} bytes");
    a_run_leaves_nothing();
}
