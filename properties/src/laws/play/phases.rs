//! A future that does one thing when it begins to wait and another when it is ready: it joins
//! a line, and leaves it. Each has a moment of its own, and is an operation of its own.

use super::cast::Part;
use super::patience::Patience;
use crate::laws::linear::{Effect, Model};
use reveille_sim::within;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// The operations of such a future.
pub(in crate::laws) struct Phases<M: Model> {
    /// By its first poll; none if that does nothing.
    pub(in crate::laws) join: Option<M::Op>,
    /// By the poll that is ready.
    pub(in crate::laws) wait: M::Op,
    /// If it is dropped before.
    pub(in crate::laws) leave: M::Op,
    /// What the first and the last answer.
    pub(in crate::laws) done: M::Answer,
}

pub(in crate::laws) struct Phased<'a, M: Model, F, A> {
    part: &'a Part<M>,
    phases: Phases<M>,
    /// None once it is over.
    future: Option<Pin<Box<F>>>,
    /// Of its output.
    answer: A,
    /// Whether it is part of the history though it was not polled.
    is_known: bool,
    stage: Rc<Cell<Stage>>,
}

/// How far it has come, with the operations that go on.
#[derive(Clone, Copy)]
enum Stage {
    Made,
    Joining { join: usize, wait: usize },
    Waiting(usize),
    Over,
}

impl<'a, M, F, A> Phased<'a, M, F, A>
where
    M: Model,
    F: Future,
    A: FnMut(&F::Output) -> M::Answer + Unpin,
{
    pub(in crate::laws) fn of(part: &'a Part<M>, phases: Phases<M>, future: F, answer: A) -> Self {
        let (future, stage) = (Some(Box::pin(future)), Rc::new(Cell::new(Stage::Made)));
        Phased { part, phases, future, answer, is_known: false, stage }
    }

    /// It is part of the history from now on.
    pub(in crate::laws) fn known(mut self) -> Self {
        self.is_known = true;
        self
    }

    /// The future, if it is not over.
    pub(in crate::laws) fn future(&mut self) -> Option<Pin<&mut F>> {
        self.future.as_mut().map(Pin::as_mut)
    }

    /// It has joined without a poll.
    pub(in crate::laws) fn joined(&mut self) {
        self.stage.set(Stage::Waiting(self.part.begin(self.phases.wait.clone())));
    }

    /// Waits for it, for as long as `patience` says.
    pub(in crate::laws) async fn wait(self, patience: Patience) -> Option<F::Output> {
        let (part, stage) = (self.part, self.stage.clone());
        let output = patience.wait(self).await;
        // One that was forgotten noted nothing.
        if let Stage::Joining { wait, .. } | Stage::Waiting(wait) = stage.get() {
            part.give_up(wait, Effect::None);
        }
        output
    }
}

impl<M: Model, F, A> Unpin for Phased<'_, M, F, A> {}

impl<M, F, A> Future for Phased<'_, M, F, A>
where
    M: Model,
    F: Future,
    A: FnMut(&F::Output) -> M::Answer + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Phased { part, phases, future, answer, stage, .. } = &mut *self;
        let Some(polled) = future else { return Poll::Pending };
        let wait = match stage.get() {
            Stage::Made => {
                let join = phases.join.clone().map(|join| part.begin(join));
                let wait = part.begin(phases.wait.clone());
                stage.set(match join {
                    Some(join) => Stage::Joining { join, wait },
                    None => Stage::Waiting(wait),
                });
                wait
            }
            Stage::Joining { wait, .. } | Stage::Waiting(wait) => {
                // It is ready, or not, by what holds at this poll.
                part.begin_again(wait);
                wait
            }
            Stage::Over => return Poll::Pending,
        };
        let polled = within(M::method(&phases.wait), || polled.as_mut().poll(cx));
        if let Stage::Joining { join, .. } = stage.get() {
            part.end(join, phases.done.clone());
            stage.set(Stage::Waiting(wait));
        }
        if let Poll::Ready(output) = &polled {
            stage.set(Stage::Over);
            *future = None;
            part.end(wait, answer(output));
        }
        polled
    }
}

impl<M: Model, F, A> Drop for Phased<'_, M, F, A> {
    fn drop(&mut self) {
        let Phased { part, phases, future, is_known, stage, .. } = self;
        match stage.replace(Stage::Over) {
            Stage::Over => return,
            Stage::Made if !*is_known => return,
            Stage::Made => {}
            // Its poll was unwound.
            Stage::Joining { join, wait } => {
                part.give_up(join, Effect::Maybe);
                part.give_up(wait, Effect::None);
            }
            Stage::Waiting(wait) => part.give_up(wait, Effect::None),
        }
        part.at_once(phases.leave.clone(), || (phases.done.clone(), *future = None));
    }
}
