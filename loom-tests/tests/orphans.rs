//! The process of a model does not outlive the one that waits for it.

use reveille_loom::sync::Arc;
use reveille_loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use reveille_loom::{Model, thread};
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const ADDRESS: &str = "ORPHANS_ADDRESS";

#[test]
#[ignore = "it takes minutes; the other test runs it, and kills it"]
fn long() {
    static LINE: OnceLock<Option<TcpStream>> = OnceLock::new();
    Model::new("four threads", || {
        // As long as the process lives, so does the line.
        LINE.get_or_init(|| TcpStream::connect(std::env::var(ADDRESS).ok()?).ok());
        let sum = Arc::new(AtomicUsize::new(0));
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
    // This returns when the process of the model has ended.
    let _ = line.read(&mut [0]);
}
