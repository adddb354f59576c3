//! The laws of `AsyncWrite`.

use super::given::sink::Sink;
use super::play::history::{History, bytes};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_io::AsyncWrite;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::sleep;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// How long, in milliseconds of virtual time, those who carry on what was flushed may
/// take: much longer than what faults delay.
const CARRIED: [u64; 4] = [1, 100, 1_000, 10_000];

/// The laws of `AsyncWrite`, over what `make` makes: a writer whose bytes arrive at the
/// [`Sink`], because it writes to it or because somebody drains its other end.
///
/// ```
/// use futures::io::BufWriter;
/// use reveille::{io::duplex, laws};
///
/// laws::async_write(|sink| BufWriter::with_capacity(6, sink)).runs(100).check();
///
/// laws::async_write(|sink| {
///     let (near, far) = duplex(3);
///     reveille::spawn_daemon(sink.drain(far));
///     near
/// })
/// .runs(100)
/// .check();
/// ```
pub fn async_write<M, W>(make: M) -> Suite<impl Laws>
where
    M: Fn(Sink) -> W,
    W: AsyncWrite,
{
    Suite::new(WriteLaws(make))
}

struct WriteLaws<M>(M);

#[derive(Clone, Debug)]
enum Operation {
    Write(Vec<u8>),
    WriteVectored(Vec<Vec<u8>>),
    /// It is dropped if it has to wait.
    WriteAndDrop(Vec<u8>),
    Flush,
    FlushAndDrop,
    Sleep,
}

fn operation(most: usize) -> BoxedStrategy<Operation> {
    let some = move || vec(any::<u8>(), 0..=(most / 4).max(1));
    prop_oneof![
        4 => some().prop_map(Operation::Write),
        1 => vec(vec(any::<u8>(), 0..=(most / 8).max(1)), 0..4).prop_map(Operation::WriteVectored),
        3 => some().prop_map(Operation::WriteAndDrop),
        2 => Just(Operation::Flush),
        1 => Just(Operation::FlushAndDrop),
        1 => Just(Operation::Sleep),
    ]
    .boxed()
}

impl<M> sealed::Sealed for WriteLaws<M> {}

impl<M, W> Laws for WriteLaws<M>
where
    M: Fn(Sink) -> W,
    W: AsyncWrite,
{
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let arguments = argument("operations", vec(operation(sizes.content), 0..=sizes.operations))
            .and("drop a close", any::<bool>());
        checker.try_check_with(arguments, |(operations, drops_a_close)| async move {
            let sink = Sink::new();
            let mut writing = Writing {
                writer: Box::pin((self.0)(sink.clone())),
                sink,
                accepted: Vec::new(),
                history: History::of("async_write"),
            };
            for operation in operations {
                writing.apply(operation).await?;
                writing.nothing_else_arrived()?;
            }
            if drops_a_close {
                writing.close_and_drop().await?;
            }
            writing.close().await?;
            writing.close_again().await?;
            writing.write_after_close().await
        })
    }
}

/// A writer beside what it has accepted.
struct Writing<W> {
    writer: Pin<Box<W>>,
    sink: Sink,
    accepted: Vec<u8>,
    history: History,
}

impl<W: AsyncWrite> Writing<W> {
    async fn apply(&mut self, operation: Operation) -> Result<(), Breach> {
        match operation {
            Operation::Write(chunk) => {
                let writer = &mut self.writer;
                let result = poll_fn(|cx| writer.as_mut().poll_write(cx, &chunk)).await;
                self.took(format!("write({chunk:?})"), &chunk, result)?;
            }
            Operation::WriteVectored(chunks) => {
                let slices: Vec<_> = chunks.iter().map(|chunk| IoSlice::new(chunk)).collect();
                let writer = &mut self.writer;
                let result = poll_fn(|cx| writer.as_mut().poll_write_vectored(cx, &slices)).await;
                self.took(format!("write_vectored({chunks:?})"), &chunks.concat(), result)?;
            }
            Operation::WriteAndDrop(chunk) => {
                let writer = &mut self.writer;
                let name = format!("write({chunk:?})");
                match poll_fn(|cx| Poll::Ready(writer.as_mut().poll_write(cx, &chunk))).await {
                    Poll::Ready(result) => self.took(name, &chunk, result)?,
                    Poll::Pending => self.history.note(name + ": pending, dropped"),
                }
            }
            Operation::Flush => {
                let result = poll_fn(|cx| self.writer.as_mut().poll_flush(cx)).await;
                self.succeeded("flush", result)?;
                self.all_is_visible("flush").await?;
            }
            Operation::FlushAndDrop => {
                match poll_fn(|cx| Poll::Ready(self.writer.as_mut().poll_flush(cx))).await {
                    Poll::Ready(result) => {
                        self.succeeded("flush", result)?;
                        self.all_is_visible("flush").await?;
                    }
                    Poll::Pending => self.history.note("flush: pending, dropped"),
                }
            }
            Operation::Sleep => {
                self.history.note("sleep");
                sleep(Duration::from_millis(2)).await;
            }
        }
        Ok(())
    }

