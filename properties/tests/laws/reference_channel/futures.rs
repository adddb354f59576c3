//! The futures of both ends.

use super::Mistake::*;
use super::state::{Shared, State, wake};
use reveille::laws::Item;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Sends an item, or keeps room for one.
pub(crate) struct Send<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) item: Option<Item>,
    pub(crate) reserves: bool,
    pub(crate) number: Option<u64>,
}

impl Future for Send<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let this = self.get_mut();
        let fresh = cx.waker().clone();
        let mut state = this.shared.borrow_mut();
        let mistake = state.mistake;
        if !state.accepts() {
            if mistake == LeaksWhatIsRefused {
                mem::forget(this.item.take());
            }
            return Poll::Ready(false);
        }
        let waits = mistake == WaitsWithoutReceivers && state.receivers == 0;
        if state.has_room() && !waits || mistake == DropsTheItemWhenFull && !this.reserves {
            let mistaken = !state.has_room();
            let waiting = this.number.take().and_then(|number| state.sending.remove(number));
            let item = this.item.take();
            let mut dropped = None;
            let waker = match item {
                _ if this.reserves => {
                    state.reserved += usize::from(mistake != PermitTakesNoRoom);
                    None
                }
                Some(item) if !mistaken => state.push(item, false),
                item => {
                    dropped = item;
                    None
                }
            };
            drop(state);
            drop((waiting, dropped));
            wake(waker);
            return Poll::Ready(true);
        }
        if mistake == RefusesWhenFull {
            return Poll::Ready(false);
        }
        let old = state.sending.wait(&mut this.number, cx.waker(), fresh, mistake);
        drop(state);
        drop(old);
        Poll::Pending
    }
}

impl Drop for Send<'_> {
    fn drop(&mut self) {
        // It may be borrowed by who wakes inside the lock.
        let Ok(mut state) = self.shared.try_borrow_mut() else { return };
        let mistake = state.mistake;
        let item = self.item.take();
        let mut wakers = Vec::new();
        let stays = mistake == KeepsWakersOfTheDropped;
        let waiting =
            self.number.filter(|_| !stays).and_then(|number| state.sending.remove(number));
        if waiting.as_ref().is_some_and(|waiting| waiting.is_woken())
            && mistake != SenderSwallowsItsWake
        {
            wakers.extend(state.sending.first());
        }
        let item = match item {
            Some(item) if mistake == SendsThoughDropped && self.number.is_some() => {
                wakers.extend(state.push(item, false));
                None
            }
            item => item,
        };
        drop(state);
        drop((item, waiting));
        wake(wakers);
    }
}

/// What a poll of a receiver comes to: items, of which there are none at the end.
pub(crate) fn poll_recv(
    shared: &Shared,
    number: &mut Option<u64>,
    limit: usize,
    waker: &Waker,
) -> Poll<Vec<Item>> {
    let fresh = waker.clone();
    let mut state = shared.borrow_mut();
    let mistake = state.mistake;
    let handed = number.and_then(|number| state.receiving.get(number)?.item.take());
    let (items, mut wakers) = match handed {
        Some(item) => (vec![item], Vec::from_iter(state.sending.first())),
        None => take(&mut state, limit),
    };
    if !items.is_empty() || state.has_ended() {
        if mistake == ManyWakesOne && limit > 1 {
            wakers.truncate(1);
        }
        let waiting = number.take().and_then(|number| state.receiving.remove(number));
        drop(state);
        drop((waiting, fresh));
        wake(wakers);
        return Poll::Ready(items);
    }
    let was_waiting = number.is_some();
    if mistake == KeepsTheLastWaker {
        state.kept = Some(fresh.clone());
    }
    let old = state.receiving.wait(number, waker, fresh, mistake);
    if mistake == PassesWakesOnForEver && was_waiting {
        wakers = state.receiving.others(*number);
    }
    drop(state);
    drop(old);
    wake(wakers);
    Poll::Pending
}

fn take(state: &mut State, limit: usize) -> (Vec<Item>, Vec<Waker>) {
    let more = usize::from(state.mistake == ManyTakesOneMore && limit > 1);
    let taken = (0..limit + more).map_while(|_| state.pop(false));
    let (mut items, wakers): (Vec<_>, Vec<_>) = taken.unzip();
    if state.mistake == ManyTurnsTheOrder {
        items.reverse();
    }
    // `concat` would clone them.
    (items, wakers.into_iter().flatten().collect())
}

pub(crate) struct Recv<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) limit: usize,
    pub(crate) number: Option<u64>,
}

impl Future for Recv<'_> {
    type Output = Vec<Item>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<Item>> {
        let this = self.get_mut();
        poll_recv(this.shared, &mut this.number, this.limit, cx.waker())
    }
}

impl Drop for Recv<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let Ok(mut state) = self.shared.try_borrow_mut() else { return };
        if state.mistake == KeepsWakersOfTheDropped {
            return;
        }
        let waiting = state.receiving.remove(number);
        let waker = match &waiting {
            Some(waiting) if waiting.is_woken() && state.mistake != ReceiverSwallowsItsWake => {
                state.receiving.first()
            }
            _ => None,
        };
        drop(state);
        drop(waiting);
        wake(waker);
    }
}

/// Waits for the close.
pub(crate) struct Closed<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) number: Option<u64>,
}

impl Future for Closed<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let fresh = cx.waker().clone();
        let mut state = this.shared.borrow_mut();
        let is_woken = this.number.is_some_and(|number| {
            state.closing.get(number).is_some_and(|waiting| waiting.is_woken())
        });
        if !state.accepts() || is_woken && state.mistake == ClosedEndsWithAReceiver {
            return Poll::Ready(());
        }
        let mistake = state.mistake;
        let old = state.closing.wait(&mut this.number, cx.waker(), fresh, mistake);
        drop(state);
        drop(old);
        Poll::Pending
    }
}

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        let waiting =
            self.number.and_then(|number| self.shared.borrow_mut().closing.remove(number));
        drop(waiting);
    }
}
