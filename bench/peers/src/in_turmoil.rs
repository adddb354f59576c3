//! A simulation of turmoil, whose time goes by in ticks; in each of them every host gets a
//! turn.
//!
//! Ticks and buffers are its defaults, which are the best for it here. What is sent waits
//! for a tick in any case, so that longer ticks are as many. With buffers for more
//! segments, more are under way on the link, which looks at all of them for each: that
//! halves its speed where they take time.

use crate::echo::{Echo, Echoed, PORT, serve};
use std::cell::Cell;
use std::rc::Rc;
use tokio::time::Instant;
use turmoil::net::{TcpListener, TcpStream};

pub fn echo(seed: u64, echo: Echo) -> Echoed {
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .min_message_latency(echo.latency)
        .max_message_latency(echo.latency)
        .build();
    sim.host("server", || async {
        let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
        let (stream, _) = listener.accept().await?;
        Ok(serve(stream).await?)
    });
    let result = Rc::new(Cell::new(None));
    let told = result.clone();
    sim.client("client", async move {
        let begin = Instant::now();
        let stream = TcpStream::connect(("server", PORT)).await?;
        let bytes = echo.ask(stream).await?;
        told.set(Some(Echoed { bytes, took: begin.elapsed() }));
        Ok(())
    });
    sim.run().unwrap();
    result.take().expect("a simulation ends when its clients have")
}
