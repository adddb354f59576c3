//! What happens to an operation before it is begun.

use crate::choice::Kind;
use crate::time::{Sleep, sleep};
use crate::world;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

const A_WHILE: Duration = Duration::from_millis(1);

/// Not at all, until the next poll, for a while.
const WAYS: u32 = 3;

/// What one direction of a stream waits for.
#[derive(Debug, Default)]
pub(super) struct Pause {
    state: State,
    /// The last operation was interrupted.
    interrupted: bool,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Free,
    Waiting(Sleep),
    /// The operation has waited, and does so once.
    Over,
}

impl Pause {
    /// Waits, or is interrupted, if the sampler wants it.
    pub(super) fn begin(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.wait(cx));
        let interrupts = world::current()
            .is_some_and(|core| !self.interrupted && core.strikes(Kind::Interrupted));
        self.interrupted = interrupts;
        if interrupts {
            return Poll::Ready(Err(ErrorKind::Interrupted.into()));
        }
        Poll::Ready(Ok(()))
    }

    /// Waits, if the sampler wants it.
    pub(super) fn wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(core) = world::current() else { return Poll::Ready(()) };
        if let State::Free = self.state {
            match core.strength(Kind::LateEvent, WAYS) {
                0 => {}
                1 => {
                    self.state = State::Over;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                _ => self.state = State::Waiting(sleep(A_WHILE)),
            }
        }
        if let State::Waiting(sleep) = &mut self.state {
            ready!(Pin::new(sleep).poll(cx));
        }
        self.state = State::Over;
        Poll::Ready(())
    }

    /// The operation is over, if it was ready: the next one may have to wait again.
    pub(super) fn end<T>(&mut self, polled: &Poll<T>) {
        if polled.is_ready() {
            self.state = State::Free;
        }
    }
}
