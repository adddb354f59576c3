//! What makes the objects of a pool: its manager asks it, and it writes down what it is asked.

use super::model::{Answer, Objects, Op};
use crate::laws::given::making::{Ends, Failed, Making};
use crate::laws::play::cast::Part;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Makes the objects of a pool, and looks whether one is fit to be used again. They take a
/// while, or fail, as the run has it. Clones are the same factory.
#[derive(Clone)]
pub struct Factory(Arc<Inner>);

struct Inner {
    part: Part<Objects>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: usize,
    makings: VecDeque<Making>,
    /// Whose future is being polled.
    call: Option<usize>,
    alive: usize,
    was_asked_what_is_broken: bool,
}

impl Factory {
    pub(super) fn new(part: Part<Objects>, makings: Vec<Making>) -> Factory {
        let makings = makings.into();
        let state = State { makings, ..State::default() };
        Factory(Arc::new(Inner { part, state: Mutex::new(state) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, op: Op) {
        self.0.part.at_once(op, || (Answer::Done, ()));
    }

    /// For which call something is asked, and how it goes.
    fn asked(&self) -> (Option<usize>, Making) {
        let mut state = self.state();
        (state.call, state.makings.pop_front().unwrap_or_else(Making::at_once))
    }

    /// The number of a new object.
    fn number(&self) -> usize {
        let mut state = self.state();
        state.next += 1;
        state.next - 1
    }

    /// Makes an object.
    ///
    /// # Errors
    ///
    /// [`Failed`], where the run has it so.
    pub fn create(&self) -> impl Future<Output = Result<Object, Failed>> + Send + use<> {
        let factory = self.clone();
        async move {
            let number = factory.number();
            let (call, making) = factory.asked();
            factory.note(Op::Begin(number, call));
            let teller = factory.clone();
            let end = move |ends: Ends| teller.note(Op::End(number, ends));
            let part = factory.0.part.clone();
            making.of(part, (), end).await?;
            factory.state().alive += 1;
            Ok(Object { number, factory, is_broken: AtomicBool::new(false) })
        }
    }

    /// Looks whether an object is fit to be given out again.
    ///
    /// # Errors
    ///
    /// [`Failed`] if it is not, where the run has it so.
    pub fn recycle(
        &self,
        object: &mut Object,
    ) -> impl Future<Output = Result<(), Failed>> + Send + use<> {
        let (factory, number) = (self.clone(), object.number);
        async move {
            let (call, making) = factory.asked();
            factory.note(Op::Look(number, call));
            let part = factory.0.part.clone();
            let teller = factory.clone();
            let end = move |ends: Ends| teller.note(Op::Recycle(number, ends));
            making.of(part, (), end).await
        }
    }

    /// Looks at once, when an object comes back, whether it can never be used again. A pool that asks
    /// does not give it out any more.
    pub fn is_broken(&self, object: &Object) -> bool {
        self.state().was_asked_what_is_broken = true;
        let is_broken = object.is_broken.load(Ordering::Relaxed);
        if is_broken {
            self.note(Op::Broken(object.number));
        }
        is_broken
    }

    pub(super) fn was_asked_what_is_broken(&self) -> bool {
        self.state().was_asked_what_is_broken
    }

    pub(super) fn alive(&self) -> usize {
        self.state().alive
    }

    /// Says whose call it is when the pool wants something.
    pub(super) fn during<F: Future>(&self, call: usize, future: F) -> During<F> {
        During { factory: self.clone(), call, future: Box::pin(future) }
    }
}

impl fmt::Debug for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Factory")
    }
}

/// An object of a pool.
pub struct Object {
    number: usize,
    factory: Factory,
    is_broken: AtomicBool,
}

impl Object {
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// Who uses it finds that it can never be used again.
    pub(super) fn break_down(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({})", self.number)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        self.factory.state().alive -= 1;
        self.factory.note(Op::Gone(self.number));
    }
}

pub(super) struct During<F> {
    factory: Factory,
    call: usize,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for During<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let call = self.call;
        let before = self.factory.state().call.replace(call);
        let polled = self.future.as_mut().poll(cx);
        self.factory.state().call = before;
        polled
    }
}
