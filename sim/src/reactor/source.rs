//! The end of the device.

use super::interest::{Interest, Ready};
use super::readiness::Readiness;
use super::registration::Registration;
use super::selector::{AnySource, Observe, Observed};
use crate::resident::Handle;
use crate::world;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// How readiness is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trigger {
    /// It is seen for as long as the source is ready.
    #[default]
    Level,
    /// It is seen when the source becomes ready, until it is
    /// [cleared](Registration::clear_ready); then no more until the next event.
    Edge,
    /// It is seen once, then no more until the interest is modified; for a
    /// [`Selector`](super::Selector) only.
    OneShot,
}

/// A source as the world holds it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) readiness: Readiness,
    pub(crate) name: String,
    pub(crate) registered: Cell<Option<Interest>>,
}

/// Something outside the program that becomes ready: the end of the device.
///
/// Dropping it hangs up: both directions are closed, and who waits is woken.
#[derive(Debug)]
pub struct Source(Handle<Device>);

impl Source {
    /// A source that is ready for nothing; reports call it `name`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[must_use]
    #[track_caller]
    pub fn new(name: &str) -> Source {
        let core = world::expect_current("Source::new");
        let readiness = Readiness::new(core, name);
        let device = Device { readiness, name: name.to_owned(), registered: Cell::new(None) };
        Source(Handle::new(core, Rc::new(device)))
    }

    /// Registers the interest of the program in this source.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if it is registered, as `epoll_ctl` has it; `InvalidInput` if the
    /// interest is empty, or the trigger is [`OneShot`](Trigger::OneShot).
    pub fn register(&self, interest: Interest, trigger: Trigger) -> io::Result<Registration> {
        let (core, device) = self.0.get().ok_or_else(elsewhere)?;
        check(interest)?;
        if trigger == Trigger::OneShot {
            let text = "only a selector sees by one shot: expected `Trigger::Level` or `Edge`";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        if device.registered.get().is_some() {
            let text = format!("`{}` is registered already: deregister it first", device.name);
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        device.registered.set(Some(interest));
        device.readiness.see_by(trigger);
        Ok(Registration::new(Handle::new(core, device)))
    }

    /// The source becomes ready now. Nothing happens if its run is over.
    pub fn set_ready(&self, ready: Ready) {
        if let Some((core, device)) = self.0.get() {
            device.readiness.add(core, ready);
        }
    }

    /// The source becomes ready after `delay`, if it still is there.
    pub fn set_ready_after(&self, delay: Duration, ready: Ready) {
        if let Some((core, device)) = self.0.get() {
            let device = Rc::downgrade(&device);
            core.happen_after(delay, move || {
                if let (Some(device), Some(core)) = (device.upgrade(), world::current()) {
                    device.readiness.add(core, ready);
                }
            });
        }
    }

    /// The source is not ready for this any more.
    pub fn unset_ready(&self, ready: Ready) {
        if let Some((_, device)) = self.0.get() {
            device.readiness.remove(ready);
        }
    }

    /// What the source is ready for.
    #[must_use]
    pub fn readiness(&self) -> Ready {
        self.0.get().map_or(Ready::empty(), |(_, device)| device.readiness.level())
    }
}

impl Observed for Device {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    fn name(&self) -> String {
        format!("`{}`", self.name)
    }
}

impl Observe for Source {
    fn observed(&self) -> Option<AnySource> {
        let (_, device) = self.0.get()?;
        Some(AnySource(device))
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some((_, device)) = self.0.get() {
            device.readiness.end_in_selectors();
        }
        self.set_ready(Ready::CLOSED);
    }
}

pub(super) fn check(interest: Interest) -> io::Result<()> {
    if interest.is_empty() {
        let text = "expected an interest in something, got an empty one";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Ok(())
}

/// The error of a handle that leads nowhere.
pub(crate) fn elsewhere() -> io::Error {
    let text = "this handle belongs to a run that is over, or to another thread's";
    io::Error::new(io::ErrorKind::NotConnected, text)
}
