//! The process of a model does not outlive the one that waits for it.

use reveille_loom::{Model, sync, thread};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const ADDRESS: &str = "ORPHANS_ADDRESS";
/// Iterations, of which a second has some thousands.
const LONG: usize = 20_000;

#[test]
#[ignore = "it takes minutes; the other test runs it, and kills it"]
fn long() {
    static LINE: OnceLock<TcpStream> = OnceLock::new();
    static SINCE: AtomicUsize = AtomicUsize::new(0);
    Model::new("four threads", || {
        let mut line = LINE.get_or_init(|| {
            let line = TcpStream::connect(std::env::var(ADDRESS).unwrap()).unwrap();
            line.set_nonblocking(true).unwrap();
            line
        });
        // Whoever waited is dead, and this has gone on for long.
        if SINCE.load(Relaxed) > 0 || line.read(&mut [0]).is_ok() {
            SINCE.fetch_add(1, Relaxed);
        }
        if SINCE.load(Relaxed) == LONG {
            line.write_all(b"!").unwrap();
        }
        let sum = sync::Arc::new(sync::atomic::AtomicUsize::new(0));
        let threads = [(); 3].map(|()| {
            let sum = sum.clone();
            thread::spawn(move || {
                for _ in 0..8 {
                    sum.fetch_add(1, Relaxed);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    })
    .check();
}

#[test]
fn who_waits_is_killed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut waits = Command::new(std::env::current_exe().unwrap())
        .args(["long", "--exact", "--ignored"])
        .env(ADDRESS, listener.local_addr().unwrap().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut line, _) = listener.accept().unwrap();
    waits.kill().unwrap();
    waits.wait().unwrap();
    let _ = line.write_all(b"!");
    // This returns when the process of the model has ended, or says that it goes on.
    let said = line.read(&mut [0]);
    assert!(!matches!(said, Ok(1..)), "the process of the model went on");
}
