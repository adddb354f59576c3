//! A listener whose fate is noted: that it joined, that it was ready, that it was dropped.

use super::model::{Answer, Line, Op};
use super::{Joins, Notify};
use crate::laws::cast::{Part, offer};
use crate::laws::linear::{Effect, Model};
use reveille_sim::within;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

pub(super) struct Listening<'a, N: Notify> {
    part: &'a Part<Line>,
    joins: Joins,
    number: usize,
    /// Those that are not ready: one, or a crowd that counts as one.
    listeners: Vec<Pin<Box<N::Listener<'a>>>>,
    stage: Rc<Cell<Stage>>,
}

/// How far a listener has come, with the operation that goes on.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    Made,
    Joining(usize),
    Waiting(usize),
    Over,
}

impl<'a, N: Notify> Listening<'a, N> {
    pub(super) fn of(
        part: &'a Part<Line>,
        joins: Joins,
        number: usize,
        make: impl FnOnce() -> Vec<N::Listener<'a>>,
    ) -> Listening<'a, N> {
        let listeners = if joins == Joins::WhenPolled {
            make()
        } else {
            part.at_once(Op::Listen(number), || (Answer::Done, make()))
        };
        let listeners = listeners.into_iter().map(Box::pin).collect();
        Listening::at(part, joins, number, listeners)
    }

    /// One that listens to `event`, and listened to `other` before, if that can be.
    pub(super) fn again(
        notify: &N,
        part: &'a Part<Line>,
        number: usize,
        other: &'a N::Event,
        event: &'a N::Event,
    ) -> Option<Listening<'a, N>> {
        let mut listener = Box::pin(notify.listen(other));
        part.offered(offer!("listening again"), Op::Listen(number), || {
            notify.listen_again(listener.as_mut(), event).map(|()| (Answer::Done, ()))
        })?;
        Some(Listening::at(part, Joins::WhenMade, number, vec![listener]))
    }

    fn at(
        part: &'a Part<Line>,
        joins: Joins,
        number: usize,
        listeners: Vec<Pin<Box<N::Listener<'a>>>>,
    ) -> Listening<'a, N> {
        let stage = Rc::new(Cell::new(Stage::Made));
        Listening { part, joins, number, listeners, stage }
    }

    /// Has it join without a poll, if that can be.
    pub(super) fn enable(&mut self, notify: &N) {
        let Listening { part, number, listeners, .. } = self;
        let [listener] = listeners.as_mut_slice() else { return };
        let enabled = part.offered(offer!("enable"), Op::Enable(*number), || {
            let is_ready = notify.enable(listener.as_mut())?;
            Some((if is_ready { Answer::Ready } else { Answer::Pending }, ()))
        });
        if enabled.is_some() {
            self.stage.set(Stage::Waiting(part.begin(Op::Wait(*number))));
        }
    }

    /// To tell how far it came once it is gone.
    pub(super) fn stage(&self) -> Rc<Cell<Stage>> {
        self.stage.clone()
    }

    fn poll_all(&mut self, cx: &mut Context<'_>) -> bool {
        self.listeners.retain_mut(|listener| listener.as_mut().poll(cx).is_pending());
        self.listeners.is_empty()
    }
}

impl<N: Notify> Future for Listening<'_, N> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let (part, number) = (this.part, this.number);
        let at = match this.stage.get() {
            Stage::Made if this.joins == Joins::WhenMade => {
                let at = part.begin(Op::Wait(number));
                this.stage.set(Stage::Waiting(at));
                at
            }
            Stage::Made => {
                let at = part.begin(Op::Poll(number));
                this.stage.set(Stage::Joining(at));
                at
            }
            Stage::Joining(at) | Stage::Waiting(at) => {
                // It is ready, or not, by what holds at this poll.
                part.begin_again(at);
                at
            }
            Stage::Over => return Poll::Pending,
        };
        let is_ready = within(Line::method(&Op::Wait(number)), || this.poll_all(cx));
        if is_ready {
            part.end(at, Answer::Ready);
            this.stage.set(Stage::Over);
            return Poll::Ready(());
        }
        if matches!(this.stage.get(), Stage::Joining(_)) {
            part.end(at, Answer::Pending);
            this.stage.set(Stage::Waiting(part.begin(Op::Wait(number))));
        }
        Poll::Pending
    }
}

impl<N: Notify> Drop for Listening<'_, N> {
    fn drop(&mut self) {
        let Listening { part, joins, number, listeners, stage } = self;
        match stage.replace(Stage::Over) {
            Stage::Over => return,
            // It is not known by then.
            Stage::Made if *joins == Joins::WhenPolled => return,
            Stage::Made => {}
            // Its poll was unwound.
            Stage::Joining(at) => part.give_up(at, Effect::Maybe),
            Stage::Waiting(at) => part.give_up(at, Effect::None),
        }
        part.at_once(Op::Drop(*number), || (Answer::Done, listeners.clear()));
    }
}
