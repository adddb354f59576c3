//! The laws of `AsyncRead`.

use super::given::inner::{Inners, Pause, Source};
use super::play::history::{History, bytes};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_io::AsyncRead;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::draw;
use reveille_sim::time::sleep;
use std::future::poll_fn;
use std::io::{self, IoSliceMut};
use std::mem;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// Room in a buffer at most.
pub(super) const MOST_ROOM: usize = 12;

/// Chunks of a content, after which it comes as a whole: draws may be 0 for ever.
const MOST_CHUNKS: usize = 20;

const PENDING_AND_WRITTEN: &str = "pending, though it wrote to the buffer";

/// The laws of `AsyncRead`, over what `make` makes: a reader of `content`.
///
/// `make` is called inside a run, so it may spawn who writes the content:
///
/// ```
/// use futures::AsyncWriteExt;
/// use reveille::{io::pipe, laws, spawn};
///
/// laws::async_read(|content| {
///     let (reader, mut writer) = pipe(3);
///     spawn(async move { writer.write_all(&content).await });
///     reader
/// })
/// .runs(100)
/// .check();
/// ```
pub fn async_read<M, R>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<u8>) -> R,
    R: AsyncRead,
{
    Suite::new(ReadLaws(make))
}

/// The laws of [`async_read()`], over what `make` makes of a [`Source`] of chunks of the content,
/// which come at times that the suite decides. It must not be polled any more after its end.
///
/// ```
/// use futures::TryStreamExt;
/// use reveille::laws;
///
/// laws::stream_reader(|chunks| chunks.into_async_read()).runs(100).check();
/// ```
pub fn stream_reader<M, R>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source<io::Result<Vec<u8>>>) -> R,
    R: AsyncRead,
{
    async_read(move |content: Vec<u8>| make(chunks(&content)))
}

/// The content in pieces, some of them empty.
fn chunks(mut content: &[u8]) -> Source<io::Result<Vec<u8>>> {
    let pauses = || match draw(4) {
        0 | 1 => Vec::new(),
        2 => vec![Pause::Turn],
        _ => vec![Pause::Millis(1)],
    };
    let mut chunks = Vec::new();
    while !content.is_empty() {
        let count = (draw(5) as usize).min(content.len());
        let (chunk, rest) = content.split_at(count);
        chunks.push((pauses(), Ok(chunk.to_vec())));
        content = rest;
        if count == 0 && chunks.len() > MOST_CHUNKS {
            chunks.push((pauses(), Ok(mem::take(&mut content).to_vec())));
        }
    }
    Source::of(&Inners::of("stream_reader"), "the stream of chunks", chunks, pauses())
}

struct ReadLaws<M>(M);

#[derive(Clone, Debug)]
enum Operation {
    Read(usize),
    ReadVectored(Vec<usize>),
    /// It is dropped if it has to wait.
    ReadAndDrop(usize),
    Sleep,
}

fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![
        4 => (0..=MOST_ROOM).prop_map(Operation::Read),
        1 => vec(0..=MOST_ROOM / 2, 0..4).prop_map(Operation::ReadVectored),
        3 => (0..=MOST_ROOM).prop_map(Operation::ReadAndDrop),
        1 => Just(Operation::Sleep),
    ]
    .boxed()
}

/// What is to be read: any bytes, that become 1, 2, 3 where it does not matter which they
/// are, so that each shows where it comes from. It is made small after the operations,
/// since fewer of them need less.
pub(super) fn content(most: usize) -> BoxedStrategy<Vec<u8>> {
    let number = |bytes: Vec<u8>| {
        let numbers = (1..=u8::MAX).cycle();
        bytes.into_iter().zip(numbers).map(|(byte, number)| byte.wrapping_add(number)).collect()
    };
    vec(any::<u8>(), 0..=most).prop_map(number).boxed()
}

impl<M> sealed::Sealed for ReadLaws<M> {}

impl<M, R> Laws for ReadLaws<M>
where
    M: Fn(Vec<u8>) -> R,
    R: AsyncRead,
{
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let arguments = argument("operations", vec(operation(), 0..=sizes.operations))
            .and("content", content(sizes.content))
            .and("room at last", 1..=MOST_ROOM);
        checker.try_check_with(arguments, |(operations, content, room)| async move {
            let mut reading = Reading::new("async_read", (self.0)(content.clone()), content);
            for operation in operations {
                match operation {
                    Operation::Read(room) => drop(reading.read(room).await?),
                    Operation::ReadVectored(rooms) => reading.read_vectored(&rooms).await?,
                    Operation::ReadAndDrop(room) => reading.read_and_drop(room).await?,
                    Operation::Sleep => reading.sleep().await,
                }
            }
            reading.finish(room).await
        })
    }
}

/// A reader beside the content that it should read.
pub(super) struct Reading<R> {
    pub(super) reader: Pin<Box<R>>,
    pub(super) content: Vec<u8>,
    /// How far it has come.
    pub(super) at: usize,
    pub(super) history: History,
}

impl<R> Reading<R> {
    pub(super) fn new(laws: &'static str, reader: R, content: Vec<u8>) -> Reading<R> {
        Reading { reader: Box::pin(reader), content, at: 0, history: History::of(laws) }
    }

