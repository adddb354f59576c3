//! Where what was written arrives.

use futures_io::{AsyncRead, AsyncWrite};
use reveille_sim::io::{Faulty, with_faults};
use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Where what was written arrives: the stream beneath a writer, for
/// [`async_write`](crate::laws::async_write).
///
/// It is an `AsyncWrite` that takes fewer bytes than it could, is pending now and then,
/// and holds back what it took until it is flushed or closed. Whoever cannot write to it
/// has it [drain](Sink::drain) what arrives elsewhere. Clones are the same sink.
#[derive(Clone, Debug)]
pub struct Sink {
    arrived: Arc<Mutex<Arrived>>,
    stream: Arc<Mutex<Faulty<Port>>>,
}

#[derive(Debug, Default)]
pub(in crate::laws) struct Arrived {
    pub(in crate::laws) bytes: Vec<u8>,
    /// How many of them can be seen.
    pub(in crate::laws) visible: usize,
    pub(in crate::laws) closed: bool,
}

impl Sink {
    pub(in crate::laws) fn new() -> Sink {
        let arrived = Arc::<Mutex<Arrived>>::default();
        let stream = with_faults(Port(arrived.clone()));
        Sink { arrived, stream: Arc::new(Mutex::new(stream)) }
    }

    pub(in crate::laws) fn arrived(&self) -> MutexGuard<'_, Arrived> {
        lock(&self.arrived)
    }

    /// These bytes arrived, and can be seen.
    pub fn deliver(&self, bytes: &[u8]) {
        let mut arrived = self.arrived();
        arrived.bytes.extend(bytes);
        arrived.visible = arrived.bytes.len();
    }

    /// Nothing more will arrive.
    pub fn end(&self) {
        self.arrived().closed = true;
    }

    /// Delivers all that comes from `reader`, and its end: for a writer whose other end is
    /// read from.
    ///
    /// # Panics
    ///
    /// If a read fails.
    pub async fn drain(self, reader: impl AsyncRead) {
        let mut reader = pin!(reader);
        let mut buffer = [0; 64];
        loop {
            match poll_fn(|cx| reader.as_mut().poll_read(cx, &mut buffer)).await {
                Ok(0) => return self.end(),
                Ok(count) => self.deliver(&buffer[..count]),
                Err(error) => panic!("what was written could not be read: {error}"),
            }
        }
    }

    fn with<R>(&self, f: impl FnOnce(Pin<&mut Faulty<Port>>) -> R) -> R {
        f(Pin::new(&mut lock(&self.stream)))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write_vectored(cx, slices))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(cx))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_close(cx))
    }
}

/// A sink without faults.
#[derive(Debug)]
struct Port(Arc<Mutex<Arrived>>);

impl AsyncWrite for Port {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut arrived = lock(&self.0);
        if arrived.closed {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        arrived.bytes.extend(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut arrived = lock(&self.0);
        if arrived.closed {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        slices.iter().for_each(|slice| arrived.bytes.extend(&slice[..]));
        Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut arrived = lock(&self.0);
        arrived.visible = arrived.bytes.len();
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut arrived = lock(&self.0);
        arrived.visible = arrived.bytes.len();
        arrived.closed = true;
        Poll::Ready(Ok(()))
    }
}
