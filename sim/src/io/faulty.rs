//! Any stream, with what a real one may do: fewer bytes than asked for, a wait where
//! there need be none, an interruption.

mod futures;
mod pause;
#[cfg(feature = "tokio")]
mod tokio;

use crate::world;
use pause::Pause;
use pin_project_lite::pin_project;
use std::pin::Pin;

pin_project! {
    /// A stream with faults; see [`with_faults`].
    #[derive(Debug, Default)]
    pub struct Faulty<T> {
        #[pin]
        inner: T,
        reads: Pause,
        writes: Pause,
        // How much of the buffer of a reader was shown and not yet consumed.
        shown: usize,
    }
}

/// Has the operations of `stream` suffer what those of a real one may: to test a codec
/// over a stream of one's own, or over a `Cursor<Vec<u8>>`.
///
/// | fault | what it does |
/// | --- | --- |
/// | `short_io` | a read, a write or a filled buffer is shorter than it could be |
/// | `late_event` | an operation is `Pending` once, and is woken at once or a millisecond later |
/// | `interrupted` | an operation fails with `Interrupted`, not twice in a row; a test has to ask for it, since the traits of `futures::io` forbid it |
///
/// It implements what `stream` implements of `AsyncRead`, `AsyncWrite`, `AsyncBufRead` and
/// `AsyncSeek`; with the feature `tokio` those of tokio, too. Outside a run it is `stream`
/// and nothing else.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncReadExt, Cursor};
/// # reveille::doc(|| async {
/// let mut stream = reveille::io::with_faults(Cursor::new(b"a line\n".to_vec()));
/// let mut line = String::new();
/// stream.read_to_string(&mut line).await.unwrap();
/// assert_eq!(line, "a line\n");
/// # });
/// ```
pub fn with_faults<T>(stream: T) -> Faulty<T> {
    Faulty { inner: stream, reads: Pause::default(), writes: Pause::default(), shown: 0 }
}

impl<T> Faulty<T> {
    /// The stream.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// The stream, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// The stream, pinned.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut T> {
        self.project().inner
    }

    /// The stream, without faults from now on.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

/// How many of `count` bytes an operation moves.
fn shortened(count: usize) -> usize {
    world::current().map_or(count, |core| core.shortened(count))
}
