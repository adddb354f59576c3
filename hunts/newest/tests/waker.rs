//! Published ways to make a waker, in their newest versions.

use futures_util::task::ArcWake;
use reveille::laws::{self, Callback};
use std::sync::Arc;
use std::task::{Wake, Waker};

#[test]
fn waker_fn() {
    laws::waker(|callback: Callback| waker_fn::waker_fn(move || callback.call())).check();
}

struct Calls(Callback);

impl ArcWake for Calls {
    fn wake_by_ref(this: &Arc<Self>) {
        this.0.call();
    }
}

#[test]
fn futures_arc_wake() {
    laws::waker(|callback| futures_util::task::waker(Arc::new(Calls(callback)))).check();
}

impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        self.0.call();
    }
}

#[test]
fn std_wake() {
    laws::waker(|callback| Waker::from(Arc::new(Calls(callback)))).check();
}
