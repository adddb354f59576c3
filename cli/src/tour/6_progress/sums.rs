//! A combinator that wakes itself between two items, and one that loops.

use crate::tour::{say, task};
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

// tour: sum
/// A stream whose next number is always there, until somebody stops it.
struct Numbers {
    last: u32,
    stopped: Rc<Cell<bool>>,
}

impl Numbers {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Option<u32>> {
        self.last += 1;
        Poll::Ready(if self.stopped.get() { None } else { Some(self.last) })
    }
}

/// Adds the numbers up, as `fold` does.
pub(super) struct Sum {
    numbers: Numbers,
    sum: u64,
    poll: fn(&mut Sum, &mut Context<'_>) -> Poll<u64>,
}

impl Future for Sum {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        let poll = self.poll;
        poll(&mut self, cx)
    }
}
// end

impl Sum {
    // tour: wakes-itself
    /// One number a poll.
    pub(super) fn wakes_itself(&mut self, cx: &mut Context<'_>) -> Poll<u64> {
        match self.numbers.poll_next(cx) {
            Poll::Ready(None) => return Poll::Ready(self.sum),
            Poll::Ready(Some(number)) => {
                self.sum += u64::from(number);
                say(format!("it has added {number}, and can get on"));
                cx.waker().wake_by_ref();
            }
            // The stream has the waker.
            Poll::Pending => {}
        }
        Poll::Pending
    }
    // end

    // tour: loops
    /// As many numbers as there are.
    pub(super) fn loops(&mut self, cx: &mut Context<'_>) -> Poll<u64> {
        loop {
            match self.numbers.poll_next(cx) {
                Poll::Ready(None) => return Poll::Ready(self.sum),
                Poll::Ready(Some(number)) => {
                    self.sum += u64::from(number);
                    // As above, but it goes on all the same.
                    cx.waker().wake_by_ref();
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
    // end
}

// tour: stop
pub(super) async fn sum_and_stop(poll: fn(&mut Sum, &mut Context<'_>) -> Poll<u64>) {
    let stopped = Rc::new(Cell::new(false));
    let numbers = Numbers { last: 0, stopped: stopped.clone() };
    let sum = task("sum", Sum { numbers, sum: 0, poll });
    let other = task("other", async move {
        reveille::yield_now().await;
        say("it has its second turn, and stops the numbers");
        stopped.set(true);
    });
    sum.await.unwrap();
    other.await.unwrap();
}
// end
