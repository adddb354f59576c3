//! A run of madsim with two nodes, on the thread that asks for it: `#[madsim::test]` would
//! start a thread for each.
//!
//! Whatever the latency, what is sent is under way for a millisecond at least: that is the
//! shortest sleep there.

use crate::echo::{Echo, Echoed, PORT, serve};
use madsim::net::{TcpListener, TcpStream};
use madsim::runtime::Runtime;
use madsim::time::Instant;
use std::net::SocketAddr;
use std::time::Duration;

pub fn echo(seed: u64, echo: Echo) -> Echoed {
    let mut config = madsim::Config::default();
    // A range that holds one latency.
    config.net.send_latency = echo.latency..echo.latency + Duration::from_nanos(1);
    let runtime = Runtime::with_seed_and_config(seed, config);
    let address = SocketAddr::from(([10, 0, 0, 1], PORT));
    let server = runtime.create_node().ip(address.ip()).build();
    let client = runtime.create_node().ip([10, 0, 0, 2].into()).build();
    runtime.block_on(async {
        let listener = server.spawn(TcpListener::bind(address)).await.unwrap().unwrap();
        drop(server.spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            serve(stream).await.unwrap();
        }));
        let asking = client.spawn(async move {
            let begin = Instant::now();
            let stream = TcpStream::connect(address).await.unwrap();
            let bytes = echo.ask(stream).await.unwrap();
            Echoed { bytes, took: begin.elapsed() }
        });
        asking.await.unwrap()
    })
}
