//! Published pipes of their newest versions.

use reveille::laws::{self, Compat, Duplex, Pipe};
use tokio::io::{DuplexStream, ReadHalf, SimplexStream, WriteHalf};
use tokio_util::io::simplex;

const CAPACITY: usize = 4;

#[derive(Clone)]
struct TokioDuplex;

impl Duplex for TokioDuplex {
    type End = Compat<DuplexStream>;

    fn open(&self) -> (Self::End, Self::End) {
        let (near, far) = tokio::io::duplex(CAPACITY);
        (Compat::new(near), Compat::new(far))
    }

    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }
}

#[test]
fn tokio_duplex() {
    laws::duplex(TokioDuplex).check();
}

/// Halves of one stream, which goes with both.
#[derive(Clone)]
struct TokioSimplex;

impl Pipe for TokioSimplex {
    type Writer = Compat<WriteHalf<SimplexStream>>;
    type Reader = Compat<ReadHalf<SimplexStream>>;

    fn open(&self) -> (Self::Writer, Self::Reader) {
        let (reader, writer) = tokio::io::simplex(CAPACITY);
        (Compat::new(writer), Compat::new(reader))
    }

    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }

    fn ends_with_the_writer(&self) -> bool {
        false
    }

    fn tells_the_writer(&self) -> bool {
        false
    }
}

#[test]
fn tokio_simplex() {
    laws::pipe(TokioSimplex).check();
}

#[derive(Clone)]
struct TokioUtilSimplex;

impl Pipe for TokioUtilSimplex {
    type Writer = Compat<simplex::Sender>;
    type Reader = Compat<simplex::Receiver>;

    fn open(&self) -> (Self::Writer, Self::Reader) {
        let (sender, receiver) = simplex::new(CAPACITY);
        (Compat::new(sender), Compat::new(receiver))
    }

    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }
}

#[test]
fn tokio_util_simplex() {
    laws::pipe(TokioUtilSimplex).check();
}

#[derive(Clone)]
struct FuturesRingbuf;

impl Duplex for FuturesRingbuf {
    type End = futures_ringbuf::Endpoint;

    fn open(&self) -> (Self::End, Self::End) {
        futures_ringbuf::Endpoint::pair(CAPACITY, CAPACITY)
    }

    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }

    // It tells who reads alone.
    fn tells_the_writer(&self) -> bool {
        false
    }

    fn waits_with_nothing(&self) -> bool {
        true
    }
}

#[test]
fn futures_ringbuf_endpoints() {
    laws::duplex(FuturesRingbuf).check();
}