    /// Looks at what a write gave.
    fn took(
        &mut self,
        name: String,
        chunk: &[u8],
        result: io::Result<usize>,
    ) -> Result<(), Breach> {
        let count = match result {
            Ok(count) => count,
            Err(error) => {
                self.history.note(format!("{name}: {error}"));
                return self.failed(&error);
            }
        };
        self.history.note(format!("{name}: {}", bytes(count)));
        if count > chunk.len() {
            return self.history.breach(format_args!(
                "it says that it took {}, and was given {}",
                bytes(count),
                chunk.len()
            ));
        }
        if count == 0 && !chunk.is_empty() {
            return self.history.breach(format_args!(
                "it took none of {} and did not say why: `write_all` would fail",
                bytes(chunk.len())
            ));
        }
        self.accepted.extend(&chunk[..count]);
        Ok(())
    }

    fn succeeded(&mut self, name: &str, result: io::Result<()>) -> Result<(), Breach> {
        match result {
            Ok(()) => {
                self.history.note(name);
                Ok(())
            }
            Err(error) => {
                self.history.note(format!("{name}: {error}"));
                self.failed(&error)
            }
        }
    }

    fn failed<T>(&self, error: &io::Error) -> Result<T, Breach> {
        self.history.breach(format_args!("it failed with `{error}`, where nothing is wrong"))
    }

    /// What arrived was accepted, in this order.
    fn nothing_else_arrived(&self) -> Result<(), Breach> {
        let arrived = self.sink.arrived();
        let (came, accepted) = (arrived.bytes.clone(), &self.accepted);
        drop(arrived);
        let same = came.iter().zip(accepted).take_while(|(one, other)| one == other).count();
        if same < came.len() {
            return match accepted.get(same) {
                Some(byte) => self.history.breach(format_args!(
                    "other bytes arrived at {same}: expected {byte}, got {}",
                    came[same]
                )),
                None => self.history.breach(format_args!(
                    "{} arrived that it had not accepted: {:?}",
                    bytes(came.len() - same),
                    &came[same..]
                )),
            };
        }
        Ok(())
    }

    /// All that was accepted can be seen, at least once those who carry it have run.
    async fn all_is_visible(&self, after: &str) -> Result<(), Breach> {
        for pause in CARRIED {
            if self.sink.arrived().visible >= self.accepted.len() {
                break;
            }
            sleep(Duration::from_millis(pause)).await;
        }
        self.nothing_else_arrived()?;
        let arrived = self.sink.arrived();
        let (came, visible, accepted) = (arrived.bytes.len(), arrived.visible, self.accepted.len());
        drop(arrived);
        if came < accepted {
            return self.history.breach(format_args!(
                "the {after} is over, and {} of {accepted} did not arrive",
                bytes(accepted - came)
            ));
        }
        if visible < accepted {
            return self.history.breach(format_args!(
                "the {after} is over, and what it writes to was not flushed: {} of {accepted} cannot be seen",
                bytes(accepted - visible)
            ));
        }
        Ok(())
    }

    async fn close_and_drop(&mut self) -> Result<(), Breach> {
        match poll_fn(|cx| Poll::Ready(self.writer.as_mut().poll_close(cx))).await {
            Poll::Ready(result) => self.succeeded("close", result)?,
            Poll::Pending => self.history.note("close: pending, dropped"),
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<(), Breach> {
        let result = poll_fn(|cx| self.writer.as_mut().poll_close(cx)).await;
        self.succeeded("close", result)?;
        self.all_is_visible("close").await?;
        for pause in CARRIED {
            if self.sink.arrived().closed {
                return Ok(());
            }
            sleep(Duration::from_millis(pause)).await;
        }
        match self.sink.arrived().closed {
            true => Ok(()),
            false => self
                .history
                .breach(format_args!("the close is over, and what it writes to is open")),
        }
    }

    async fn close_again(&mut self) -> Result<(), Breach> {
        let result = poll_fn(|cx| self.writer.as_mut().poll_close(cx)).await;
        match result {
            Ok(()) => {
                self.history.note("close");
                Ok(())
            }
            Err(error) => {
                self.history.note(format!("close: {error}"));
                self.history.breach(format_args!("a second close failed with `{error}`"))
            }
        }
    }

    /// It is refused; at the latest by the flush.
    async fn write_after_close(&mut self) -> Result<(), Breach> {
        let writer = &mut self.writer;
        let result = poll_fn(|cx| writer.as_mut().poll_write(cx, &[1])).await;
        let Ok(1..) = result else { return Ok(()) };
        self.history.note("write([1]): accepted after the close");
        if poll_fn(|cx| self.writer.as_mut().poll_flush(cx)).await.is_err() {
            return Ok(());
        }
        self.history.note("flush");
        self.history.breach(format_args!(
            "it accepted a byte after the close and flushed it, and nothing can arrive any more"
        ))
    }
}
