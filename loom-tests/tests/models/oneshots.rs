//! Channels for one value, and what goes wrong with them.

use super::{breaks, holds};
use expect_test::expect;
use reveille_loom::cell::UnsafeCell;
use reveille_loom::models::{OneshotReceiver, OneshotSender, Sent, oneshot};
use reveille_loom::sync::Arc;
use reveille_loom::sync::atomic::{AtomicUsize, Ordering::*};
use std::task::{Context, Poll, Waker};

/// What is wrong with a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// The receiver is woken, and then the value is there.
    WakesFirst,
    /// A sender that goes says nothing.
    SilentDrop,
    /// The waker that is there stays.
    KeepsTheFirst,
    /// The receiver looks for the value, and then registers.
    RegistersLast,
    /// What says that the value is there orders nothing.
    Relaxed,
    /// A value for a receiver that is gone stays where it is.
    Forgets,
    /// The receiver's waker stays when both are gone.
    LeaksTheWaker,
    /// Registers without telling anybody that a waker is there.
    RegistersInSecret,
}

const WAITS: usize = 1;
const SENT: usize = 2;
const CLOSED: usize = 4;

/// Bits say what there is: a waker, a value or the end of the sender, no receiver.
struct Shared {
    bits: AtomicUsize,
    value: UnsafeCell<Option<Sent>>,
    waker: UnsafeCell<Option<Waker>>,
    mistake: Mistake,
}

// SAFETY: the bits say who may touch what; loom tells if they do not.
unsafe impl Sync for Shared {}
// SAFETY: a waker and a value may be sent.
unsafe impl Send for Shared {}

impl Shared {
    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn order(&self) -> std::sync::atomic::Ordering {
        if self.is(Mistake::Relaxed) { Relaxed } else { AcqRel }
    }

    /// The sender has done what it does; answers what there was.
    fn tell(&self) -> usize {
        let before = self.bits.fetch_or(SENT, self.order());
        if before & WAITS != 0 && before & CLOSED == 0 {
            // SAFETY: WAITS says that a waker is there, which the receiver leaves alone from SENT on.
            let waker = self.waker.with(|waker| unsafe { (*waker).clone() });
            if let Some(waker) = waker {
                waker.wake();
            }
        }
        before
    }

    fn put(&self, value: Option<Sent>) {
        // SAFETY: without SENT, the value is the sender's.
        self.value.with_mut(|at| unsafe { *at = value });
    }

    fn take(&self) -> Option<Sent> {
        // SAFETY: SENT has come, and the sender is gone, or its value is nobody's.
        self.value.with_mut(|at| unsafe { (*at).take() })
    }
}

struct Sender(Option<Arc<Shared>>);
struct Receiver(Arc<Shared>);

fn channel(mistake: Mistake) -> (Sender, Receiver) {
    let shared = Arc::new(Shared {
        bits: AtomicUsize::new(0),
        value: UnsafeCell::new(None),
        waker: UnsafeCell::new(None),
        mistake,
    });
    (Sender(Some(shared.clone())), Receiver(shared))
}

impl OneshotSender for Sender {
    fn send(mut self, value: Sent) -> Result<(), Sent> {
        let Some(shared) = self.0.take() else { return Err(value) };
        if shared.is(Mistake::WakesFirst) {
            shared.tell();
            shared.put(Some(value));
            return Ok(());
        }
        shared.put(Some(value));
        if shared.tell() & CLOSED == 0 {
            return Ok(());
        }
        if shared.is(Mistake::Forgets) {
            std::mem::forget(shared.take());
            return Ok(());
        }
        shared.take().map_or(Ok(()), Err)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take()
            && !shared.is(Mistake::SilentDrop)
        {
            shared.tell();
        }
    }
}

impl Receiver {
    fn register(&self, waker: &Waker) {
        let shared = &self.0;
        if shared.is(Mistake::KeepsTheFirst) && shared.bits.load(Relaxed) & WAITS != 0 {
            return;
        }
        // The sender must not look at the waker meanwhile; if it has, SENT tells.
        let before = shared.bits.fetch_and(!WAITS, shared.order());
        if before & SENT != 0 {
            return;
        }
        // SAFETY: without WAITS, and without SENT before, the sender leaves the waker alone.
        shared.waker.with_mut(|at| unsafe { *at = Some(waker.clone()) });
        if !shared.is(Mistake::RegistersInSecret) {
            shared.bits.fetch_or(WAITS, shared.order());
        }
    }

    fn has_come(&self) -> bool {
        let order = if self.0.is(Mistake::Relaxed) { Relaxed } else { Acquire };
        self.0.bits.load(order) & SENT != 0
    }
}

impl OneshotReceiver for Receiver {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Sent>> {
        if self.has_come() {
            return Poll::Ready(self.0.take());
        }
        self.register(cx.waker());
        if !self.0.is(Mistake::RegistersLast) && self.has_come() {
            return Poll::Ready(self.0.take());
        }
        Poll::Pending
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let shared = &self.0;
        let before = shared.bits.fetch_or(CLOSED, AcqRel);
        if before & SENT != 0 {
            drop(shared.take());
        }
        if shared.is(Mistake::LeaksTheWaker) {
            // SAFETY: none: that is the mistake.
            std::mem::forget(shared.waker.with(|waker| unsafe { (*waker).clone() }));
        }
    }
}

#[test]
fn bits_hold() {
    holds(
        oneshot(|| channel(Mistake::None)),
        expect![[r#"
            1 iteration: a value that was sent before is received
            90 iterations: who waits receives the value
            90 iterations: the waker that was registered last is woken
            90 iterations: who waits is told that the sender is gone
            124 iterations: a value for a receiver that goes is not lost
            124 iterations: no waker is kept when both are gone"#]],
    );
}

macro_rules! mistakes {
    ($($test:ident: $mistake:ident breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(oneshot(|| channel(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    wakes_first: WakesFirst breaks "who waits receives the value";
    silent_drop: SilentDrop breaks "who waits is told that the sender is gone";
    keeps_the_first: KeepsTheFirst breaks "the waker that was registered last is woken";
    registers_last: RegistersLast breaks "who waits receives the value";
    relaxed: Relaxed breaks "who waits receives the value";
    forgets: Forgets breaks "a value for a receiver that goes is not lost";
    leaks_the_waker: LeaksTheWaker breaks "no waker is kept when both are gone";
    registers_in_secret: RegistersInSecret breaks "who waits receives the value";
}
