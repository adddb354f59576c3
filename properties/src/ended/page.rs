//! Text in memory that was there before.

use std::cell::UnsafeCell;
use std::fmt;

/// Bytes that a text can have.
pub(super) const LENGTH: usize = 1 << 20;

/// Memory that costs nothing before it is written to.
pub(super) struct Page(UnsafeCell<[u8; LENGTH]>);

// SAFETY: whoever calls `begin` promises to be alone.
unsafe impl Sync for Page {}

impl Page {
    pub(super) const fn new() -> Page {
        Page(UnsafeCell::new([0; LENGTH]))
    }

    /// # Safety
    ///
    /// It is called once in the life of the process.
    pub(super) unsafe fn begin(&'static self) -> Text {
        // SAFETY: the caller's promise, so there is no other reference.
        Text { bytes: unsafe { &mut *self.0.get() }, length: 0 }
    }
}

/// A text that grows; what does not fit is an error.
pub(super) struct Text {
    bytes: &'static mut [u8; LENGTH],
    length: usize,
}

impl Text {
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    pub(super) fn into_str(self) -> &'static str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let place = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
