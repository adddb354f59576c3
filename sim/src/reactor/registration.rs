//! The end of the future.

use super::interest::{Interest, Ready};
use super::readiness::{Direction, Ticket};
use super::source::{Device, check, elsewhere};
use crate::resident::Handle;
use crate::world::Core;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// The interest of the program in a [`Source`](super::Source): the end of the future, in
/// the names of tokio's `AsyncFd`.
///
/// Dropping it deregisters.
#[derive(Debug)]
#[must_use = "dropping it deregisters"]
pub struct Registration {
    device: Handle<Device>,
    gone: bool,
}

impl Registration {
    pub(super) fn new(device: Handle<Device>) -> Registration {
        Registration { device, gone: false }
    }

    /// The device, and what of `wanted` was registered.
    fn device(&self, wanted: Interest) -> io::Result<(&'static Core, Rc<Device>, Interest)> {
        let (core, device) = self.device.get().ok_or_else(elsewhere)?;
        let registered = device.registered.get().filter(|_| !self.gone);
        let Some(registered) = registered else { return Err(deregistered(&device)) };
        let wanted = wanted & registered;
        if wanted.is_empty() {
            let text = format!("`{}` was not registered with this interest", device.name);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok((core, device, wanted))
    }

    fn poll_ready(&self, direction: Direction, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        let wanted = match direction {
            Direction::Read => Interest::READABLE,
            Direction::Write => Interest::WRITABLE,
        };
        let (core, device, _) = self.device(wanted)?;
        device.readiness.poll(core, direction, cx).map(Ok)
    }

    /// Waits until something can be read, or nothing more will come. The waker of the
    /// last call of this method is the one that is woken.
    ///
    /// # Errors
    ///
    /// `NotFound` after [`deregister`](Self::deregister), `InvalidInput` if it was not
    /// registered for reading, `NotConnected` outside the run that it belongs to.
    pub fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.poll_ready(Direction::Read, cx)
    }

    /// Waits until something can be written; as [`poll_read_ready`](Self::poll_read_ready).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.poll_ready(Direction::Write, cx)
    }

    /// Waits until the source is ready for any of `interest`; any number of tasks may.
    pub fn ready(&self, interest: Interest) -> ReadyFuture<'_> {
        ReadyFuture { registration: self, interest, ticket: None }
    }

    /// Says that nothing was there: readiness seen by edge is seen no more until the
    /// next event. Seen by level, it is what the source says.
    pub fn clear_ready(&self, ready: Ready) {
        if let Some((_, device)) = self.device.get() {
            device.readiness.clear(ready);
        }
    }

    /// Calls `io`, and clears the readiness for `interest` if it would block.
    ///
    /// # Errors
    ///
    /// Those of `io`, and as [`poll_read_ready`](Self::poll_read_ready).
    pub fn try_io<R>(
        &self,
        interest: Interest,
        io: impl FnOnce() -> io::Result<R>,
    ) -> io::Result<R> {
        let (_, device, wanted) = self.device(interest)?;
        let result = io();
        if result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
            device.readiness.clear(wanted.mask());
        }
        result
    }

    /// Calls `io` whenever something can be read, until it does not block.
    ///
    /// # Errors
    ///
    /// As [`try_io`](Self::try_io).
    pub fn poll_read_io<R>(
        &self,
        cx: &mut Context<'_>,
        mut io: impl FnMut() -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        loop {
            ready!(self.poll_read_ready(cx))?;
            match self.try_io(Interest::READABLE, &mut io) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Calls `io` whenever something can be written, until it does not block.
    ///
    /// # Errors
    ///
    /// As [`try_io`](Self::try_io).
    pub fn poll_write_io<R>(
        &self,
        cx: &mut Context<'_>,
        mut io: impl FnMut() -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        loop {
            ready!(self.poll_write_ready(cx))?;
            match self.try_io(Interest::WRITABLE, &mut io) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Registers another interest in place of the present one.
    ///
    /// # Errors
    ///
    /// `NotFound` after [`deregister`](Self::deregister), `InvalidInput` if the interest is
    /// empty, `NotConnected` outside the run that it belongs to.
    pub fn reregister(&self, interest: Interest) -> io::Result<()> {
        check(interest)?;
        let (_, device, _) = self.device(Interest::all())?;
        device.registered.set(Some(interest));
        Ok(())
    }

    /// Ends the registration. Who waits is not woken, as with epoll.
    ///
    /// # Errors
    ///
    /// `NotFound` if it was ended already, `NotConnected` outside the run that it belongs
    /// to.
    pub fn deregister(&mut self) -> io::Result<()> {
        let (_, device, _) = self.device(Interest::all())?;
        self.gone = true;
        device.registered.set(None);
        device.readiness.forget_wakers();
        Ok(())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // Nothing to do if it was deregistered, or its run is over.
        let _ = self.deregister();
    }
}

fn deregistered(device: &Device) -> io::Error {
    let text = format!("`{}` is not registered any more", device.name);
    io::Error::new(io::ErrorKind::NotFound, text)
}

/// The future of [`Registration::ready`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct ReadyFuture<'a> {
    registration: &'a Registration,
    interest: Interest,
    ticket: Option<Ticket>,
}

impl Future for ReadyFuture<'_> {
    type Output = io::Result<Ready>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        let (core, device, wanted) = self.registration.device(self.interest)?;
        if let Some(ready) = device.readiness.ask(core, wanted) {
            return Poll::Ready(Ok(ready));
        }
        self.ticket = Some(device.readiness.wait(self.ticket, wanted, cx.waker().clone()));
        device.readiness.seen_for(wanted).map_or(Poll::Pending, |ready| Poll::Ready(Ok(ready)))
    }
}

impl Drop for ReadyFuture<'_> {
    fn drop(&mut self) {
        if let (Some(ticket), Some((_, device))) = (self.ticket, self.registration.device.get()) {
            device.readiness.leave(ticket);
        }
    }
}
