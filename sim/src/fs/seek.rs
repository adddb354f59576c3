//! Moving to another position of a file: the traits of the field.

use super::file::File;
use crate::reactor::elsewhere;
use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

impl File {
    fn poll_seek(&self, cx: &mut Context<'_>, to: SeekFrom) -> Poll<io::Result<u64>> {
        let (core, file) = self.0.get().ok_or_else(elsewhere)?;
        loop {
            ready!(file.settle(cx));
            if let Some(result) = file.work.with(|work| work.take_sought()) {
                return Poll::Ready(result);
            }
            file.begin_seek(core, to);
        }
    }
}

impl futures_io::AsyncSeek for File {
    fn poll_seek(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        File::poll_seek(&self, cx, to)
    }
}

#[cfg(feature = "tokio")]
impl tokio::io::AsyncSeek for File {
    fn start_seek(self: Pin<&mut Self>, to: SeekFrom) -> io::Result<()> {
        let (core, file) = self.0.get().ok_or_else(elsewhere)?;
        if file.work.with(|work| work.is_busy()) {
            let text = "other file operation is pending, call poll_complete before start_seek";
            return Err(io::Error::other(text));
        }
        file.begin_seek(core, to);
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let (_, file) = self.0.get().ok_or_else(elsewhere)?;
        ready!(file.settle(cx));
        let sought = file.work.with(|work| work.take_sought());
        Poll::Ready(sought.unwrap_or_else(|| Ok(file.description.position.get())))
    }
}
