//! The history of a run as it comes about.
//!
//! Every moment is a tick of a counter. An operation is called when its future is made and
//! ends when that is ready or has been dropped, so its time is rather too long than too
//! short, and nothing that is right is called wrong.

use super::{Effect, End, Operation};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// What the operations of a run did; clones write into the same. What a thing under test is
/// given, and may want to send, has one as well.
pub(in super::super) struct Log<O, A>(Arc<Mutex<Entries<O, A>>>);

struct Entries<O, A> {
    now: u64,
    operations: Vec<Operation<O, A>>,
}

impl<O, A> Clone for Log<O, A> {
    fn clone(&self) -> Log<O, A> {
        Log(self.0.clone())
    }
}

impl<O: Clone, A: Clone> Log<O, A> {
    pub(in super::super) fn new() -> Log<O, A> {
        Log(Arc::new(Mutex::new(Entries { now: 0, operations: Vec::new() })))
    }

    /// What came about so far. What has not ended waits.
    pub(in super::super) fn history(&self) -> Vec<Operation<O, A>> {
        self.entries().operations.clone()
    }

    /// Whether operations have begun and not ended.
    pub(in super::super) fn is_busy(&self) -> bool {
        let entries = self.entries();
        entries.operations.iter().any(|operation| matches!(operation.end, End::Waiting))
    }

    /// An operation is called; its place in the history.
    pub(in super::super) fn call(&self, task: usize, op: O) -> usize {
        let mut entries = self.entries();
        let called = entries.tick();
        let end = End::Waiting;
        entries.operations.push(Operation { task, op, called, queued: None, end });
        entries.operations.len() - 1
    }

    /// Nothing came of the call so far.
    pub(in super::super) fn call_again(&self, at: usize) {
        let mut entries = self.entries();
        let called = entries.tick();
        entries.operations[at].called = called;
    }

    /// Takes back the last call, which came to nothing.
    pub(in super::super) fn retract(&self, at: usize) {
        self.entries().operations.truncate(at);
    }

    pub(in super::super) fn answer(&self, at: usize, answer: A) {
        self.end(at, |at| End::Returned { at, answer });
    }

    /// Nobody waits for the operation any more, unless it has ended.
    pub(in super::super) fn give_up(&self, at: usize, effect: Effect) {
        self.end(at, |at| End::Dropped { at, effect });
    }

    /// Whoever had the operation is gone, and it noted nothing if it has not ended.
    pub(in super::super) fn forget(&self, at: usize, effect: Effect) {
        self.end(at, |at| End::Forgotten { at, effect });
    }

    fn end(&self, at: usize, end: impl FnOnce(u64) -> End<A>) {
        let mut entries = self.entries();
        let now = entries.tick();
        let operation = &mut entries.operations[at];
        if matches!(operation.end, End::Waiting) {
            operation.end = end(now);
        }
    }

    fn queue(&self, at: usize) {
        let mut entries = self.entries();
        let now = entries.tick();
        entries.operations[at].queued.get_or_insert(now);
    }

    fn entries(&self) -> MutexGuard<'_, Entries<O, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what becomes of `future`, which is the operation `at`.
    pub(in super::super) fn follow<F: Future + Unpin, T: FnOnce(&F::Output) -> A>(
        &self,
        at: usize,
        effect: Effect,
        future: F,
        answer: T,
    ) -> Followed<O, A, F, T> {
        Followed { log: self.clone(), at, effect, running: Some((future, answer)) }
    }
}

impl<O, A> Entries<O, A> {
    fn tick(&mut self) -> u64 {
        let now = self.now;
        self.now += 1;
        now
    }
}

/// A future whose fate is noted.
pub(in super::super) struct Followed<O: Clone, A: Clone, F, T> {
    log: Log<O, A>,
    at: usize,
    /// If it is dropped.
    effect: Effect,
    /// The future, and what its output answers; none once it was ready.
    running: Option<(F, T)>,
}

impl<O: Clone, A: Clone, F, T> Future for Followed<O, A, F, T>
where
    F: Future + Unpin,
    T: FnOnce(&F::Output) -> A + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let Some((future, _)) = &mut this.running else { return Poll::Pending };
        let Poll::Ready(output) = Pin::new(future).poll(cx) else {
            this.log.queue(this.at);
            return Poll::Pending;
        };
        if let Some((future, answer)) = this.running.take() {
            this.log.answer(this.at, answer(&output));
            drop(future);
        }
        Poll::Ready(output)
    }
}

impl<O: Clone, A: Clone, F, T> Drop for Followed<O, A, F, T> {
    fn drop(&mut self) {
        // What the drop does is part of the operation.
        self.running = None;
        self.log.give_up(self.at, self.effect);
    }
}
