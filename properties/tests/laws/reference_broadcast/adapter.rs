//! The reference as the suite sees it.

use super::*;

impl Broadcast for Reference {
    type Sender = Sender;
    type Receiver = Receiver;

    fn open(&self, capacity: usize) -> (Sender, Receiver) {
        let shared = Rc::new(RefCell::new(State {
            mistake: self.0,
            values: VecDeque::new(),
            first: 0,
            capacity,
            overflow: self.1,
            is_closed: false,
            senders: 1,
            made: 0,
            had_receivers: true,
            receivers: BTreeMap::from([(0, Some(0))]),
            late: Vec::new(),
            sending: Line::default(),
            receiving: Line::default(),
            closing: Line::default(),
        }));
        (Sender(shared.clone()), Receiver(shared, 0))
    }

    fn open_for_nobody(&self, capacity: usize) -> Option<Sender> {
        let (sender, _) = self.open(capacity);
        sender.0.borrow_mut().had_receivers = false;
        Some(sender)
    }

    fn send(&self, sender: &mut Sender, value: Value) -> impl Future<Output = bool> {
        Send { shared: &sender.0, value: Some(value), number: None }
    }

    fn recv(&self, receiver: &mut Receiver) -> impl Future<Output = Heard> {
        Recv { shared: &receiver.0, receiver: receiver.1, number: None }
    }

    fn overflow(&self) -> Overflow {
        self.1
    }

    fn try_send(&self, sender: &mut Sender, value: Value) -> Option<Result<(), TrySendError<()>>> {
        Some(send_now(sender, value, false))
    }

    fn force_send(&self, sender: &mut Sender, value: Value) -> Option<bool> {
        let has_active = sender.0.borrow().has_active();
        let only_inactive = !has_active && !sender.0.borrow().receivers.is_empty();
        // It would have to wait.
        if only_inactive { None } else { Some(send_now(sender, value, true).is_ok()) }
    }

    fn try_recv(&self, receiver: &mut Receiver) -> Option<Heard> {
        let mut state = receiver.0.borrow_mut();
        let (heard, mut waker) = state.hear(receiver.1);
        if state.mistake == TryRecvWakesNobody {
            waker = None;
        }
        let says_empty = state.mistake == SaysEmptyAtTheEnd && matches!(heard, Heard::Ended);
        drop(state);
        wake(waker);
        Some(if says_empty { Heard::Empty } else { heard })
    }

    fn clone_sender(&self, sender: &Sender) -> Option<Sender> {
        sender.0.borrow_mut().senders += 1;
        Some(Sender(sender.0.clone()))
    }

    fn clone_receiver(&self, receiver: &Receiver) -> Option<Receiver> {
        let mut state = receiver.0.borrow_mut();
        let place = match state.mistake {
            CloneStartsAtTheEnd => state.end(),
            _ => state.receivers[&receiver.1].unwrap(),
        };
        let number = state.add(place);
        Some(Receiver(receiver.0.clone(), number))
    }

    fn subscribe(&self, sender: &mut Sender) -> Option<Receiver> {
        let mut state = sender.0.borrow_mut();
        let place = match state.mistake {
            SubscriberReadsWhatWas => state.first,
            _ => state.end(),
        };
        let had_active = state.has_active();
        let number = state.add(place);
        let waker = if had_active { None } else { state.sending.first() };
        drop(state);
        wake(waker);
        Some(Receiver(sender.0.clone(), number))
    }

    fn resubscribe(&self, receiver: &mut Receiver) -> Option<Receiver> {
        let mut state = receiver.0.borrow_mut();
        let place = state.end();
        let number = state.add(place);
        Some(Receiver(receiver.0.clone(), number))
    }

    fn deactivate(&self, receiver: &mut Receiver) -> Option<()> {
        let mut state = receiver.0.borrow_mut();
        let place = state.receivers[&receiver.1];
        state.receivers.insert(receiver.1, None);
        if state.mistake == InactiveHoldsUp {
            state.receivers.insert(ghost(receiver.1), place);
        }
        let mut waker = state.trim();
        if state.mistake == DeactivateWakesNobody {
            waker = None;
        }
        drop(state);
        wake(waker);
        Some(())
    }

    fn activate(&self, receiver: &mut Receiver) -> Option<()> {
        let mut state = receiver.0.borrow_mut();
        let place = state.end();
        state.receivers.insert(receiver.1, Some(place));
        state.receivers.remove(&ghost(receiver.1));
        let mut waker = state.sending.first();
        if state.mistake == ActivateWakesNobody {
            waker = None;
        }
        drop(state);
        wake(waker);
        Some(())
    }

    fn close_by_sender(&self, sender: &mut Sender) -> Option<()> {
        close(&sender.0);
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Receiver) -> Option<()> {
        close(&receiver.0);
        Some(())
    }

    fn closed(&self, sender: &mut Sender) -> Option<impl Future<Output = ()>> {
        let shared = &sender.0;
        let mut number = None;
        Some(poll_fn(move |cx| {
            let mut state = shared.borrow_mut();
            let came = state.had_receivers || state.mistake != IsOpenBeforeTheFirst;
            if state.is_closed || state.receivers.is_empty() && came {
                return Poll::Ready(());
            }
            state.closing.wait(&mut number, cx.waker(), Right);
            Poll::Pending
        }))
    }

    fn set_capacity(&self, sender: &mut Sender, capacity: usize) -> Option<()> {
        let mut state = sender.0.borrow_mut();
        state.capacity = capacity;
        let first = state.first;
        if state.shrink() && state.mistake == ShrinkMovesTheNext {
            state.first = first;
        }
        let wakers = match state.mistake {
            SetCapacityWakesNobody => Vec::new(),
            _ => state.sending.all(),
        };
        drop(state);
        wake(wakers);
        Some(())
    }

    fn set_overflow(&self, sender: &mut Sender, overflow: Overflow) -> Option<()> {
        let mut state = sender.0.borrow_mut();
        state.overflow = overflow;
        let wakers = match state.mistake {
            SetOverflowWakesNobody => Vec::new(),
            // Now that nothing keeps them, all of them can go on.
            _ => state.sending.all(),
        };
        drop(state);
        wake(wakers);
        Some(())
    }
}
