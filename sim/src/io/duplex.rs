//! Two ends that are connected, as tokio's `duplex`.

use super::end::{End, HasEnd, pair, tries};
use super::implement_io;
use crate::resident::Handle;
use crate::world;

/// A pair of connected streams: what is written to one is read from the other, up to
/// `capacity` bytes in each direction at a time.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncReadExt, AsyncWriteExt};
/// # reveille::doc(|| async {
/// let (mut client, mut server) = reveille::io::duplex(64);
/// client.write_all(b"ping").await.unwrap();
/// let mut buffer = [0; 4];
/// server.read_exact(&mut buffer).await.unwrap();
/// assert_eq!(&buffer, b"ping");
/// # });
/// ```
///
/// # Panics
///
/// Outside a run, and if `capacity` is 0, as tokio's does: nothing could ever be
/// written.
#[must_use]
#[track_caller]
pub fn duplex(capacity: usize) -> (DuplexStream, DuplexStream) {
    let core = world::expect_current("duplex");
    assert!(capacity > 0, "`duplex` was called with a capacity of 0: expected at least 1");
    let number = core.sources.get();
    let names = [format!("duplex {number}a"), format!("duplex {number}b")];
    let [one, other] = pair(core, [&names[0], &names[1]], [capacity; 2]);
    (DuplexStream(one), DuplexStream(other))
}

/// An end of a [`duplex`].
///
/// Closing it ends what the peer reads. Dropping it closes both directions: the peer
/// still reads what was written, and its writes fail with `BrokenPipe`.
#[derive(Debug)]
pub struct DuplexStream(Handle<End>);

impl HasEnd for DuplexStream {
    fn end(&self) -> &Handle<End> {
        &self.0
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        self.hang_up();
    }
}

tries!(DuplexStream: read, write);
implement_io!(DuplexStream: read, write);
