//! Memory for the stack of a handler, with a page below it that nobody may touch.

use libc::c_void;

/// What a handler has, in bytes; it takes up only what is used.
const SIZE: usize = 256 << 10;

#[derive(Debug)]
pub(super) struct Room {
    memory: *mut c_void,
    guard: usize,
}

impl Room {
    /// None if the system refuses.
    pub(super) fn new() -> Option<Room> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: new memory, at an address that nobody uses; of that the first page is
        // taken away.
        unsafe {
            let guard = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).ok()?;
            let memory = libc::mmap(std::ptr::null_mut(), guard + SIZE, access, flags, -1, 0);
            if memory == libc::MAP_FAILED {
                return None;
            }
            libc::mprotect(memory, guard, libc::PROT_NONE);
            Some(Room { memory, guard })
        }
    }

    pub(super) fn start(&self) -> *mut c_void {
        self.memory.wrapping_byte_add(self.guard)
    }

    pub(super) fn size(&self) -> usize {
        SIZE
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // SAFETY: it was mapped with that size, and nobody has it any more.
        unsafe { libc::munmap(self.memory, self.guard + SIZE) };
    }
}
