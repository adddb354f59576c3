//! Places for code of the user's where he seldom puts it: destructors and wakers.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

/// Calls a function when it is dropped.
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A waker that calls a function; the tests use it on one thread only.
struct Calls(Box<dyn Fn()>);
// SAFETY: see above.
unsafe impl Send for Calls {}
// SAFETY: as above.
unsafe impl Sync for Calls {}
impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        (self.0)();
    }
}
pub(crate) fn calls(f: impl Fn() + 'static) -> Waker {
    Arc::new(Calls(Box::new(f))).into()
}

pub(crate) type Slot<T> = Rc<RefCell<Option<T>>>;

pub(crate) fn shelving(shelf: Slot<Waker>) -> impl Future<Output = ()> {
    poll_fn(move |cx| {
        *shelf.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    })
}
