//! System calls that go by the functions of the C library, before which ours stand.

use libc::{c_long, c_void};

/// An argument: a number, or a pointer that keeps its provenance.
pub(crate) type Word = *mut c_void;

pub(crate) fn number(number: usize) -> Word {
    std::ptr::without_provenance_mut(number)
}

/// Makes the system call, and answers as the C function `syscall` does: -1 and `errno` for
/// an error. Takes no memory and no lock, so it may be called in a handler of a signal.
///
/// # Safety
///
/// As for the system call.
#[inline]
pub(crate) unsafe fn ask<const N: usize>(call: c_long, given: [Word; N]) -> c_long {
    let mut arguments = [number(0); 6];
    arguments[..N].copy_from_slice(&given);
    // SAFETY: the caller's promise.
    let answer = unsafe { enter(call, arguments) };
    if (-4095..0).contains(&answer) {
        // SAFETY: the C library gives a valid place for each thread.
        unsafe { *libc::__errno_location() = -answer as libc::c_int };
        return -1;
    }
    answer
}

/// The calling convention of the kernel: it keeps all registers but those named.
///
/// # Safety
///
/// As for the system call.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
#[inline]
unsafe fn enter(call: c_long, [a, b, c, d, e, f]: [Word; 6]) -> c_long {
    let answer;
    // SAFETY: the caller's promise.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") call => answer,
            in("rdi") a,
            in("rsi") b,
            in("rdx") c,
            in("r10") d,
            in("r8") e,
            in("r9") f,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    answer
}

/// The calling convention of the kernel: it keeps all registers but that of the answer.
///
/// # Safety
///
/// As for the system call.
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64"))]
#[inline]
unsafe fn enter(call: c_long, [a, b, c, d, e, f]: [Word; 6]) -> c_long {
    let answer: c_long;
    // SAFETY: the caller's promise.
    unsafe {
        std::arch::asm!(
            "svc 0",
            in("x8") call,
            inlateout("x0") a => answer,
            in("x1") b,
            in("x2") c,
            in("x3") d,
            in("x4") e,
            in("x5") f,
            options(nostack),
        );
    }
    answer
}

/// Elsewhere nothing stands before the function `syscall`, and `errno` is set already.
///
/// # Safety
///
/// As for the system call.
#[cfg(not(all(
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
)))]
unsafe fn enter(call: c_long, [a, b, c, d, e, f]: [Word; 6]) -> c_long {
    // SAFETY: the caller's promise.
    match unsafe { libc::syscall(call, a, b, c, d, e, f) } {
        -1 => -c_long::from(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL)),
        answer => answer,
    }
}
