//! The thread-locals of the executable: made new between two jobs of a pooled thread.
//!
//! The loader gives every thread a copy of the executable's image of initial values (the segment
//! `PT_TLS`), at the same distance from the thread pointer. Copying the image over the block
//! again is what a new thread would find there (Drepper, "ELF Handling For Thread-Local
//! Storage", 2013). The blocks of shared libraries, that of the C library among them, are left
//! alone: `errno` needs no reset, and the caches of its allocator must not have one.
//!
//! Destructors of thread-locals are run first: they are on a list of the C library's
//! (`__cxa_thread_atexit_impl`), which its `__call_tls_dtors` runs when a thread ends. After them
//! come those that the C library has by [keys](super::keys).

use super::{executable, keys};
use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

/// Where the image is, and where the block of a thread.
#[derive(Clone, Copy, Debug)]
struct Image {
    initial: *const u8,
    /// Bytes of initial values; those behind them are 0.
    written: usize,
    size: usize,
    /// From the block to the thread pointer.
    before: usize,
}

// SAFETY: it points to what is there from the beginning to the end and is never written.
unsafe impl Send for Image {}
// SAFETY: as above.
unsafe impl Sync for Image {}

/// Gives the thread-locals of the calling thread their initial values.
///
/// # Safety
///
/// Nobody refers to a thread-local of this thread, and no destructor of one is due.
pub(crate) unsafe fn reset() {
    let Some(image) = image() else { return };
    let block = thread_pointer().wrapping_sub(image.before);
    // SAFETY: the loader made the block of this size, and the image does not lie in it.
    unsafe {
        ptr::copy_nonoverlapping(image.initial, block, image.written);
        ptr::write_bytes(block.add(image.written), 0, image.size - image.written);
    }
}

/// Runs the destructors of the calling thread's thread-locals, as at its end.
pub(crate) fn run_destructors() {
    if let Some(run) = destructors() {
        // SAFETY: it is the C library's own, and takes what it runs off its list.
        unsafe { run() };
    }
    keys::empty();
}

/// Finds out what the two above need, as long as that can be waited for.
pub(crate) fn prepare() {
    image();
    destructors();
}

fn destructors() -> Option<unsafe extern "C" fn()> {
    static RUN: OnceLock<Option<unsafe extern "C" fn()>> = OnceLock::new();
    *RUN.get_or_init(|| {
        // SAFETY: the name ends in 0, and what it names, if it is there, is such a function.
        unsafe {
            let run = libc::dlsym(libc::RTLD_DEFAULT, c"__call_tls_dtors".as_ptr());
            (!run.is_null())
                .then(|| std::mem::transmute::<*mut c_void, unsafe extern "C" fn()>(run))
        }
    })
}

fn image() -> Option<Image> {
    static IMAGE: OnceLock<Option<Image>> = OnceLock::new();
    let find = || {
        let image = executable::read(|info, headers| {
            let segment = headers.iter().find(|header| header.p_type == libc::PT_TLS)?;
            (!info.dlpi_tls_data.is_null()).then(|| Image {
                initial: ptr::with_exposed_provenance((info.dlpi_addr + segment.p_vaddr) as usize),
                written: segment.p_filesz as usize,
                size: segment.p_memsz as usize,
                before: thread_pointer().addr().wrapping_sub(info.dlpi_tls_data.addr()),
            })
        });
        image.flatten()
    };
    *IMAGE.get_or_init(find)
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn thread_pointer() -> *mut u8 {
    let pointer: usize;
    // SAFETY: the first word of the thread's control block points to itself.
    unsafe {
        std::arch::asm!("mov {}, fs:0", out(reg) pointer, options(nostack, readonly, preserves_flags));
    }
    ptr::with_exposed_provenance_mut(pointer)
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(super) fn thread_pointer() -> *mut u8 {
    let pointer: usize;
    // SAFETY: the register may be read by everybody.
    unsafe {
        std::arch::asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, nomem, preserves_flags));
    }
    ptr::with_exposed_provenance_mut(pointer)
}
