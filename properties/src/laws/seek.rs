//! The laws of `AsyncSeek`.

use super::read::{MOST_ROOM, Reading, content};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_io::{AsyncRead, AsyncSeek};
use proptest::collection::vec;
use proptest::prelude::*;
use std::future::poll_fn;
use std::io::{self, Seek, SeekFrom};

/// The laws of `AsyncSeek`, over what `make` makes: a reader of `content`, at its start.
///
/// ```
/// use futures::io::{BufReader, Cursor};
/// use reveille::laws;
///
/// laws::async_seek(|content| BufReader::with_capacity(5, Cursor::new(content)))
///     .runs(100)
///     .check();
/// ```
pub fn async_seek<M, R>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<u8>) -> R,
    R: AsyncRead + AsyncSeek,
{
    Suite::new(SeekLaws(make))
}

struct SeekLaws<M>(M);

#[derive(Clone, Debug)]
enum Operation {
    Seek(SeekFrom),
    Read(usize),
    /// It is dropped if it has to wait.
    ReadAndDrop(usize),
    Sleep,
}

fn operation(most: usize) -> BoxedStrategy<Operation> {
    let most = most as i64;
    let position = prop_oneof![
        3 => (0..=most + 4).prop_map(|at| SeekFrom::Start(at as u64)),
        3 => (-most..=most).prop_map(SeekFrom::Current),
        3 => (-most - 4..=4).prop_map(SeekFrom::End),
        1 => Just(SeekFrom::Current(0)),
        1 => prop_oneof![Just(SeekFrom::Current(i64::MIN)), Just(SeekFrom::End(i64::MIN))],
    ];
    prop_oneof![
        4 => position.prop_map(Operation::Seek),
        3 => (0..=MOST_ROOM).prop_map(Operation::Read),
        1 => (0..=MOST_ROOM).prop_map(Operation::ReadAndDrop),
        1 => Just(Operation::Sleep),
    ]
    .boxed()
}

impl<M> sealed::Sealed for SeekLaws<M> {}

impl<M, R> Laws for SeekLaws<M>
where
    M: Fn(Vec<u8>) -> R,
    R: AsyncRead + AsyncSeek,
{
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let arguments = argument("operations", vec(operation(sizes.content), 0..=sizes.operations))
            .and("content", content(sizes.content))
            .and("room at last", 1..=MOST_ROOM);
        checker.try_check_with(arguments, |(operations, content, room)| async move {
            let mut reading = Reading::new("async_seek", (self.0)(content.clone()), content);
            for operation in operations {
                match operation {
                    Operation::Seek(position) => reading.seek(position).await?,
                    Operation::Read(room) => drop(reading.read(room).await?),
                    Operation::ReadAndDrop(room) => reading.read_and_drop(room).await?,
                    Operation::Sleep => reading.sleep().await,
                }
            }
            reading.seek(SeekFrom::Current(0)).await?;
            reading.finish(room).await
        })
    }
}

impl<R: AsyncRead + AsyncSeek> Reading<R> {
    async fn seek(&mut self, position: SeekFrom) -> Result<(), Breach> {
        let mut model = io::Cursor::new(&self.content);
        model.set_position(self.at as u64);
        let expected = model.seek(position);
        let got = self.sought(position).await;
        match (expected, got) {
            (Ok(expected), Ok(got)) if got == expected => {
                self.at = got as usize;
                Ok(())
            }
            (Ok(expected), Ok(got)) => self.history.breach(format_args!(
                "it says that it is at {got}, and should be at {expected}, of {}",
                self.content.len()
            )),
            (Ok(_), Err(error)) => self.failed(&error),
            (Err(_), Ok(got)) => self.history.breach(format_args!(
                "it says that it is at {got}, where a position before the start was asked for"
            )),
            (Err(_), Err(_)) => self.stayed().await,
        }
    }

    /// After a seek that failed.
    async fn stayed(&mut self) -> Result<(), Breach> {
        match self.sought(SeekFrom::Current(0)).await {
            Ok(got) if got == self.at as u64 => Ok(()),
            Ok(got) => self
                .history
                .breach(format_args!("a seek that failed moved it from {} to {got}", self.at)),
            Err(error) => self.failed(&error),
        }
    }

    async fn sought(&mut self, position: SeekFrom) -> io::Result<u64> {
        let result = poll_fn(|cx| self.reader.as_mut().poll_seek(cx, position)).await;
        self.history.note(match &result {
            Ok(at) => format!("seek({position:?}): at {at}"),
            Err(error) => format!("seek({position:?}): {error}"),
        });
        result
    }
}
