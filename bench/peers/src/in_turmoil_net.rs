//! The network that the authors of turmoil now write apart from it, in the fixture that
//! comes with it. There is no seed: nothing in it is left to chance.
//!
//! A packet may be so long that a piece is one. With the 1,500 bytes of an Ethernet a
//! streamed echo takes three times as long.

use crate::echo::{Echo, Echoed, PORT, serve};
use tokio::time::Instant;
use turmoil_net::fixture::ClientServer;
use turmoil_net::shim::tokio::net::{TcpListener, TcpStream};
use turmoil_net::{KernelConfig, Latency};

const LONGEST_PACKET: u32 = 65_535;

pub fn echo(echo: Echo) -> Echoed {
    ClientServer::with_config(KernelConfig::default().mtu(LONGEST_PACKET))
        .server("server", async {
            let listener = TcpListener::bind(("0.0.0.0", PORT)).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            serve(stream).await.unwrap();
        })
        .run("client", async move {
            let latency = Latency::fixed(echo.latency);
            let _rule = (!echo.latency.is_zero()).then(|| turmoil_net::rule(latency));
            let begin = Instant::now();
            let stream = TcpStream::connect(("server", PORT)).await.unwrap();
            let bytes = echo.ask(stream).await.unwrap();
            Echoed { bytes, took: begin.elapsed() }
        })
}
