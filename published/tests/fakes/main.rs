//! Published crates over the fakes: whatever a run suffers, what was sent arrives, nobody
//! hangs, and nobody breaks a law. Each file is an example of how a crate that does I/O is
//! tested.

mod compression;
mod framed;
mod http1;
mod http2;
mod hyper_http2;
mod network;
mod tls;
mod websocket;
