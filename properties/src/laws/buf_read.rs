//! The laws of `AsyncBufRead`.

use super::play::history::bytes;
use super::read::{MOST_ROOM, Reading, content};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_io::AsyncBufRead;
use proptest::collection::vec;
use proptest::prelude::*;
use std::future::poll_fn;
use std::io;
use std::task::Poll;

/// The laws of `AsyncBufRead`, over what `make` makes: a reader of `content`.
///
/// ```
/// use futures::io::{BufReader, Cursor};
/// use reveille::{io::with_faults, laws};
///
/// laws::async_buf_read(|content| {
///     with_faults(BufReader::with_capacity(5, with_faults(Cursor::new(content))))
/// })
/// .runs(100)
/// .check();
/// ```
pub fn async_buf_read<M, R>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<u8>) -> R,
    R: AsyncBufRead,
{
    Suite::new(BufReadLaws(make))
}

struct BufReadLaws<M>(M);

#[derive(Clone, Debug)]
enum Operation {
    /// Of what is shown, so much is consumed.
    Fill {
        consume: usize,
    },
    /// It is dropped if it has to wait.
    FillAndDrop {
        consume: usize,
    },
    Read(usize),
    ReadAndDrop(usize),
    Sleep,
}

fn operation() -> BoxedStrategy<Operation> {
    let some = || prop_oneof![1 => Just(0), 3 => 0..=MOST_ROOM];
    prop_oneof![
        4 => some().prop_map(|consume| Operation::Fill { consume }),
        3 => some().prop_map(|consume| Operation::FillAndDrop { consume }),
        1 => (0..=MOST_ROOM).prop_map(Operation::Read),
        1 => (0..=MOST_ROOM).prop_map(Operation::ReadAndDrop),
        1 => Just(Operation::Sleep),
    ]
    .boxed()
}

impl<M> sealed::Sealed for BufReadLaws<M> {}

impl<M, R> Laws for BufReadLaws<M>
where
    M: Fn(Vec<u8>) -> R,
    R: AsyncBufRead,
{
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let arguments = argument("operations", vec(operation(), 0..=sizes.operations))
            .and("content", content(sizes.content))
            .and("consumed at last", 1..=MOST_ROOM);
        checker.try_check_with(arguments, |(operations, content, at_last)| async move {
            let reading = Reading::new("async_buf_read", (self.0)(content.clone()), content);
            let mut filling = Filling { reading, left: 0 };
            for operation in operations {
                match operation {
                    Operation::Fill { consume } => drop(filling.fill(consume).await?),
                    Operation::FillAndDrop { consume } => filling.fill_and_drop(consume).await?,
                    Operation::Read(room) => {
                        filling.left = 0;
                        filling.reading.read(room).await?;
                    }
                    Operation::ReadAndDrop(room) => {
                        filling.left = 0;
                        filling.reading.read_and_drop(room).await?;
                    }
                    Operation::Sleep => filling.reading.sleep().await,
                }
            }
            while filling.fill(at_last).await? > 0 {}
            filling.fill(at_last).await?;
            filling.reading.finish(at_last).await
        })
    }
}

struct Filling<R> {
    reading: Reading<R>,
    /// What was shown last and was not consumed.
    left: usize,
}

impl<R: AsyncBufRead> Filling<R> {
    /// Fills the buffer and consumes some of it; answers how much it held.
    async fn fill(&mut self, consume: usize) -> Result<usize, Breach> {
        let reader = &mut self.reading.reader;
        let shown = poll_fn(|cx| reader.as_mut().poll_fill_buf(cx).map_ok(<[u8]>::to_vec)).await;
        self.shown(shown, consume)
    }

    async fn fill_and_drop(&mut self, consume: usize) -> Result<(), Breach> {
        let reader = &mut self.reading.reader;
        let polled =
            poll_fn(|cx| Poll::Ready(reader.as_mut().poll_fill_buf(cx).map_ok(<[u8]>::to_vec)));
        match polled.await {
            Poll::Ready(shown) => drop(self.shown(shown, consume)?),
            Poll::Pending => self.reading.history.note("fill_buf: pending, dropped"),
        }
        Ok(())
    }

    fn shown(&mut self, shown: io::Result<Vec<u8>>, consume: usize) -> Result<usize, Breach> {
        let history = &mut self.reading.history;
        let shown = match shown {
            Ok(shown) => shown,
            Err(error) => {
                history.note(format!("fill_buf: {error}"));
                return self.reading.failed(&error);
            }
        };
        history.note(format!("fill_buf: {}", bytes(shown.len())));
        self.compare(&shown)?;
        let consumed = consume.min(shown.len());
        self.reading.history.note(format!("consume({consumed})"));
        self.reading.reader.as_mut().consume(consumed);
        self.reading.at += consumed;
        self.left = shown.len() - consumed;
        Ok(shown.len())
    }

    fn compare(&self, shown: &[u8]) -> Result<(), Breach> {
        let (rest, history) = (self.reading.rest(), &self.reading.history);
        if shown.len() < self.left {
            return history.breach(format_args!(
                "it shows {}, after {} that it showed and that were not consumed",
                bytes(shown.len()),
                bytes(self.left)
            ));
        }
        if shown.is_empty() && !rest.is_empty() {
            return history.breach(format_args!(
                "it shows the end at {}, with {} to come",
                self.reading.at,
                bytes(rest.len())
            ));
        }
        if !rest.starts_with(shown) {
            return history.breach(format_args!(
                "it shows other bytes at {}: expected the first of {rest:?}, got {shown:?}",
                self.reading.at
            ));
        }
        Ok(())
    }
}
