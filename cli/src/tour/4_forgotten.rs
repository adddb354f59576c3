//! Scene 4: Pending, and nobody was asked for a wake.

use super::{Part, say, task};
use reveille::Law;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

pub(super) const PARTS: &[Part] = &[
    Part::breaks("no-waker", Law::PendingWithoutWaker, |checker| {
        checker.try_check(|| open_and_enter(Fault::NoWaker))
    }),
    Part::breaks("dropped", Law::WakerDropped, |checker| {
        checker.try_check(|| open_and_enter(Fault::Drops))
    }),
    Part::passes("right", |checker| checker.try_check(|| open_and_enter(Fault::None))),
];

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    NoWaker,
    Drops,
}

// tour: door
/// A door, and the waker of who waits in front of it.
struct Door {
    is_open: Cell<bool>,
    waiter: RefCell<Option<Waker>>,
    fault: Fault,
}

impl Door {
    fn open(&self) {
        say("the door is opened");
        self.is_open.set(true);
        let waiter = self.waiter.take();
        if self.fault == Fault::Drops {
            // "It is open, so nobody needs to wait any more."
            return drop(waiter);
        }
        waiter.into_iter().for_each(Waker::wake);
    }
}

/// Waits until the door is open.
struct Enter(Rc<Door>);

impl Future for Enter {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let door = &self.0;
        if door.is_open.get() {
            return Poll::Ready(());
        }
        if door.fault != Fault::NoWaker {
            *door.waiter.borrow_mut() = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}
// end

// tour: run
async fn open_and_enter(fault: Fault) {
    let door = Rc::new(Door { is_open: Cell::new(false), waiter: RefCell::new(None), fault });
    let guest = task("guest", Enter(door.clone()));
    reveille::yield_now().await;
    door.open();
    guest.await.unwrap();
}
// end
