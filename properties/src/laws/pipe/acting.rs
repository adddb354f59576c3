//! What the tasks do with an end, step by step.

use super::end::{End, Shared};
use super::line::Wait;
use super::plan::{Reading, Writing};
use crate::breach::Breach;
use crate::laws::play::driver::Notes;
use crate::laws::play::history::bytes;
use crate::laws::play::patience::Patience;
use crate::laws::play::script::Script;
use futures_io::{AsyncRead, AsyncWrite};
use std::future::poll_fn;
use std::io::{self, IoSlice, IoSliceMut};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Whether the end is gone.
type IsGone = bool;

/// Writes to the end as the script says.
pub(super) async fn write<W: AsyncWrite>(
    end: Rc<End<W>>,
    line: Shared,
    notes: Notes,
    script: Script<Writing>,
) -> Result<(), Breach> {
    let writer = Writer { end: &end, line: &line, notes: &notes };
    for step in script.steps {
        let Some(act) = step.due().await else { continue };
        let is_gone = match act {
            Writing::Write(count, patience) => writer.write(&[count], patience).await?,
            Writing::WriteVectored(counts, patience) => writer.write(&counts, patience).await?,
            Writing::Flush(patience) => writer.flush(patience).await?,
            Writing::Close(patience) => writer.close(patience).await?,
            Writing::Drop => {
                notes.note("drop");
                end.let_go().await;
                true
            }
        };
        if is_gone {
            return Ok(());
        }
    }
    notes.note(if script.holds_on { "keeps its end" } else { "needs its end no more" });
    end.leave(script.holds_on).await;
    Ok(())
}

struct Writer<'a, W> {
    end: &'a End<W>,
    line: &'a Shared,
    notes: &'a Notes,
}

impl<W: AsyncWrite> Writer<'_, W> {
    /// Writes a chunk, or several together.
    async fn write(&self, counts: &[usize], patience: Patience) -> Result<IsGone, Breach> {
        let Writer { line, notes, .. } = *self;
        let all: Vec<_> = counts.iter().map(|count| line.borrow_mut().fresh(*count)).collect();
        let chunk = all.concat();
        let slices: Vec<_> = all.iter().map(|chunk| IoSlice::new(chunk)).collect();
        let name = match &all[..] {
            [chunk] => format!("write({chunk:?})"),
            all => format!("write_vectored({all:?})"),
        };
        let poll = |mut writer: Pin<&mut W>, cx: &mut Context<'_>| {
            let before = line.borrow().before();
            line.borrow_mut().offer(&chunk);
            let polled = match &slices[..] {
                [slice] => writer.as_mut().poll_write(cx, slice),
                slices => writer.as_mut().poll_write_vectored(cx, slices),
            };
            let mut line = line.borrow_mut();
            match polled {
                Poll::Pending => match line.withdraw(notes) {
                    Ok(()) => Poll::Pending,
                    Err(breach) => Poll::Ready(Err(breach)),
                },
                Poll::Ready(Err(error)) => {
                    notes.note(format!("{name}: {error}"));
                    let refused = line.withdraw(notes).and_then(|()| line.refused(&error, notes));
                    Poll::Ready(refused)
                }
                Poll::Ready(Ok(count)) => {
                    notes.note(format!("{name}: {}", bytes(count)));
                    Poll::Ready(line.took(before, count, notes))
                }
            }
        };
        line.borrow_mut().writer_waits = Some(Wait::Write(chunk.len()));
        let wrote = self.wait(&name, patience, poll).await;
        line.borrow_mut().writer_waits = None;
        wrote
    }

    async fn flush(&self, patience: Patience) -> Result<IsGone, Breach> {
        self.line.borrow_mut().writer_waits = Some(Wait::Flush);
        let poll = |writer: Pin<&mut W>, cx: &mut Context<'_>| {
            writer.poll_flush(cx).map(|flushed| self.succeeded("flush", flushed))
        };
        let flushed = self.wait("flush", patience, poll).await;
        self.line.borrow_mut().writer_waits = None;
        flushed
    }

    async fn close(&self, patience: Patience) -> Result<IsGone, Breach> {
        self.line.borrow_mut().writer_waits = Some(Wait::Close);
        let poll = |writer: Pin<&mut W>, cx: &mut Context<'_>| {
            self.line.borrow_mut().close_begins();
            writer.poll_close(cx).map(|closed| {
                let is_closed = closed.is_ok();
                self.succeeded("close", closed)?;
                if is_closed {
                    self.line.borrow_mut().close_ends();
                }
                Ok(())
            })
        };
        let closed = self.wait("close", patience, poll).await;
        self.line.borrow_mut().writer_waits = None;
        closed
    }

    fn succeeded(&self, name: &str, result: io::Result<()>) -> Result<(), Breach> {
        match result {
            Ok(()) => {
                self.notes.note(name);
                Ok(())
            }
            Err(error) => {
                self.notes.note(format!("{name}: {error}"));
                self.line.borrow().refused(&error, self.notes)
            }
        }
    }

    async fn wait(
        &self,
        name: &str,
        patience: Patience,
        poll: impl FnMut(Pin<&mut W>, &mut Context<'_>) -> Poll<Result<(), Breach>>,
    ) -> Result<IsGone, Breach> {
        wait(self.end, self.notes, name, patience, poll).await
    }
}

