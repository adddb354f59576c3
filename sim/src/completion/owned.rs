//! Buffers that an [`Operation`](super::Operation) may own, in the names of tokio-uring.

/// A buffer that can be written from while it is in flight.
///
/// # Safety
///
/// The memory that `stable_ptr` points at must stay where it is, and its first
/// `bytes_init` bytes initialised, when the value moves, for as long as it is neither
/// changed nor dropped.
pub unsafe trait IoBuf: Unpin + 'static {
    /// Where its memory is.
    fn stable_ptr(&self) -> *const u8;

    /// How many of its bytes are initialised; a write takes those.
    fn bytes_init(&self) -> usize;

    /// How many bytes it has in all; a read fills those.
    fn bytes_total(&self) -> usize;
}

/// A buffer that can be read into while it is in flight.
///
/// # Safety
///
/// As [`IoBuf`]; and all bytes that `bytes_total` counts may be written through
/// `stable_mut_ptr`.
pub unsafe trait IoBufMut: IoBuf {
    /// Where its memory is, to be written.
    fn stable_mut_ptr(&mut self) -> *mut u8;

    /// Its first `count` bytes are initialised now.
    ///
    /// # Safety
    ///
    /// They must be.
    unsafe fn set_init(&mut self, count: usize);
}

// SAFETY: the memory of a vector stays where it is when the vector moves.
unsafe impl IoBuf for Vec<u8> {
    fn stable_ptr(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_init(&self) -> usize {
        self.len()
    }

    fn bytes_total(&self) -> usize {
        self.capacity()
    }
}

// SAFETY: as above, and a vector may be written up to its capacity.
unsafe impl IoBufMut for Vec<u8> {
    fn stable_mut_ptr(&mut self) -> *mut u8 {
        self.as_mut_ptr()
    }

    unsafe fn set_init(&mut self, count: usize) {
        if self.len() < count {
            // SAFETY: the caller's promise.
            unsafe { self.set_len(count) };
        }
    }
}

// SAFETY: the memory of a box stays where it is when the box moves.
unsafe impl IoBuf for Box<[u8]> {
    fn stable_ptr(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_init(&self) -> usize {
        self.len()
    }

    fn bytes_total(&self) -> usize {
        self.len()
    }
}

// SAFETY: as above.
unsafe impl IoBufMut for Box<[u8]> {
    fn stable_mut_ptr(&mut self) -> *mut u8 {
        self.as_mut_ptr()
    }

    unsafe fn set_init(&mut self, _count: usize) {}
}

// SAFETY: what is static stays.
unsafe impl IoBuf for &'static [u8] {
    fn stable_ptr(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_init(&self) -> usize {
        self.len()
    }

    fn bytes_total(&self) -> usize {
        self.len()
    }
}

// SAFETY: what is static stays.
unsafe impl IoBuf for &'static str {
    fn stable_ptr(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_init(&self) -> usize {
        self.len()
    }

    fn bytes_total(&self) -> usize {
        self.len()
    }
}
