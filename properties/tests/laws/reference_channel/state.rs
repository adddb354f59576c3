//! What both ends share, and the handles.

use super::Mistake::{self, *};
use super::line::Line;
use reveille::laws::{Item, Order};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;
use std::task::Waker;

pub(crate) struct State {
    pub(crate) mistake: Mistake,
    pub(crate) order: Order,
    pub(crate) needs_receivers: bool,
    pub(crate) items: VecDeque<Item>,
    pub(crate) bound: Option<usize>,
    pub(crate) is_closed: bool,
    pub(crate) senders: usize,
    pub(crate) receivers: usize,
    /// Weak senders that a mistake counts.
    pub(crate) weak: usize,
    pub(crate) reserved: usize,
    /// Items that were received and keep their places.
    pub(crate) held: usize,
    /// How many items were sent so far.
    pub(crate) sent: usize,
    pub(crate) sending: Line,
    pub(crate) receiving: Line,
    /// Those who wait for the close.
    pub(crate) closing: Line,
    /// What a mistake keeps.
    pub(crate) kept: Option<Waker>,
}

pub(crate) type Shared = Rc<RefCell<State>>;

pub(crate) fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

impl State {
    pub(crate) fn has_room(&self) -> bool {
        let held = self.items.len() + self.reserved + self.held;
        self.bound.is_none_or(|bound| match self.mistake {
            HoldsOneMore => held < bound + 1,
            HoldsOneLess => held + 1 < bound.max(2),
            _ => held < bound,
        })
    }

    pub(crate) fn accepts(&self) -> bool {
        (!self.is_closed || self.mistake == AcceptsAfterClose)
            && (self.receivers > 0
                || self.mistake == AcceptsWithoutReceivers
                || !self.needs_receivers)
    }

    pub(crate) fn has_ended(&self) -> bool {
        let waits_for_permits = self.reserved > 0 && self.mistake != EndsBeforeThePermit;
        (self.is_closed || self.senders + self.weak == 0) && !waits_for_permits
    }

    /// Puts an item in; who is to be woken.
    pub(crate) fn push(&mut self, item: Item, is_try: bool) -> Option<Waker> {
        let was_empty = self.items.is_empty();
        let somebody_was = self.receiving.has_woken();
        let item = match self.mistake {
            HandsOverToWhoMayBeGone => match self.receiving.hand_over(item) {
                Ok(waker) => return Some(waker),
                Err(item) => item,
            },
            _ => item,
        };
        self.items.push_back(item);
        self.sent += 1;
        match self.mistake {
            SendForgetsToWake if !is_try => None,
            TrySendForgetsToWake if is_try => None,
            WakesOnlyIfItWasEmpty if !was_empty => None,
            WakesUnlessSomebodyWas | RelyOnWhoWasWoken if somebody_was => None,
            _ => self.receiving.first(),
        }
    }

    /// Takes an item out, and who is to be woken.
    pub(crate) fn pop(&mut self, is_try: bool) -> Option<(Item, Vec<Waker>)> {
        let was_full = !self.has_room();
        let places = 0..self.items.len();
        let at = match self.order {
            Order::Fifo => places.min()?,
            Order::Lifo => places.max()?,
            Order::Max => places.max_by_key(|at| &self.items[*at])?,
            Order::Min => places.min_by_key(|at| &self.items[*at])?,
        };
        let item = self.items.remove(at)?;
        let waker = match self.mistake {
            RecvForgetsToWake if !is_try => None,
            TryRecvForgetsToWake if is_try => None,
            WakesOnlyIfItWasFull if !was_full => None,
            _ => self.sending.first(),
        };
        let mut wakers = Vec::from_iter(waker);
        if self.mistake == RelyOnWhoWasWoken && !self.items.is_empty() {
            wakers.extend(self.receiving.first());
        }
        Some((item, wakers))
    }

    /// A permit is gone, used or not; who is to be woken.
    pub(crate) fn permit_is_back(&mut self, is_used: bool) -> Vec<Waker> {
        let mut wakers = Vec::new();
        if self.mistake != PermitKeepsItsRoom || is_used {
            self.reserved -= 1;
        }
        if !is_used && self.mistake != PermitWakesNoSender {
            wakers.extend(self.sending.first());
        }
        if self.has_ended() && self.mistake != PermitWakesNoReceiver {
            wakers.extend(self.receiving.all());
        }
        wakers
    }
}

pub(crate) fn close(shared: &Shared) {
    let mut state = shared.borrow_mut();
    state.is_closed = true;
    let most = match state.mistake {
        CloseWakesNobody => 0,
        CloseWakesOne => 1,
        _ => usize::MAX,
    };
    let mut wakers = state.receiving.some(most);
    wakers.extend(state.sending.some(most));
    if state.mistake == CloseWakesInsideItsLock {
        wake(wakers.drain(..));
    }
    if state.mistake != ClosedMissesTheClose {
        wakers.extend(state.closing.all());
    }
    let discarded = match state.mistake {
        CloseDiscards => mem::take(&mut state.items),
        _ => VecDeque::new(),
    };
    drop(state);
    drop(discarded);
    wake(wakers);
}

pub(crate) struct Sender(pub(crate) Shared);

impl Sender {
    pub(crate) fn another(shared: &Shared, is_counted: bool) -> Sender {
        shared.borrow_mut().senders += usize::from(is_counted);
        Sender(shared.clone())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let Ok(mut state) = self.0.try_borrow_mut() else { return };
        state.senders = state.senders.saturating_sub(1);
        if state.mistake == EndsWithTheFirstSender {
            state.senders = 0;
        }
        let wakers = match (state.senders, state.mistake) {
            (0, LastSenderWakesNobody) | (1.., _) => Vec::new(),
            _ => state.receiving.all(),
        };
        drop(state);
        wake(wakers);
    }
}

pub(crate) struct Receiver {
    pub(crate) shared: Shared,
    /// Its place in the line, if it waits as a stream.
    pub(crate) number: Option<u64>,
}

impl Receiver {
    pub(crate) fn another(shared: &Shared) -> Receiver {
        shared.borrow_mut().receivers += 1;
        Receiver { shared: shared.clone(), number: None }
    }
}

impl Receiver {
    /// Waits as a stream no more.
    pub(crate) fn leave_the_line(&mut self) {
        let Ok(mut state) = self.shared.try_borrow_mut() else { return };
        let stays = state.mistake == StreamStaysInLine;
        let number = self.number.take().filter(|_| !stays);
        let waiting = number.and_then(|number| state.receiving.remove(number));
        let waker = match &waiting {
            Some(waiting) if waiting.is_woken() => state.receiving.first(),
            _ => None,
        };
        drop(state);
        drop(waiting);
        wake(waker);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.leave_the_line();
        let Ok(mut state) = self.shared.try_borrow_mut() else { return };
        let (mut wakers, mut left) = (Vec::new(), VecDeque::new());
        state.receivers -= 1;
        if state.receivers == 0 {
            let keeps = matches!(state.mistake, KeepsWhatNobodyReceives | LeaksWhatIsLeft);
            if !keeps && state.needs_receivers {
                left = mem::take(&mut state.items);
            }
            if state.mistake != LastReceiverWakesNobody {
                wakers.extend(state.sending.all());
            }
            if state.mistake != ClosedMissesTheLastReceiver {
                wakers.extend(state.closing.all());
            }
        } else if state.mistake == ClosedEndsWithAReceiver {
            wakers.extend(state.closing.all());
        }
        drop(state);
        drop(left);
        wake(wakers);
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.mistake == LeaksWhatIsLeft {
            self.items.drain(..).for_each(mem::forget);
        }
    }
}
