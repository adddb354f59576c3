//! The laws of pipes: what goes in at one end comes out at the other.

mod acting;
mod end;
mod line;
mod plan;
mod run;

use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_io::{AsyncRead, AsyncWrite};
use line::Promises;

/// A pipe for the suite [`pipe()`]: how to make one, and what it promises. A closure is one:
///
/// ```
/// use reveille::{io, laws};
///
/// laws::pipe(|| {
///     let (reader, writer) = io::pipe(4);
///     (writer, reader)
/// })
/// .runs(100)
/// .check();
/// ```
///
/// A type says more than that:
///
/// ```
/// use reveille::{io, laws};
///
/// #[derive(Clone)]
/// struct OfFour;
///
/// impl laws::Pipe for OfFour {
///     type Writer = io::PipeWriter;
///     type Reader = io::PipeReader;
///
///     fn open(&self) -> (io::PipeWriter, io::PipeReader) {
///         let (reader, writer) = io::pipe(4);
///         (writer, reader)
///     }
///
///     fn capacity(&self) -> Option<usize> {
///         Some(4)
///     }
/// }
///
/// laws::pipe(OfFour).runs(100).check();
/// ```
pub trait Pipe: Clone + 'static {
    /// Where bytes go in.
    type Writer: AsyncWrite + 'static;
    /// Where they come out.
    type Reader: AsyncRead + 'static;

    /// Makes one, inside a run.
    fn open(&self) -> (Self::Writer, Self::Reader);

    /// How many bytes it holds at most, and whoever writes less than that waits for nothing. By
    /// default it is not known: then a write should not wait where nothing is left to be read.
    fn capacity(&self) -> Option<usize> {
        None
    }

    /// Whether the end comes when the writer is gone, and was not closed. By default it does.
    fn ends_with_the_writer(&self) -> bool {
        true
    }

    /// Whether a write fails once the reader is gone. By default it does.
    fn tells_the_writer(&self) -> bool {
        true
    }

    /// Whether a read without room, or a write of nothing, may wait. By default it may not.
    fn waits_with_nothing(&self) -> bool {
        false
    }
}

impl<F, W, R> Pipe for F
where
    F: Fn() -> (W, R) + Clone + 'static,
    W: AsyncWrite + 'static,
    R: AsyncRead + 'static,
{
    type Writer = W;
    type Reader = R;

    fn open(&self) -> (W, R) {
        self()
    }
}

/// A pair of ends for the suite [`duplex()`], each of which reads what the other writes: how to make
/// one, and what it promises. A closure is one, as of a [`Pipe`]:
///
/// ```
/// use reveille::{io, laws};
///
/// laws::duplex(|| io::duplex(4)).runs(100).check();
/// ```
pub trait Duplex: Clone + 'static {
    /// An end.
    type End: AsyncRead + AsyncWrite + 'static;

    /// Makes two, inside a run.
    fn open(&self) -> (Self::End, Self::End);

    /// How many bytes it holds at most of each direction, as in [`Pipe::capacity`].
    fn capacity(&self) -> Option<usize> {
        None
    }

    /// Whether the end comes when the other end is gone, and was not closed. By default it does.
    fn ends_with_the_writer(&self) -> bool {
        true
    }

    /// Whether a write fails once the other end is gone. By default it does.
    fn tells_the_writer(&self) -> bool {
        true
    }

    /// Whether a read without room, or a write of nothing, may wait. By default it may not.
    fn waits_with_nothing(&self) -> bool {
        false
    }
}

impl<F, E> Duplex for F
where
    F: Fn() -> (E, E) + Clone + 'static,
    E: AsyncRead + AsyncWrite + 'static,
{
    type End = E;

    fn open(&self) -> (E, E) {
        self()
    }
}

/// The laws of a pipe, whose ends two tasks have: the bytes that were accepted come out once and in
/// order, and others do not; the end comes when the writer is closed or gone, and all was read; a
/// write fails when the reader is gone; a wait that is dropped takes and gives nothing; and whoever
/// waits when all is at rest has a reason to.
///
/// See [`Pipe`] for what to tell of one, with an example.
pub fn pipe<P: Pipe>(pipe: P) -> Suite<impl Laws> {
    Suite::new(PipeLaws(pipe))
}

/// The laws of a [`pipe()`] in both directions at once: each end has a task that writes and one that
/// reads. A close is one of its own direction.
///
/// See [`Duplex`] for what to tell of one, with an example.
pub fn duplex<D: Duplex>(duplex: D) -> Suite<impl Laws> {
    Suite::new(DuplexLaws(duplex))
}

struct PipeLaws<P>(P);

impl<P> sealed::Sealed for PipeLaws<P> {}

impl<P: Pipe> Laws for PipeLaws<P> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let promises = Promises {
            capacity: self.0.capacity(),
            ends_with_the_writer: self.0.ends_with_the_writer(),
            tells_the_writer: self.0.tells_the_writer(),
            waits_with_nothing: self.0.waits_with_nothing(),
        };
        promises.refuse_nonsense("Pipe")?;
        let arguments = argument("writer", plan::writer(sizes.steps()))
            .and("reader", plan::reader(sizes.steps()));
        checker.try_check_with(arguments, |(writes, reads)| {
            run::pipe(self.0.clone(), promises, writes, reads)
        })
    }
}

struct DuplexLaws<D>(D);

impl<D> sealed::Sealed for DuplexLaws<D> {}

impl<D: Duplex> Laws for DuplexLaws<D> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let promises = Promises {
            capacity: self.0.capacity(),
            ends_with_the_writer: self.0.ends_with_the_writer(),
            tells_the_writer: self.0.tells_the_writer(),
            waits_with_nothing: self.0.waits_with_nothing(),
        };
        promises.refuse_nonsense("Duplex")?;
        let (writer, reader) = (|| plan::writer(sizes.steps()), || plan::reader(sizes.steps()));
        let arguments = argument("first end writes", writer())
            .and("first end reads", reader())
            .and("second end writes", writer())
            .and("second end reads", reader());
        checker.try_check_with(arguments, |(writes, reads, others_writes, others_reads)| {
            run::duplex(self.0.clone(), promises, [(writes, reads), (others_writes, others_reads)])
        })
    }
}
