//! A parker and a `block_on` for threads, whole and with a line missing.

use reveille_loom::models::{BlockOn, Parker};
use reveille_loom::sync::{Condvar, Mutex};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};

/// The line that is missing.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Missing {
    Nothing,
    TheToken,
    TheBell,
}

// tour: parker
pub(super) struct Parks {
    token: Mutex<bool>,
    bell: Condvar,
    missing: Missing,
}

impl Parker for Parks {
    /// Waits for the token, and takes it.
    fn park(&self) {
        let mut token = self.token.lock().unwrap();
        while !*token {
            // Gives up the lock and begins to wait in one step.
            token = self.bell.wait(token).unwrap();
        }
        *token = false;
    }

    /// Leaves the token, whether or not somebody waits.
    fn unpark(&self) {
        let mut token = self.token.lock().unwrap();
        if self.missing != Missing::TheToken {
            *token = true;
        }
        drop(token);
        if self.missing != Missing::TheBell {
            self.bell.notify_one();
        }
    }
}
// end

impl Parks {
    pub(super) fn without(missing: Missing) -> Parks {
        Parks { token: Mutex::new(false), bell: Condvar::new(), missing }
    }
}

pub(super) struct ByParking(pub(super) Missing);

// tour: block-on
impl Wake for Parks {
    fn wake(self: Arc<Self>) {
        self.unpark();
    }
}

impl BlockOn for ByParking {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let parker = Arc::new(Parks::without(self.0));
        let waker = parker.clone().into();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            parker.park();
        }
    }
}
// end
