//! A listener, or a crowd of them that counts as one, whose fate is noted: that it joined, that
//! it was ready, that it was dropped.

use super::model::{Answer, Line, Op};
use super::{Joins, Notify};
use crate::laws::play::cast::{Part, offer};
use crate::laws::play::phases::{Phased, Phases};
use std::pin::Pin;
use std::task::{Context, Poll};

pub(super) type Listening<'a, N> =
    Phased<'a, Line, Crowd<<N as Notify>::Listener<'a>>, fn(&()) -> Answer>;

/// Those who are not ready.
pub(super) struct Crowd<L>(Vec<Pin<Box<L>>>);

impl<L: Future> Future for Crowd<L> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.retain_mut(|listener| listener.as_mut().poll(cx).is_pending());
        if self.0.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn phases(joins: Joins, number: usize) -> Phases<Line> {
    Phases {
        join: (joins != Joins::WhenMade).then_some(Op::Join(number)),
        wait: Op::Wait(number),
        leave: Op::Drop(number),
        done: Answer::Done,
    }
}

fn ready((): &()) -> Answer {
    Answer::Ready
}

/// So many listeners as one.
pub(super) fn listen<'a, N: Notify>(
    notify: &N,
    part: &'a Part<Line>,
    number: usize,
    event: &'a N::Event,
    size: usize,
) -> Listening<'a, N> {
    let joins = notify.joins();
    let make = || (0..size).map(|_| Box::pin(notify.listen(event))).collect();
    let listening =
        |listeners| Phased::of(part, phases(joins, number), Crowd(listeners), ready as _);
    if joins == Joins::WhenPolled {
        return listening(make());
    }
    listening(part.at_once(Op::Listen(number), || (Answer::Done, make()))).known()
}

/// One that listens to `event`, and listened to `other` before, if that can be.
pub(super) fn listen_again<'a, N: Notify>(
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
    let phases = phases(Joins::WhenMade, number);
    Some(Phased::of(part, phases, Crowd(vec![listener]), ready as _).known())
}

/// Has a listener join without a poll, if that can be.
pub(super) fn enable<N: Notify>(
    notify: &N,
    part: &Part<Line>,
    number: usize,
    listening: &mut Listening<'_, N>,
) {
    let crowd = listening.future().map(Pin::get_mut);
    let Some([listener]) = crowd.map(|crowd| crowd.0.as_mut_slice()) else { return };
    let enabled = part.offered(offer!("enable"), Op::Enable(number), || {
        let is_ready = notify.enable(listener.as_mut())?;
        Some((if is_ready { Answer::Ready } else { Answer::Pending }, ()))
    });
    if enabled.is_some() {
        listening.joined();
    }
}
