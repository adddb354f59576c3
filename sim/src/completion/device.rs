//! What operations are on.

use super::flight::{Flight, carry_out_after};
use crate::private::Private;
use crate::world::{self, Core};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::Duration;

/// The far end of operations: a disk, a socket, a device of your own.
///
/// It is asked when an operation is carried out, not when it is submitted, and outside of
/// all tasks. If it answers `WouldBlock` the operation stays in flight until
/// [`Fd::retry`].
pub trait Device {
    /// Fills the front of `buffer` and says how much of it.
    ///
    /// # Errors
    ///
    /// Whatever it wants the completion to say; `WouldBlock`: nothing there yet.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let _ = (offset, buffer);
        Err(ErrorKind::InvalidInput.into())
    }

    /// Takes the front of `bytes` and says how much of it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let _ = (offset, bytes);
        Err(ErrorKind::InvalidInput.into())
    }

    /// How long the operation that was just submitted takes.
    fn latency(&self) -> Duration {
        Duration::ZERO
    }
}

impl<D: Device + ?Sized> Device for Rc<D> {
    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(offset, buffer)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        (**self).write(offset, bytes)
    }

    fn latency(&self) -> Duration {
        (**self).latency()
    }
}

/// Names a device in entries, as a file descriptor does; open until the run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fd {
    index: u32,
    outlet: usize,
    run: u64,
}

/// What the completions of one run stand on.
#[derive(Default)]
pub(super) struct Kernel {
    devices: Private<Vec<Rc<Opened>>>,
    operations: Cell<u32>,
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // Operations know their devices.
        for device in self.devices.with(std::mem::take) {
            drop(device.waiting.with(std::mem::take));
        }
    }
}

impl Kernel {
    pub(super) fn number_operation(&self) -> u32 {
        let number = self.operations.get();
        self.operations.set(number + 1);
        number
    }
}

pub(super) struct Opened {
    pub(super) name: String,
    pub(super) source: u32,
    pub(super) device: Box<dyn Device>,
    /// Operations for which there was nothing yet.
    pub(super) waiting: Private<Vec<Rc<Flight>>>,
}

impl Fd {
    /// Opens `device`; reports call it `name`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[must_use]
    #[track_caller]
    pub fn open(name: &str, device: impl Device + 'static) -> Fd {
        let core = world::expect_current("Fd::open");
        let opened = Rc::new(Opened {
            name: name.to_owned(),
            source: core.name_source(name),
            device: Box::new(device),
            waiting: Private::default(),
        });
        let index = core.only::<Kernel>().devices.with(|devices| {
            devices.push(opened);
            devices.len() - 1
        });
        Fd { index: index as u32, outlet: core.outlet(), run: core.run.get() }
    }

    pub(super) fn device(self, core: &Core) -> Option<Rc<Opened>> {
        if !core.is_run(self.outlet, self.run) {
            return None;
        }
        core.only::<Kernel>().devices.with(|devices| devices.get(self.index as usize).cloned())
    }

    /// The operations to which the device answered `WouldBlock` are tried again, in the
    /// order of those answers unless the sampler says otherwise.
    pub fn retry(self) {
        let Some(core) = world::current() else { return };
        if let Some(device) = self.device(core) {
            for flight in device.waiting.with(std::mem::take) {
                carry_out_after(core, &flight, Duration::ZERO);
            }
        }
    }
}

/// Bytes that a [`Memory`] holds at most.
const LARGEST: usize = 1 << 30;

/// A device that is memory: a disk without a file system.
#[derive(Default)]
pub struct Memory {
    bytes: RefCell<Vec<u8>>,
    latency: Duration,
}

impl Memory {
    /// A device with these bytes; a write past their end adds to them, up to a
    /// gibibyte.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Memory {
        Memory { bytes: RefCell::new(bytes.into()), latency: Duration::ZERO }
    }

    /// Every operation takes so long.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Memory {
        Memory { latency, ..self }
    }

    /// What is on it now.
    #[must_use]
    pub fn contents(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.bytes.borrow().len();
        f.debug_struct("Memory").field("length", &length).field("latency", &self.latency).finish()
    }
}

impl Device for Memory {
    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.bytes.borrow();
        let start = usize::try_from(offset).map_or(bytes.len(), |start| start.min(bytes.len()));
        let count = buffer.len().min(bytes.len() - start);
        buffer[..count].copy_from_slice(&bytes[start..start + count]);
        Ok(count)
    }

    fn write(&self, offset: u64, written: &[u8]) -> io::Result<usize> {
        let mut bytes = self.bytes.borrow_mut();
        let start = usize::try_from(offset).map_err(|_| ErrorKind::StorageFull)?;
        let end = start.checked_add(written.len()).filter(|end| *end <= LARGEST);
        let end = end.ok_or(ErrorKind::StorageFull)?;
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(written);
        Ok(written.len())
    }

    fn latency(&self) -> Duration {
        self.latency
    }
}
