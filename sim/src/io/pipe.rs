//! A way for bytes in one direction, as a pipe of Unix or tokio's `simplex`.

use super::end::{End, HasEnd, pair, tries};
use super::implement_io;
use crate::resident::Handle;
use crate::world;

/// A pipe that holds up to `capacity` bytes.
///
/// When the writer is closed or gone, the reader reads what is left and then comes to
/// the end. When the reader is gone, writes fail with `BrokenPipe`, those that wait
/// included.
///
/// ```
/// # use reveille_sim as reveille;
/// use futures::io::{AsyncReadExt, AsyncWriteExt};
/// # reveille::doc(|| async {
/// let (mut reader, mut writer) = reveille::io::pipe(4);
/// let writing = reveille::spawn(async move { writer.write_all(b"more than four").await });
/// let mut text = String::new();
/// reader.read_to_string(&mut text).await.unwrap();
/// assert_eq!(text, "more than four");
/// writing.await.unwrap().unwrap();
/// # });
/// ```
///
/// # Panics
///
/// Outside a run, and if `capacity` is 0: nothing could ever be written.
#[must_use]
#[track_caller]
pub fn pipe(capacity: usize) -> (PipeReader, PipeWriter) {
    let core = world::expect_current("pipe");
    assert!(capacity > 0, "`pipe` was called with a capacity of 0: expected at least 1");
    let number = core.sources.get();
    let names = [format!("pipe {number} (reader)"), format!("pipe {number} (writer)")];
    let [reader, writer] = pair(core, [&names[0], &names[1]], [capacity, 0]);
    (PipeReader(reader), PipeWriter(writer))
}

/// The end of a [`pipe`] that is read from.
#[derive(Debug)]
pub struct PipeReader(Handle<End>);

/// The end of a [`pipe`] that is written to. Dropping it closes it.
#[derive(Debug)]
pub struct PipeWriter(Handle<End>);

impl HasEnd for PipeReader {
    fn end(&self) -> &Handle<End> {
        &self.0
    }
}

impl HasEnd for PipeWriter {
    fn end(&self) -> &Handle<End> {
        &self.0
    }
}

impl Drop for PipeReader {
    fn drop(&mut self) {
        self.hang_up();
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        self.hang_up();
    }
}

tries!(PipeReader: read);
tries!(PipeWriter: write);
implement_io!(PipeReader: read);
implement_io!(PipeWriter: write);
