//! The traits of tokio.

use super::{Faulty, shortened};
use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

impl<T: AsyncRead> AsyncRead for Faulty<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        ready!(this.reads.begin(cx))?;
        let count = shortened(buffer.remaining());
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(count));
        let polled = this.inner.poll_read(cx, &mut part);
        this.reads.end(&polled);
        *this.shown = 0;
        ready!(polled)?;
        let count = part.filled().len();
        buffer.advance(count);
        Poll::Ready(Ok(()))
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

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        ready!(this.writes.wait(cx));
        let polled = this.inner.poll_flush(cx);
        this.writes.end(&polled);
        polled
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        ready!(this.writes.wait(cx));
        let polled = this.inner.poll_shutdown(cx);
        this.writes.end(&polled);
        polled
    }
}

impl<T: AsyncSeek> AsyncSeek for Faulty<T> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        self.project().inner.start_seek(position)
    }

    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let this = self.project();
        ready!(this.reads.wait(cx));
        let polled = this.inner.poll_complete(cx);
        this.reads.end(&polled);
        *this.shown = 0;
        polled
    }
}
