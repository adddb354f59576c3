//! What one task at a time may use, though a waker that is called meanwhile may run another.

use reveille_sim::quietly;
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

/// A value that one task at a time uses. Whoever comes meanwhile waits until it is free: in
/// safe code nobody could have a second `&mut` to it.
pub(in crate::laws) struct Held<T> {
    value: RefCell<T>,
    line: RefCell<Vec<Waker>>,
}

impl<T> Held<T> {
    pub(in crate::laws) fn new(value: T) -> Held<T> {
        Held { value: RefCell::new(value), line: RefCell::default() }
    }

    /// Uses it in a poll, which is pending while another task does.
    pub(in crate::laws) fn poll<O>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut T, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<O> {
        let Ok(mut value) = self.value.try_borrow_mut() else {
            let waker = cx.waker().clone();
            self.line.borrow_mut().push(waker);
            return Poll::Pending;
        };
        let polled = poll(&mut value, cx);
        drop(value);
        self.is_free();
        polled
    }

    /// Waits until no other task uses it. What is done then, without another wait, may use it
    /// by [`with`](Self::with).
    pub(in crate::laws) async fn free(&self) {
        poll_fn(|cx| self.poll(cx, |_, _| Poll::Ready(()))).await;
    }

    /// Uses it now.
    pub(in crate::laws) fn with<O>(&self, f: impl FnOnce(&mut T) -> O) -> O {
        let result = f(&mut self.value.borrow_mut());
        self.is_free();
        result
    }

    /// Those who wait go on later: whoever used it has yet to note what came of that.
    fn is_free(&self) {
        let line = self.line.take();
        if !line.is_empty() {
            quietly(|| line.into_iter().for_each(Waker::wake));
        }
    }
}

impl<T: Default> Default for Held<T> {
    fn default() -> Self {
        Held::new(T::default())
    }
}
