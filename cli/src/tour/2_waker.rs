//! Scene 2: who gives the waker to whom.

use super::{Part, say, task};
use reveille::Law;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

pub(super) const PARTS: &[Part] = &[
    Part::passes("latest", |checker| checker.try_check(|| guest_and_bells(Keeps::Latest))),
    Part::breaks("first", Law::StaleWaker, |checker| {
        checker.try_check(|| guest_and_bells(Keeps::First))
    }),
];

/// Which waker a bell keeps of a guest that is polled several times.
#[derive(Clone, Copy)]
enum Keeps {
    Latest,
    First,
}

// tour: bell
/// An event source: it rings once.
struct Bell {
    name: &'static str,
    rang: Cell<bool>,
    waker: RefCell<Option<Waker>>,
    keeps: Keeps,
}

impl Bell {
    fn ring(&self) {
        self.rang.set(true);
        say(format!("the {} bell rings", self.name));
        let waker = self.waker.take();
        waker.into_iter().for_each(Waker::wake);
        say("the guest was asked to be polled, and was not polled in here");
    }

    /// Whether it has rung; if not, it keeps the waker of who asks.
    fn poll_rang(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.rang.get() {
            return Poll::Ready(());
        }
        let mut waker = self.waker.borrow_mut();
        match self.keeps {
            Keeps::Latest => *waker = Some(cx.waker().clone()),
            // Saves a clone in every poll but the first.
            Keeps::First => drop(waker.get_or_insert_with(|| cx.waker().clone())),
        }
        Poll::Pending
    }
}
// end

// tour: both
/// Waits for two bells at once.
struct Both(Rc<[Bell; 2]>);

impl Future for Both {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let [first, second] = self.0.each_ref().map(|bell| bell.poll_rang(cx));
        if first.is_ready() && second.is_ready() { Poll::Ready(()) } else { Poll::Pending }
    }
}

async fn guest_and_bells(keeps: Keeps) {
    let bell = |name| Bell { name, rang: Cell::new(false), waker: RefCell::new(None), keeps };
    let bells = Rc::new(["first", "second"].map(bell));
    let guest = task("guest", Both(bells.clone()));
    for bell in &*bells {
        reveille::yield_now().await;
        bell.ring();
    }
    guest.await.unwrap();
}
// end
