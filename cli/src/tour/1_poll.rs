//! Scene 1: nothing happens until it is polled.

use super::{Part, say};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub(super) const PARTS: &[Part] = &[
    Part::passes("by-hand", |checker| checker.try_check(by_hand)),
    Part::passes("by-the-executor", |checker| checker.try_check(by_the_executor)),
];

// tour: third
/// Is ready when it is polled for the third time.
struct Third {
    polls: u32,
}

impl Future for Third {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.polls += 1;
        say(format!("this is poll {}", self.polls));
        if self.polls == 3 {
            return Poll::Ready("the value");
        }
        // "Poll me again." Without it nobody would; that is scene 4.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
// end

// tour: by-hand
async fn by_hand() {
    let mut third = pin!(Third { polls: 0 });
    say("the future is made");
    // A waker that does nothing: the caller polls again without being asked to.
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(third.as_mut().poll(&mut cx), Poll::Pending);
    say("the caller has the thread again, and does something else");
    assert_eq!(third.as_mut().poll(&mut cx), Poll::Pending);
    assert_eq!(third.as_mut().poll(&mut cx), Poll::Ready("the value"));
}
// end

// tour: by-the-executor
async fn by_the_executor() {
    let third = Third { polls: 0 };
    say("the future is made");
    reveille::yield_now().await;
    say("the others had a turn, and nobody has polled it; now it is awaited");
    assert_eq!(third.await, "the value");
}
// end
