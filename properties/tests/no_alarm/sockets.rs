//! The fake network: servers, clients that give up, retries, partitions and crashes.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille::net::{self, Host, TcpListener, TcpStream, UdpSocket, UnixStream};
use reveille::time::{sleep, timeout};
use std::io;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Echoes whatever comes, for ever.
async fn serve(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        drop(reveille::spawn_daemon(async move {
            let (mut from, mut to) = stream.into_split();
            // A client may be gone.
            let _ = futures::io::copy(&mut from, &mut to).await;
        }));
    }
}

async fn echo_server(host: Host) {
    let (ready, is_ready) = futures::channel::oneshot::channel();
    drop(host.spawn_daemon(async move {
        let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
        ready.send(()).unwrap();
        serve(listener).await;
    }));
    is_ready.await.unwrap();
}

async fn ask(address: &str, question: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(question).await?;
    stream.close().await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

#[reveille::test(deny(task_leak, waker_leak))]
async fn clients_of_one_server() {
    echo_server(Host::current()).await;
    let clients = [1, 2, 3].map(|number| {
        reveille::spawn(async move { ask("localhost:80", &[number; 9]).await.unwrap() })
    });
    for (client, number) in clients.into_iter().zip(1..) {
        assert_eq!(client.await.unwrap(), [number; 9]);
    }
}

#[reveille::test(deny(task_leak, waker_leak))]
async fn more_bytes_than_fit_go_both_ways_at_once() {
    net::set_buffers(3, 4).unwrap();
    let (one, other) = UnixStream::pair().unwrap();
    let both = [one, other].map(|stream| {
        reveille::spawn(async move {
            let (mut reader, mut writer) = stream.into_split();
            let writing = reveille::spawn(async move { writer.write_all(&[1; 40]).await.unwrap() });
            let mut got = Vec::new();
            reader.read_to_end(&mut got).await.unwrap();
            writing.await.unwrap();
            got.len()
        })
    });
    for end in both {
        assert_eq!(end.await.unwrap(), 40);
    }
}

#[reveille::test(deny(task_leak, waker_leak))]
async fn one_who_stops_waiting_for_a_connection_can_wait_again() {
    let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
    let accepting = reveille::spawn(async move {
        loop {
            match timeout(3 * MS, listener.accept()).await {
                Ok(accepted) => return accepted.unwrap().1,
                Err(_) => sleep(MS).await,
            }
        }
    });
    sleep(10 * MS).await;
    let client = TcpStream::connect("127.0.0.1:80").await.unwrap();
    assert_eq!(accepting.await.unwrap(), client.local_addr().unwrap());
}

#[reveille::test(deny(task_leak, waker_leak), runs = 300)]
async fn an_answer_comes_through_a_partition_that_heals() {
    let server = net::host("server").build().unwrap();
    net::default_latency(MS..=30 * MS).unwrap();
    echo_server(server).await;
    let asking = reveille::spawn(async { ask("server:80", b"are you there?").await.unwrap() });
    sleep(35 * MS).await;
    net::partition(server, "localhost").unwrap();
    sleep(2000 * MS).await;
    net::heal(server, "localhost").unwrap();
    assert_eq!(asking.await.unwrap(), b"are you there?");
}

#[reveille::test(deny(task_leak, waker_leak), runs = 300)]
async fn one_who_asks_again_is_answered_after_a_crash() {
    let server = net::host("server").build().unwrap();
    net::default_latency(MS..=30 * MS).unwrap();
    echo_server(server).await;
    let asking = reveille::spawn(async {
        loop {
            if let Ok(Ok(answer)) = timeout(500 * MS, ask("server:80", b"again")).await {
                return answer;
            }
        }
    });
    sleep(40 * MS).await;
    server.crash().unwrap();
    sleep(300 * MS).await;
    server.restart().unwrap();
    echo_server(server).await;
    assert_eq!(asking.await.unwrap(), b"again");
}

#[reveille::test(deny(task_leak, waker_leak), with(loss, duplication, reordering), runs = 300)]
async fn one_who_sends_again_is_answered_over_datagrams_that_get_lost() {
    let server = UdpSocket::bind("127.0.0.1:53").await.unwrap();
    drop(reveille::spawn_daemon(async move {
        let mut buffer = [0; 4];
        loop {
            let (count, from) = server.recv_from(&mut buffer).await.unwrap();
            server.send_to(&buffer[..count], from).await.unwrap();
        }
    }));
    let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    client.connect("127.0.0.1:53").await.unwrap();
    let mut buffer = [0; 4];
    loop {
        client.send(b"who?").await.unwrap();
        if let Ok(received) = timeout(200 * MS, client.recv(&mut buffer)).await {
            assert_eq!(&buffer[..received.unwrap()], b"who?");
            return;
        }
    }
}
