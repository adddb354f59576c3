//! The future of an operation that owns its buffer.

use super::flight::Flight;
use super::owned::{IoBuf, IoBufMut};
use super::{errno, ring};
use crate::private::Private;
use crate::resident::Handle;
use crate::world::Core;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// An operation in flight that owns its buffer, as tokio-uring has it; see
/// [`Ring::read`](super::Ring::read).
///
/// It resolves to the result and the buffer. Dropped in flight, it leaves the buffer with
/// the kernel, which drops it after the completion.
#[must_use = "dropping it waits for nothing; the operation goes on"]
pub struct Operation<B: 'static>(Handle<Pending<B>>);

/// What the future finds.
pub(super) struct Pending<B> {
    pub(super) buffer: Rc<Loan<B>>,
    pub(super) outcome: Rc<Outcome>,
    pub(super) flight: Rc<Flight>,
}

/// The end of an operation, and who waits for it.
#[derive(Default)]
pub(super) struct Outcome {
    result: Cell<Option<i32>>,
    waker: Private<Option<Waker>>,
}

impl Outcome {
    pub(super) fn complete(&self, core: &Core, result: i32) {
        self.result.set(Some(result));
        if let Some(waker) = self.waker.with(Option::take) {
            core.call_out(|| waker.wake());
        }
    }
}

/// A buffer that the kernel has.
pub(super) trait Lent {
    fn length(&self) -> usize;
    fn contents(&self) -> Vec<u8>;
    fn fill(&self, bytes: &[u8]);
}

/// A buffer that is written from.
pub(super) struct Loan<B> {
    buffer: Private<Option<B>>,
    /// Takes in what was read.
    fill: fn(&mut B, &[u8]),
    length: usize,
}

impl<B: IoBuf> Loan<B> {
    pub(super) fn to_write_from(buffer: B) -> Loan<B> {
        let length = buffer.bytes_init();
        Loan { buffer: Private::new(Some(buffer)), fill: |_, _| {}, length }
    }
}

impl<B: IoBufMut> Loan<B> {
    pub(super) fn to_read_into(buffer: B) -> Loan<B> {
        let length = buffer.bytes_total();
        Loan { buffer: Private::new(Some(buffer)), fill: fill::<B>, length }
    }
}

fn fill<B: IoBufMut>(buffer: &mut B, bytes: &[u8]) {
    let count = bytes.len().min(buffer.bytes_total());
    // SAFETY: a buffer may be written up to its total, and then so much is initialised.
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.stable_mut_ptr(), count);
        buffer.set_init(count);
    }
}

impl<B: IoBuf> Lent for Loan<B> {
    fn length(&self) -> usize {
        self.length
    }

    fn contents(&self) -> Vec<u8> {
        let Some(buffer) = self.buffer.with(Option::take) else { return Vec::new() };
        // SAFETY: so many bytes of it are initialised.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.stable_ptr(), buffer.bytes_init()) };
        let bytes = bytes.to_vec();
        self.buffer.with(|place| *place = Some(buffer));
        bytes
    }

    fn fill(&self, bytes: &[u8]) {
        if let Some(mut buffer) = self.buffer.with(Option::take) {
            (self.fill)(&mut buffer, bytes);
            self.buffer.with(|place| *place = Some(buffer));
        }
    }
}

impl<B: IoBuf> Operation<B> {
    pub(super) fn new(core: &Core, pending: Pending<B>) -> Operation<B> {
        Operation(Handle::new(core, Rc::new(pending)))
    }

    /// Asks for the operation to be cancelled. It resolves to `ECANCELED` if that comes in
    /// time, and as ever if not.
    pub fn cancel(&self) {
        if let Some((core, pending)) = self.0.get() {
            pending.flight.cancel(core, true);
        }
    }
}

impl<B: IoBuf> Future for Operation<B> {
    type Output = (io::Result<usize>, B);

    /// # Panics
    ///
    /// After it was ready, and outside of its run.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (_, pending) = self.0.get().unwrap_or_else(|| ring::lost("operation"));
        let outcome = &pending.outcome;
        let Some(result) = outcome.result.get() else {
            let kept = outcome.waker.with(Option::take);
            let waker = match kept {
                Some(kept) if kept.will_wake(cx.waker()) => kept,
                _ => cx.waker().clone(),
            };
            drop(outcome.waker.with(|place| place.replace(waker)));
            return Poll::Pending;
        };
        let buffer = pending.buffer.buffer.with(Option::take);
        let buffer = buffer.expect("`Operation` polled after completion");
        Poll::Ready((errno::result(result), buffer))
    }
}

impl<B> fmt::Debug for Operation<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").finish_non_exhaustive()
    }
}
