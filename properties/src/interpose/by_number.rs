//! The C function `syscall`: system calls by their number.
//!
//! `getrandom` 0.1 and 0.2 draw by it, and with them whatever stands on `rand` 0.8. The
//! standard library comes by at every lock that is contended and every thread that parks,
//! allocators and handlers of signals come by too, some before `main`. So what concerns
//! nobody goes to the kernel at once: no memory is taken, no lock, and no symbol is looked up.

use super::kernel::{self, Word};
use super::{clocks, entropy};
use libc::{c_long, c_uint, clockid_t, ssize_t};

/// In C the function takes a number of arguments that varies. The calling conventions of
/// x86-64 and aarch64 pass the first six or eight whole numbers and pointers of such a
/// call in the registers in which a function of fixed arguments finds them, and the seventh
/// in x86-64 where the stack has it; so a function of seven may stand here. What was not
/// given is passed on as it happens to be, as the C library does, and not looked at.
///
/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn syscall(
    call: c_long,
    a: Word,
    b: Word,
    c: Word,
    d: Word,
    e: Word,
    f: Word,
) -> c_long {
    let arguments = [a, b, c, d, e, f];
    #[cfg(reveille_threads)]
    let _asleep;
    // SAFETY: these calls have the arguments that are taken here; and the caller's promise.
    unsafe {
        match call {
            libc::SYS_getrandom => {
                let got: ssize_t = entropy::getrandom(a, b.addr(), c.addr() as c_uint);
                return got as c_long;
            }
            libc::SYS_clock_gettime if clocks::shown(a.addr() as clockid_t).is_some() => {
                return clocks::clock_gettime(a.addr() as clockid_t, b.cast()).into();
            }
            libc::SYS_gettimeofday if clocks::shown(libc::CLOCK_REALTIME).is_some() => {
                return clocks::gettimeofday(a.cast(), b).into();
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_time if clocks::shown(libc::CLOCK_REALTIME).is_some() => {
                return clocks::time(a.cast());
            }
            #[cfg(reveille_threads)]
            libc::SYS_futex => {
                if let Some(answer) = super::threads::futex(&arguments) {
                    return answer;
                }
                _asleep = super::threads::asks_kernel(&arguments);
            }
            _ => {}
        }
        #[cfg(all(target_env = "gnu", not(target_feature = "crt-static")))]
        super::outside::note_by_number(call, &arguments);
        kernel::ask(call, arguments)
    }
}

#[cfg(test)]
mod tests {
    use libc::c_long;
    use std::io::{Error, Write};
    use std::os::fd::AsRawFd;
    use std::sync::atomic::{AtomicI64, Ordering};

    static BEFORE_MAIN: AtomicI64 = AtomicI64::new(0);

    extern "C" fn ask_before_main() {
        // SAFETY: it has no preconditions.
        BEFORE_MAIN.store(unsafe { libc::syscall(libc::SYS_getpid) }, Ordering::Relaxed);
    }

    // SAFETY: what stands in this section is a function without arguments.
    #[unsafe(link_section = ".init_array")]
    #[used]
    static CONSTRUCTOR: extern "C" fn() = ask_before_main;

    #[test]
    fn answers_before_main() {
        assert_eq!(BEFORE_MAIN.load(Ordering::Relaxed), i64::from(std::process::id()));
    }

    #[test]
    fn an_error_is_minus_one_and_its_number() {
        // SAFETY: no such descriptor, and no such call.
        unsafe {
            assert_eq!(libc::syscall(libc::SYS_close, -1), -1);
            assert_eq!(Error::last_os_error().raw_os_error(), Some(libc::EBADF));
            assert_eq!(libc::syscall(-1), -1);
            assert_eq!(Error::last_os_error().raw_os_error(), Some(libc::ENOSYS));
        }
    }

    /// The last of seven arguments comes by the stack on x86-64.
    #[test]
    fn all_arguments_arrive() {
        let page = 65_536;
        let mut file = std::fs::File::from(memory());
        file.write_all(&vec![1; page]).unwrap();
        file.write_all(b"second").unwrap();
        let (nothing, length) = (std::ptr::null_mut::<u8>(), 6_usize);
        // SAFETY: what is mapped is new and lives until it is given back.
        unsafe {
            let place = libc::syscall(
                libc::SYS_mmap,
                nothing,
                length,
                libc::PROT_READ,
                libc::MAP_PRIVATE,
                file.as_raw_fd(),
                page as c_long,
            );
            assert_ne!(place, -1, "{}", Error::last_os_error());
            let mapped = std::ptr::with_exposed_provenance_mut::<u8>(place as usize);
            assert_eq!(std::slice::from_raw_parts(mapped, length), b"second");
            assert_eq!(libc::syscall(libc::SYS_munmap, mapped, length), 0);
        }
    }

    fn memory() -> std::os::fd::OwnedFd {
        use std::os::fd::FromRawFd;
        // SAFETY: the name ends in a zero byte, and the descriptor has just been opened.
        unsafe {
            let file = libc::syscall(libc::SYS_memfd_create, c"reveille".as_ptr(), 0);
            assert_ne!(file, -1, "{}", Error::last_os_error());
            std::os::fd::OwnedFd::from_raw_fd(file as libc::c_int)
        }
    }

    /// The kernel refuses flags that it does not know; a stream that is fixed would not look.
    #[test]
    fn entropy_is_that_of_the_kernel_unless_it_is_fixed() {
        let mut bytes = [[0_u8; 16]; 2];
        // SAFETY: the buffers have the length that is given.
        unsafe {
            for bytes in &mut bytes {
                assert_eq!(libc::syscall(libc::SYS_getrandom, bytes.as_mut_ptr(), 16_usize, 0), 16);
            }
            let unknown = libc::syscall(libc::SYS_getrandom, bytes[0].as_mut_ptr(), 16_usize, -1);
            assert_eq!(unknown, -1);
            assert_eq!(Error::last_os_error().raw_os_error(), Some(libc::EINVAL));
        }
        assert_ne!(bytes[0], bytes[1]);
    }
}