/// Polls an end for as long as `patience` says.
async fn wait<T>(
    end: &End<T>,
    notes: &Notes,
    name: &str,
    patience: Patience,
    mut poll: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<Result<(), Breach>>,
) -> Result<IsGone, Breach> {
    let mut was_pending = false;
    let done = poll_fn(|cx| {
        let polled = end.poll(cx, &mut poll);
        if polled.is_pending() && !was_pending {
            notes.note(format!("{name}: pending"));
            was_pending = true;
        }
        polled
    });
    match patience.wait(done).await {
        Some(Some(done)) => done.map(|()| false),
        Some(None) => Ok(true),
        None => {
            notes.note(format!("{name}: dropped"));
            Ok(false)
        }
    }
}

/// Reads from the end as the script says.
pub(super) async fn read<R: AsyncRead>(
    end: Rc<End<R>>,
    line: Shared,
    notes: Notes,
    script: Script<Reading>,
) -> Result<(), Breach> {
    for step in script.steps {
        let Some(act) = step.due().await else { continue };
        let is_gone = match act {
            Reading::Read(room, patience) => {
                read_into(&end, &line, &notes, &[room], patience).await?
            }
            Reading::ReadVectored(rooms, patience) => {
                read_into(&end, &line, &notes, &rooms, patience).await?
            }
            Reading::Drop => {
                notes.note("drop");
                end.let_go().await;
                true
            }
        };
        if is_gone {
            return Ok(());
        }
    }
    notes.note(if script.holds_on { "keeps its end" } else { "needs its end no more" });
    end.leave(script.holds_on).await;
    Ok(())
}

/// Reads into a buffer, or into several together.
async fn read_into<R: AsyncRead>(
    end: &End<R>,
    line: &Shared,
    notes: &Notes,
    rooms: &[usize],
    patience: Patience,
) -> Result<IsGone, Breach> {
    let name = match rooms {
        [room] => format!("read({room})"),
        rooms => format!("read_vectored({rooms:?})"),
    };
    let room = rooms.iter().sum();
    let poll = |reader: Pin<&mut R>, cx: &mut Context<'_>| {
        let mut buffer = vec![0; room];
        line.borrow_mut().read_begins(room);
        let polled = match rooms {
            [_] => reader.poll_read(cx, &mut buffer),
            rooms => {
                let mut slices = Vec::new();
                let mut left = &mut buffer[..];
                for room in rooms {
                    let (slice, others) = left.split_at_mut(*room);
                    slices.push(IoSliceMut::new(slice));
                    left = others;
                }
                reader.poll_read_vectored(cx, &mut slices)
            }
        };
        line.borrow_mut().read_ends();
        polled.map(|result| match result {
            Ok(count) => {
                notes.note(format!("{name}: {}", bytes(count)));
                line.borrow_mut().came(&buffer, count, notes)
            }
            Err(error) => {
                notes.note(format!("{name}: {error}"));
                notes.breach(format_args!("it failed with `{error}`, where nothing is wrong"))
            }
        })
    };
    line.borrow_mut().reader_waits = Some(Wait::Read(room));
    let came = wait(end, notes, &name, patience, poll).await;
    line.borrow_mut().reader_waits = None;
    came
}
