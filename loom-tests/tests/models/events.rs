//! Events, and what goes wrong with them.

use super::{breaks, holds};
use expect_test::expect;
use reveille_loom::models::{Notify, notify};
use reveille_loom::sync::atomic::{AtomicUsize, Ordering::*, fence};
use reveille_loom::sync::{Mutex, MutexGuard};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// A notifier that sees nobody wait returns at once, and who waits says so without a fence,
    /// as in `event-listener` 5.3.0 (issue 138).
    LooksFirst,
    /// Who is notified and gives up keeps what it had.
    KeepsItsNotification,
    /// All are one.
    NotifiesOneOfAll,
    /// The waker that is there stays.
    KeepsTheFirstWaker,
    /// Who gave up stays in the list.
    StaysInTheList,
    /// A notification for nobody is gone.
    KeepsNone,
    /// It notifies who has been notified already.
    NotifiesTwice,
}

#[derive(Default)]
struct List {
    waiters: Vec<Waiter>,
    next: usize,
    permit: bool,
}

struct Waiter {
    number: usize,
    waker: Option<Waker>,
    notified: bool,
}

/// A list behind a lock, and how many wait in it, so that who notifies need not lock for nobody, if
/// a notification for nobody is not kept.
struct Event<const KEEPS: bool> {
    list: Mutex<List>,
    waiting: AtomicUsize,
    mistake: Mistake,
}

impl<const KEEPS: bool> Event<KEEPS> {
    fn new(mistake: Mistake) -> Self {
        Event { list: Mutex::new(List::default()), waiting: AtomicUsize::new(0), mistake }
    }

    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap()
    }

    fn notify(&self, most: usize, keeps: bool) {
        if !keeps {
            fence(SeqCst);
            if self.waiting.load(Acquire) == 0 {
                return;
            }
        }
        let mut list = self.lock();
        let again = self.is(Mistake::NotifiesTwice);
        let chosen = list.waiters.iter_mut().filter(|waiter| again || !waiter.notified).take(most);
        let wakers: Vec<_> = chosen
            .map(|waiter| {
                waiter.notified = true;
                waiter.waker.take()
            })
            .collect();
        if wakers.is_empty() && keeps && !self.is(Mistake::KeepsNone) {
            list.permit = true;
        }
        drop(list);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

struct Notified<'a, const KEEPS: bool> {
    event: &'a Event<KEEPS>,
    number: Option<usize>,
}

impl<const KEEPS: bool> Future for Notified<'_, KEEPS> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let event = self.event;
        let mut list = event.lock();
        let Some(number) = self.number else {
            if std::mem::take(&mut list.permit) {
                return Poll::Ready(());
            }
            let number = list.next;
            list.next += 1;
            let waker = Some(cx.waker().clone());
            list.waiters.push(Waiter { number, waker, notified: false });
            drop(list);
            event.waiting.fetch_add(1, Release);
            if !event.is(Mistake::LooksFirst) {
                fence(SeqCst);
            }
            self.number = Some(number);
            return Poll::Pending;
        };
        let at = list.waiters.iter().position(|waiter| waiter.number == number).unwrap();
        if list.waiters[at].notified {
            list.waiters.remove(at);
            drop(list);
            event.waiting.fetch_sub(1, Release);
            self.number = None;
            return Poll::Ready(());
        }
        if !event.is(Mistake::KeepsTheFirstWaker) {
            list.waiters[at].waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl<const KEEPS: bool> Drop for Notified<'_, KEEPS> {
    fn drop(&mut self) {
        let event = self.event;
        let Some(number) = self.number.filter(|_| !event.is(Mistake::StaysInTheList)) else {
            return;
        };
        let mut list = event.lock();
        let at = list.waiters.iter().position(|waiter| waiter.number == number).unwrap();
        let waiter = list.waiters.remove(at);
        drop(list);
        event.waiting.fetch_sub(1, Release);
        if waiter.notified && !event.is(Mistake::KeepsItsNotification) {
            event.notify(1, KEEPS);
        }
    }
}

impl<const KEEPS: bool> Notify for Event<KEEPS> {
    const HAS_NOTIFY_ALL: bool = true;
    const KEEPS_ONE: bool = KEEPS;

    type Notified<'a> = Notified<'a, KEEPS>;

    fn notified(&self) -> Notified<'_, KEEPS> {
        Notified { event: self, number: None }
    }

    fn notify_one(&self) {
        self.notify(1, KEEPS);
    }

    fn notify_all(&self) {
        self.notify(if self.is(Mistake::NotifiesOneOfAll) { 1 } else { usize::MAX }, false);
    }
}

#[test]
fn a_list_holds() {
    holds(
        notify(|| Event::<true>::new(Mistake::None)),
        expect![[r#"
            18 iterations: a notification for nobody is kept for the next
            97 iterations: who waits before it checks is notified of the change
            18 iterations: the waker that was registered last is woken
            252 iterations: two notifications reach two who wait
            10 iterations: all who wait are notified
            13 iterations: who is notified and gives up passes it on
            9 iterations: no waker is kept of who gave up"#]],
    );
}

#[test]
fn a_list_that_keeps_no_notification_holds() {
    holds(
        notify(|| Event::<false>::new(Mistake::None)),
        expect![[r#"
        88 iterations: who waits before it checks is notified of the change
        18 iterations: the waker that was registered last is woken
        447 iterations: two notifications reach two who wait
        10 iterations: all who wait are notified
        30 iterations: who is notified and gives up passes it on
        27 iterations: no waker is kept of who gave up
        not checked: a notification for nobody is kept for the next (none is kept)"#]],
    );
}

macro_rules! mistakes {
    ($($test:ident: $mistake:ident in $keeps:literal breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(notify(|| Event::<$keeps>::new(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    looks_first: LooksFirst in false breaks "who waits before it checks is notified of the change";
    keeps_its_notification: KeepsItsNotification in true breaks "who is notified and gives up passes it on";
    notifies_one_of_all: NotifiesOneOfAll in true breaks "all who wait are notified";
    keeps_the_first_waker: KeepsTheFirstWaker in true breaks "the waker that was registered last is woken";
    stays_in_the_list: StaysInTheList in true breaks "who is notified and gives up passes it on";
    keeps_none: KeepsNone in true breaks "a notification for nobody is kept for the next";
    notifies_twice: NotifiesTwice in true breaks "two notifications reach two who wait";
}
