//! The traits of `futures::io`.

use super::{Faulty, shortened};
use futures_io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite};
use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

impl<T: AsyncRead> AsyncRead for Faulty<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        ready!(this.reads.begin(cx))?;
        let count = shortened(buffer.len());
        let polled = this.inner.poll_read(cx, &mut buffer[..count]);
        this.reads.end(&polled);
        *this.shown = 0;
        polled
    }
}

impl<T: AsyncBufRead> AsyncBufRead for Faulty<T> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.project();
        if *this.shown == 0 {
            ready!(this.reads.begin(cx))?;
        }
        let polled = this.inner.poll_fill_buf(cx);
        this.reads.end(&polled);
        let bytes = ready!(polled)?;
        if *this.shown == 0 {
            *this.shown = shortened(bytes.len());
        }
        Poll::Ready(Ok(&bytes[..bytes.len().min(*this.shown)]))
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        let this = self.project();
        *this.shown = this.shown.saturating_sub(count);
        this.inner.consume(count);
    }
}

impl<T: AsyncWrite> AsyncWrite for Faulty<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        ready!(this.writes.begin(cx))?;
        let polled = this.inner.poll_write(cx, &bytes[..shortened(bytes.len())]);
        this.writes.end(&polled);
        polled
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        ready!(this.writes.begin(cx))?;
        let all = slices.iter().map(|slice| slice.len()).sum();
        let count = shortened(all);
        let polled = if count == all {
            this.inner.poll_write_vectored(cx, slices)
        } else {
            let first = slices.iter().find(|slice| !slice.is_empty());
            this.inner.poll_write(cx, first.map_or(&[], |slice| &slice[..slice.len().min(count)]))
        };
        this.writes.end(&polled);
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        ready!(this.writes.wait(cx));
        let polled = this.inner.poll_flush(cx);
        this.writes.end(&polled);
        polled
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        ready!(this.writes.wait(cx));
        let polled = this.inner.poll_close(cx);
        this.writes.end(&polled);
        polled
    }
}

impl<T: AsyncSeek> AsyncSeek for Faulty<T> {
    fn poll_seek(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        position: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        let this = self.project();
        ready!(this.reads.wait(cx));
        let polled = this.inner.poll_seek(cx, position);
        this.reads.end(&polled);
        *this.shown = 0;
        polled
    }
}
