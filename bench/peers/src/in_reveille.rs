//! A run of Reveille with two hosts.

use crate::echo::{Echo, Echoed, PORT, serve};
use reveille_sim::net::{self, TcpListener, TcpStream};
use reveille_sim::time::Instant;
use reveille_sim::{Sampler, Settings, World};

pub fn echo(
    world: &mut World,
    settings: &Settings,
    sampler: &mut impl Sampler,
    run: u64,
    echo: Echo,
) -> Echoed {
    let outcome = world.run(settings, sampler, run, || async move {
        let server = net::host("server").build().unwrap();
        net::default_latency(echo.latency).unwrap();
        let listener = server.spawn(TcpListener::bind(("0.0.0.0", PORT))).await.unwrap().unwrap();
        drop(server.spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            serve(stream).await.unwrap();
        }));
        let begin = Instant::now();
        let stream = TcpStream::connect(("server", PORT)).await.unwrap();
        let bytes = echo.ask(stream).await.unwrap();
        Echoed { bytes, took: begin.elapsed() }
    });
    assert!(outcome.verdict.is_none(), "{:?}", outcome.verdict);
    outcome.output.expect("a run without a verdict has an output")
}