    /// What is to come.
    pub(super) fn rest(&self) -> &[u8] {
        self.content.get(self.at..).unwrap_or(&[])
    }

    /// Lets others go on.
    pub(super) async fn sleep(&mut self) {
        self.history.note("sleep");
        sleep(Duration::from_millis(2)).await;
    }

    /// An operation that gave an error, where there is no reason for one.
    pub(super) fn failed<T>(&self, error: &io::Error) -> Result<T, Breach> {
        self.history.breach(format_args!("it failed with `{error}`, where nothing is wrong"))
    }
}

impl<R: AsyncRead> Reading<R> {
    /// Reads into a buffer with `room`; answers how much.
    pub(super) async fn read(&mut self, room: usize) -> Result<usize, Breach> {
        let mut buffer = self.buffer(room);
        let name = format!("read({room})");
        let mut noted = false;
        let result = poll_fn(|cx| {
            let polled = self.reader.as_mut().poll_read(cx, &mut buffer);
            if polled.is_pending() && !noted && self.is_touched(&buffer) {
                self.history.note(format!("{name}: {PENDING_AND_WRITTEN}"));
                noted = true;
            }
            polled
        })
        .await;
        self.took(name, result, &buffer)
    }

    /// The same, but nobody waits for it.
    pub(super) async fn read_and_drop(&mut self, room: usize) -> Result<(), Breach> {
        let mut buffer = self.buffer(room);
        let name = format!("read({room})");
        match poll_fn(|cx| Poll::Ready(self.reader.as_mut().poll_read(cx, &mut buffer))).await {
            Poll::Ready(result) => drop(self.took(name, result, &buffer)?),
            Poll::Pending if self.is_touched(&buffer) => {
                self.history.note(format!("{name}: {PENDING_AND_WRITTEN}, dropped"));
            }
            Poll::Pending => self.history.note(name + ": pending, dropped"),
        }
        Ok(())
    }

    async fn read_vectored(&mut self, rooms: &[usize]) -> Result<(), Breach> {
        let mut buffer = self.buffer(rooms.iter().sum());
        let name = format!("read_vectored({rooms:?})");
        let result = poll_fn(|cx| {
            let mut slices = Vec::new();
            let mut left = &mut buffer[..];
            for room in rooms {
                let (slice, others) = left.split_at_mut(*room);
                slices.push(IoSliceMut::new(slice));
                left = others;
            }
            self.reader.as_mut().poll_read_vectored(cx, &mut slices)
        })
        .await;
        self.took(name, result, &buffer).map(drop)
    }

    /// Reads to the end, and past it.
    pub(super) async fn finish(&mut self, room: usize) -> Result<(), Breach> {
        while self.read(room).await? > 0 {}
        for _ in 0..2 {
            self.read(room).await?;
        }
        Ok(())
    }

    /// A buffer in which every byte differs from the one that should come there.
    fn buffer(&self, room: usize) -> Vec<u8> {
        (0..room).map(|at| self.untouched(at)).collect()
    }

    fn untouched(&self, at: usize) -> u8 {
        self.rest().get(at).map_or(0xA5, |byte| !byte)
    }

    /// Whether anything was written to the buffer. That is no breach: what is beyond the
    /// bytes that are said to be read may be scratch. It explains how bytes got lost.
    fn is_touched(&self, buffer: &[u8]) -> bool {
        buffer.iter().enumerate().any(|(at, byte)| *byte != self.untouched(at))
    }

    /// Looks at what a read gave.
    fn took(
        &mut self,
        name: String,
        result: io::Result<usize>,
        buffer: &[u8],
    ) -> Result<usize, Breach> {
        let count = self.counted(name, result, buffer.len())?;
        self.came(&buffer[..count])?;
        Ok(count)
    }

    /// How many bytes it says that it read.
    fn counted(
        &mut self,
        name: String,
        result: io::Result<usize>,
        room: usize,
    ) -> Result<usize, Breach> {
        let count = match result {
            Ok(count) => count,
            Err(error) => {
                self.history.note(format!("{name}: {error}"));
                return self.failed(&error);
            }
        };
        self.history.note(format!("{name}: {}", bytes(count)));
        if count > room {
            return self.history.breach(format_args!(
                "it says that it read {} into a buffer with room for {room}",
                bytes(count)
            ));
        }
        if count == 0 && room > 0 && !self.rest().is_empty() {
            return self.history.breach(format_args!(
                "it says that the end is reached at {}, with {} to come",
                self.at,
                bytes(self.rest().len())
            ));
        }
        Ok(count)
    }

    /// Compares the bytes that came with those that should have come.
    fn came(&mut self, came: &[u8]) -> Result<(), Breach> {
        let rest = self.rest();
        if came.len() > rest.len() {
            return self.history.breach(format_args!(
                "it read {} past the end: {:?}",
                bytes(came.len() - rest.len()),
                &came[rest.len()..]
            ));
        }
        if came != &rest[..came.len()] {
            return self.history.breach(format_args!(
                "it read other bytes at {}: expected {:?}, got {came:?}",
                self.at,
                &rest[..came.len()]
            ));
        }
        self.at += came.len();
        Ok(())
    }
}
