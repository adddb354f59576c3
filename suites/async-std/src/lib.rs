//! What tests use of async-std: a task is a thread here, and a timeout the time it parks for.
//!
//! The original waits in `epoll`, by system calls that no function of the C library is asked for,
//! and its executor is a static, whose threads would outlive the run that has begun them.

pub use suites_macros::async_std_test as test;

pub mod future {
    //! Futures with a limit.

    use crate::task::look_again_at;
    use std::fmt;
    use std::pin::{Pin, pin};
    use std::time::{Duration, Instant};

    /// The time was over before the future was ready.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TimeoutError(());

    impl fmt::Display for TimeoutError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("future has timed out")
        }
    }

    impl std::error::Error for TimeoutError {}

    /// Waits for `future`, but no longer than `limit`.
    pub async fn timeout<F: Future>(limit: Duration, future: F) -> Result<F::Output, TimeoutError> {
        let deadline = Instant::now() + limit;
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            let polled = Pin::as_mut(&mut future).poll(context).map(Ok);
            if polled.is_pending() {
                if Instant::now() >= deadline {
                    return std::task::Poll::Ready(Err(TimeoutError(())));
                }
                look_again_at(deadline);
            }
            polled
        })
        .await
    }
}

pub mod prelude {
    //! `.timeout(..)` on futures.

    use crate::future::{TimeoutError, timeout};
    use std::time::Duration;

    /// See [`timeout`].
    pub trait FutureExt: Future + Sized {
        /// See [`timeout`].
        fn timeout(
            self,
            limit: Duration,
        ) -> impl Future<Output = Result<Self::Output, TimeoutError>> {
            timeout(limit, self)
        }
    }

    impl<F: Future> FutureExt for F {}
}

pub mod task {
    //! Tasks, each a thread.

    use std::cell::Cell;
    use std::pin::{Pin, pin};
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake};
    use std::thread::{self, Thread};
    use std::time::Instant;

    thread_local! {
        /// When the task is to be polled though nobody woke it.
        static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    }

    pub(crate) fn look_again_at(deadline: Instant) {
        let earlier = DEADLINE.get().map_or(deadline, |known| known.min(deadline));
        DEADLINE.set(Some(earlier));
    }

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Polls `future` to its end.
    pub fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        let waker = Arc::new(Unpark(thread::current())).into();
        loop {
            DEADLINE.set(None);
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            match DEADLINE.get() {
                None => thread::park(),
                Some(deadline) => {
                    thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
                }
            }
        }
    }

    /// A task, to be awaited.
    #[derive(Debug)]
    pub struct JoinHandle<T>(Arc<Shared<T>>);

    #[derive(Debug)]
    struct Shared<T>(std::sync::Mutex<(Option<T>, Option<std::task::Waker>)>);

    /// Has a thread poll `future` to its end.
    pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let shared = Arc::new(Shared(std::sync::Mutex::new((None, None))));
        let theirs = shared.clone();
        thread::spawn(move || {
            let output = block_on(future);
            let mut shared = theirs.0.lock().unwrap();
            shared.0 = Some(output);
            let waker = shared.1.take();
            drop(shared);
            waker.into_iter().for_each(std::task::Waker::wake);
        });
        JoinHandle(shared)
    }

    impl<T> Future for JoinHandle<T> {
        type Output = T;

        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
            let mut shared = self.0.0.lock().unwrap();
            shared.1 = Some(context.waker().clone());
            shared.0.take().map_or(Poll::Pending, Poll::Ready)
        }
    }
}
