//! tokio 1.53.3: `BufReader::poll_complete` without a seek of its own says that it is at the start,
//! though the reader beneath has an operation pending. Fixed in 1.54.1 (pull request 8599).
#![cfg(test)]

use reveille::draw;
use reveille::laws::{self, Compat};
use reveille::time::{Sleep, sleep};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncSeek, BufReader, ReadBuf};

/// What a file does elsewhere.
enum Work {
    Read(usize),
    /// After as many bytes back as were read ahead.
    Seek(SeekFrom, u64),
}

/// One operation at a time goes on elsewhere, as with `tokio::fs::File`, and what a read that was
/// given up has read is kept.
struct File {
    content: Cursor<Vec<u8>>,
    ahead: Vec<u8>,
    work: Option<(Work, Pin<Box<Sleep>>)>,
}

impl File {
    fn begin(&mut self, work: Work) {
        let time = Duration::from_millis(draw(3).into());
        self.work = Some((work, Box::pin(sleep(time))));
    }

    /// Waits for what goes on; where a seek went to.
    fn settle(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<u64>>> {
        let Some((_, sleep)) = &mut self.work else { return Poll::Ready(Ok(None)) };
        ready!(sleep.as_mut().poll(cx));
        match self.work.take() {
            Some((Work::Read(room), _)) => {
                self.ahead.resize(room, 0);
                let count = self.content.read(&mut self.ahead)?;
                self.ahead.truncate(count);
                Poll::Ready(Ok(None))
            }
            Some((Work::Seek(to, ahead), _)) => {
                self.content.set_position(self.content.position() - ahead);
                Poll::Ready(self.content.seek(to).map(Some))
            }
            None => Poll::Ready(Ok(None)),
        }
    }
}

impl AsyncRead for File {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.work.is_none() && self.ahead.is_empty() {
            self.begin(Work::Read(buffer.remaining()));
        }
        while self.work.is_some() {
            if ready!(self.settle(cx))?.is_some() {
                self.begin(Work::Read(buffer.remaining()));
            }
        }
        let count = self.ahead.len().min(buffer.remaining());
        let rest = self.ahead.split_off(count);
        buffer.put_slice(&mem::replace(&mut self.ahead, rest));
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for File {
    fn start_seek(mut self: Pin<&mut Self>, to: SeekFrom) -> io::Result<()> {
        if self.work.is_some() {
            return Err(io::Error::other("other file operation is pending"));
        }
        let ahead = mem::take(&mut self.ahead).len() as u64;
        self.begin(Work::Seek(to, ahead));
        Ok(())
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let at = ready!(self.settle(cx))?;
        Poll::Ready(Ok(at.unwrap_or(self.content.position())))
    }
}

#[test]
fn keeps_the_laws_of_seekers() {
    laws::async_seek(|content| {
        let file = File { content: Cursor::new(content), ahead: Vec::new(), work: None };
        Compat::new(BufReader::with_capacity(5, file))
    })
    .check();
}
