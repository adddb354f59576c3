//! The memory of an operation, whoever owns it.

use super::buffer::HandedOver;
use super::operation::Lent;
use super::raw::Raw;
use std::rc::Rc;

/// What was handed over with an operation.
pub(super) enum Memory {
    Nothing,
    /// Some place of which the driver says that it is good.
    Raw(Raw),
    /// A [`Buffer`](super::Buffer).
    Shared(HandedOver),
    /// What an [`Operation`](super::Operation) was given.
    Lent(Rc<dyn Lent>),
}

impl Memory {
    /// The operation goes to the kernel.
    pub(super) fn take(&mut self, is_written: bool) {
        if let Memory::Raw(raw) = self {
            raw.take(is_written);
        }
    }

    pub(super) fn length(&self) -> usize {
        match self {
            Memory::Nothing => 0,
            Memory::Raw(raw) => raw.length(),
            Memory::Shared(buffer) => buffer.shared().length(),
            Memory::Lent(lent) => lent.length(),
        }
    }

    pub(super) fn contents(&self) -> Vec<u8> {
        match self {
            Memory::Nothing => Vec::new(),
            Memory::Raw(raw) => raw.contents(),
            Memory::Shared(buffer) => buffer.shared().contents(),
            Memory::Lent(lent) => lent.contents(),
        }
    }

    /// The operation ends, and has moved these bytes to the memory.
    pub(super) fn land(mut self, bytes: &[u8]) {
        if let Memory::Raw(raw) = &mut self {
            raw.look();
        }
        if !bytes.is_empty() {
            self.fill(bytes);
        }
    }

    fn fill(&mut self, bytes: &[u8]) {
        match self {
            Memory::Nothing => {}
            Memory::Raw(raw) => raw.fill(bytes),
            Memory::Shared(buffer) => buffer.shared().fill(bytes),
            Memory::Lent(lent) => lent.fill(bytes),
        }
    }
}
