//! Waiting until something in the network is ready; any number of tasks may.

use crate::reactor::{Interest, Readiness, Ready, Ticket, elsewhere};
use crate::resident::Handle;
use crate::world::Core;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Something that becomes ready.
pub(crate) trait Waitable: 'static {
    fn readiness(&self) -> &Readiness;
}

/// Waits until it is ready for what is wanted.
#[must_use]
pub(crate) struct Wait<'a, T: Waitable> {
    handle: &'a Handle<T>,
    interest: Interest,
    ticket: Option<Ticket>,
    /// The events that were seen before: it is to be ready after another one.
    seen: Option<u32>,
}

impl<'a, T: Waitable> Wait<'a, T> {
    pub(crate) fn new(handle: &'a Handle<T>, interest: Interest) -> Wait<'a, T> {
        Wait { handle, interest, ticket: None, seen: None }
    }

    /// Waits until it is ready after an event later than these; although it was ready,
    /// trying was in vain.
    pub(crate) fn after(handle: &'a Handle<T>, interest: Interest, events: u32) -> Wait<'a, T> {
        Wait { seen: Some(events), ..Wait::new(handle, interest) }
    }
}

impl<T: Waitable> Future for Wait<'_, T> {
    type Output = io::Result<Ready>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        let (core, thing) = self.handle.get().ok_or_else(elsewhere)?;
        let readiness = thing.readiness();
        let seen = self.seen;
        let is_news = || seen != Some(readiness.events());
        if is_news()
            && let Some(ready) = readiness.ask(core, self.interest)
        {
            return Poll::Ready(Ok(ready));
        }
        self.ticket = Some(readiness.wait(self.ticket, self.interest, cx.waker().clone()));
        // The clone may have run others.
        match readiness.seen_for(self.interest) {
            Some(ready) if is_news() => Poll::Ready(Ok(ready)),
            _ => Poll::Pending,
        }
    }
}

impl<T: Waitable> Drop for Wait<'_, T> {
    fn drop(&mut self) {
        if let (Some(ticket), Some((_, thing))) = (self.ticket, self.handle.get()) {
            thing.readiness().leave(ticket);
        }
    }
}

/// Tries whenever it is ready, until that does not block.
pub(crate) async fn when_ready<T: Waitable, R>(
    handle: &Handle<T>,
    interest: Interest,
    mut operation: impl FnMut(&'static Core, &Rc<T>) -> io::Result<R>,
) -> io::Result<R> {
    loop {
        Wait::new(handle, interest).await?;
        let (core, thing) = handle.get().ok_or_else(elsewhere)?;
        match operation(core, &thing) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            result => return result,
        }
    }
}

/// Tries once, if it is ready.
pub(crate) fn if_ready<T: Waitable, R>(
    handle: &Handle<T>,
    interest: Interest,
    operation: impl FnOnce(&'static Core, &Rc<T>) -> io::Result<R>,
) -> io::Result<R> {
    let (core, thing) = handle.get().ok_or_else(elsewhere)?;
    match thing.readiness().ask(core, interest) {
        Some(_) => operation(core, &thing),
        None => Err(ErrorKind::WouldBlock.into()),
    }
}
