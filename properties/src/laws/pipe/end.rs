//! An end, which one task has, or two: one that writes to it and one that reads from it.

use super::line::{Line, Stage};
use crate::laws::play::driver::wake_driver;
use crate::laws::play::held::Held;
use reveille_sim::JoinHandle;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

pub(super) type Shared = Rc<RefCell<Line>>;

pub(super) struct End<T> {
    inner: Held<Option<Pin<Box<T>>>>,
    users: RefCell<Vec<Weak<JoinHandle<()>>>>,
    needed_by: Cell<usize>,
    is_kept: Cell<bool>,
    writes_to: Option<Shared>,
    reads_from: Option<Shared>,
}

impl<T> End<T> {
    pub(super) fn new(
        inner: T,
        writes_to: Option<Shared>,
        reads_from: Option<Shared>,
    ) -> Rc<End<T>> {
        Rc::new(End {
            inner: Held::new(Some(Box::pin(inner))),
            users: RefCell::default(),
            needed_by: Cell::new(0),
            is_kept: Cell::new(false),
            writes_to,
            reads_from,
        })
    }

    pub(super) fn is_used_by(&self, user: Weak<JoinHandle<()>>) {
        self.users.borrow_mut().push(user);
        self.needed_by.set(self.needed_by.get() + 1);
    }

    /// Polls it; none if it is gone.
    pub(super) fn poll<O>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(Pin<&mut T>, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<Option<O>> {
        self.inner.poll(cx, |inner, cx| match inner {
            Some(end) => poll(end.as_mut(), cx).map(Some),
            None => Poll::Ready(None),
        })
    }

    /// Drops it. Whoever else waits at it learns that first.
    pub(super) async fn let_go(&self) {
        let end = poll_fn(|cx| self.inner.poll(cx, |inner, _| Poll::Ready(inner.take())));
        let Some(end) = end.await else { return };
        if let users @ [_, _, ..] = &**self.users.borrow() {
            users.iter().for_each(wake_driver);
        }
        self.note(Stage::Begun);
        drop(end);
        self.note(Stage::Done);
    }

    fn note(&self, stage: Stage) {
        if let Some(line) = &self.writes_to {
            line.borrow_mut().writer_gone = stage;
        }
        if let Some(line) = &self.reads_from {
            line.borrow_mut().reader_gone = stage;
        }
    }

    /// A task needs it no more. It is dropped with the last one, unless one keeps it.
    pub(super) async fn leave(&self, keeps: bool) {
        self.is_kept.set(self.is_kept.get() || keeps);
        self.needed_by.set(self.needed_by.get() - 1);
        if self.needed_by.get() == 0 && !self.is_kept.get() {
            self.let_go().await;
        }
    }
}
