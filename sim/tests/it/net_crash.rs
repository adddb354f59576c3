//! Hosts that go down, and what others learn of it.

use crate::net_hosts::{connected, hosts, message};
use crate::{passes, struck};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::fs;
use reveille_sim::net::{Host, TcpListener, TcpStream};
use reveille_sim::time::{Instant, sleep, timeout};
use reveille_sim::{Kind, spawn, spawn_local, yield_now};
use std::cell::RefCell;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// A server that the test is connected to, and that holds its end.
async fn held_by_server(server: Host) -> TcpStream {
    drop(server.spawn_daemon(async {
        let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
        let _held = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
    }));
    yield_now().await;
    TcpStream::connect((server.address(), 80)).await.unwrap()
}

#[test]
fn a_crash_drops_the_tasks_of_a_host_and_theirs_alone() {
    passes(|| async {
        let [server, other] = hosts(["server", "other"]);
        let dropped = Rc::new(RefCell::new(Vec::new()));
        struct Note(Rc<RefCell<Vec<&'static str>>>, &'static str);
        impl Drop for Note {
            fn drop(&mut self) {
                self.0.borrow_mut().push(self.1);
            }
        }
        let lives = |host: Host, name| {
            let note = Note(dropped.clone(), name);
            host.spawn_local(async move {
                let _note = note;
                let child = spawn(sleep(3600 * SECOND));
                child.await.unwrap();
            })
        };
        let (on_server, on_other) = (lives(server, "server"), lives(other, "other"));
        sleep(SECOND).await;
        server.crash().unwrap();
        assert_eq!(*dropped.borrow(), ["server"]);
        assert!(on_server.await.unwrap_err().is_cancelled());
        assert!(!on_other.is_finished() && !server.is_up() && other.is_up());
        assert!(server.spawn(async {}).await.unwrap_err().is_cancelled());
        server.restart().unwrap();
        server.spawn(async {}).await.unwrap();
        on_other.abort();
    });
}

#[test]
fn a_host_may_crash_itself() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let task = server.spawn(async move {
            server.crash().unwrap();
            yield_now().await;
            unreachable!("a task of a host that crashed goes on");
        });
        assert!(task.await.unwrap_err().is_cancelled());
    });
}

#[test]
fn the_host_of_the_test_does_not_crash_and_say_nothing() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let here = Host::current();
        let expected = "the body of the test runs on host `localhost`: have another one crash";
        assert_eq!(message(here.crash()), (ErrorKind::InvalidInput, expected.to_owned()));
        let told = server.spawn(async move { message(here.crash()) }).await.unwrap();
        assert_eq!(told, (ErrorKind::InvalidInput, expected.to_owned()));
        let (kind, _) = message(server.enter(|| server.crash()));
        assert_eq!(kind, ErrorKind::InvalidInput);
        assert!(here.is_up() && server.is_up());
    });
}

#[test]
fn who_is_connected_to_a_host_that_crashed_learns_by_sending_when_it_is_up_again() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let mut client = held_by_server(server).await;
        server.crash().unwrap();
        // Nobody says anything.
        assert!(timeout(3600 * SECOND, client.read(&mut [0; 1])).await.is_err());
        client.write_all(b"hello?").await.unwrap();
        sleep(SECOND).await;
        server.restart().unwrap();
        let begin = Instant::now();
        assert_eq!(message(client.read(&mut [0; 1]).await).0, ErrorKind::ConnectionReset);
        assert_eq!(begin.elapsed(), 400 * MS);
        // Its ports are free again, and nobody listens.
        let refused = TcpStream::connect((server.address(), 80)).await;
        assert_eq!(message(refused).0, ErrorKind::ConnectionRefused);
        held_by_server(server).await;
    });
}

#[test]
fn a_socket_whose_host_crashed_is_dead_wherever_it_is() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let (client, mut accepted) = connected(server).await;
        let reading = spawn(async move { message(accepted.read(&mut [0; 1]).await) });
        let listener = server.enter(|| Box::pin(TcpListener::bind("0.0.0.0:81")));
        let listener = server.enter(|| spawn_local(listener)).await.unwrap().unwrap();
        let accepting = spawn(async move { message(listener.accept().await) });
        yield_now().await;
        server.crash().unwrap();
        let expected = (ErrorKind::NotConnected, "host `server` of this socket crashed".to_owned());
        assert_eq!(
            (reading.await.unwrap(), accepting.await.unwrap()),
            (expected.clone(), expected)
        );
        drop(client);
    });
}

#[test]
fn hooks_are_called_at_a_crash_and_a_restart() {
    passes(|| async {
        let [server] = hosts(["server"]);
        let calls = Rc::new(RefCell::new(Vec::new()));
        let (down, up) = (calls.clone(), calls.clone());
        server.on_crash(move || down.borrow_mut().push("down"));
        server.on_restart(move || up.borrow_mut().push("up"));
        server.crash().unwrap();
        server.restart().unwrap();
        server.crash().unwrap();
        assert_eq!(calls.take(), ["down", "up", "down"]);
    });
}

#[test]
fn a_host_that_crashes_keeps_what_it_has_synced_and_the_others_keep_all() {
    let outcome = struck(Kind::TornWrite, &[1; 16], || async {
        let [server, other] = hosts(["server", "other"]);
        let write = |host: &Host| {
            host.spawn(async {
                fs::write("/synced", b"safe").await.unwrap();
                for path in ["/synced", "/"] {
                    fs::File::open(path).await.unwrap().sync_all().await.unwrap();
                }
                fs::write("/not", b"lost").await.unwrap();
            })
        };
        write(&server).await.unwrap();
        write(&other).await.unwrap();
        server.crash().unwrap();
        server.restart().unwrap();
        let read = |host: &Host, path| host.spawn(async move { fs::read(path).await.ok() });
        assert_eq!(read(&server, "/synced").await.unwrap().unwrap(), b"safe");
        assert_eq!(read(&server, "/not").await.unwrap(), None);
        assert_eq!(read(&other, "/not").await.unwrap().unwrap(), b"lost");
        // Here nobody has written.
        assert_eq!(fs::read("/synced").await.ok(), None);
    });
    assert_eq!(outcome.verdict, None);
}
