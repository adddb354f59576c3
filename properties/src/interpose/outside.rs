//! Functions of the C library that take something from the machine: each call inside a run
//! is [noted](reveille_sim::note_outside) and passed on.
//!
//! Noted with glibc only, and where a function with a variable number of arguments is
//! called as any other.

use super::kernel::Word;
use libc::{
    DIR, addrinfo, c_char, c_int, c_long, c_uint, c_void, clockid_t, mode_t, pid_t,
    posix_spawn_file_actions_t, posix_spawnattr_t, pthread_attr_t, pthread_t, timespec,
};
use reveille_sim::Outside;
use std::ffi::CStr;
use std::sync::atomic::{AtomicPtr, Ordering};

pub(super) fn note(outside: Outside) {
    if is_noted() {
        reveille_sim::note_outside(outside);
    }
}

fn is_noted() -> bool {
    !super::QUIET.load(Ordering::Relaxed) && reveille_sim::in_run()
}

/// Notes a file, unless it tells of the process itself: the standard library reads those
/// to print a stack, holding a lock that [`note`] would need, and allocators read others.
///
/// # Safety
///
/// `path` is a string of C, if anything.
unsafe fn note_file(path: *const c_char) {
    if !is_noted() || path.is_null() {
        return;
    }
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    if matches!(path, b"/dev/random" | b"/dev/urandom") {
        reveille_sim::note_outside(Outside::Entropy);
    } else if !is_of_the_process(path) {
        reveille_sim::note_outside(Outside::File);
    }
}

/// Notes a system call that is made by its number.
///
/// # Safety
///
/// The arguments are those of the call.
#[inline]
pub(super) unsafe fn note_by_number(call: c_long, arguments: &[Word; 6]) {
    match call {
        libc::SYS_socket | libc::SYS_socketpair => note(Outside::Socket),
        libc::SYS_pipe2 => note(Outside::Pipe),
        libc::SYS_epoll_create1 | libc::SYS_eventfd2 => note(Outside::Reactor),
        libc::SYS_io_uring_setup => note(Outside::Ring),
        libc::SYS_nanosleep | libc::SYS_clock_nanosleep => note(Outside::Sleep),
        // SAFETY: the argument is a path.
        libc::SYS_openat | libc::SYS_openat2 => unsafe { note_file(arguments[1].cast()) },
        // What aarch64 never had.
        #[cfg(target_arch = "x86_64")]
        libc::SYS_pipe => note(Outside::Pipe),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_create | libc::SYS_eventfd => note(Outside::Reactor),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the argument is a path.
        libc::SYS_open | libc::SYS_creat => unsafe { note_file(arguments[0].cast()) },
        _ => {}
    }
}

fn is_of_the_process(path: &[u8]) -> bool {
    let within = |part: &[u8]| path.windows(part.len()).any(|window| window == part);
    ["/proc/", "/sys/", "/dev/"].iter().any(|root| path.starts_with(root.as_bytes()))
        || [".so", "/debug/", "/.debug/"].iter().any(|part| within(part.as_bytes()))
        || [".debug", ".dwp", ".dwo", ".o"].iter().any(|end| path.ends_with(end.as_bytes()))
        || is_executable(path)
}

/// Whether it is the file of this process.
fn is_executable(path: &[u8]) -> bool {
    let mut place = [0u8; libc::PATH_MAX as usize];
    let name = c"/proc/self/exe".as_ptr();
    // SAFETY: the place has the length that is given.
    let length = unsafe { libc::readlink(name, place.as_mut_ptr().cast(), place.len()) };
    usize::try_from(length).is_ok_and(|length| place[..length] == *path)
}

/// The function of that name which ours hides.
fn next(known: &AtomicPtr<c_void>, name: &CStr) -> *mut c_void {
    let mut next = known.load(Ordering::Relaxed);
    if next.is_null() {
        // SAFETY: the name is a string of C.
        next = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
        // The C library is linked dynamically, and has it.
        assert!(!next.is_null(), "the C library has no such function");
        known.store(next, Ordering::Relaxed);
    }
    next
}

/// A static for the address, and the address, of the next function.
macro_rules! next {
    ($name:ident) => {{
        static NEXT: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
        const NAME: &CStr =
            match CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => panic!("a name has no zero byte"),
            };
        next(&NEXT, NAME)
    }};
}

macro_rules! stand_before {
    ($($outside:ident: $name:ident($($argument:ident: $type:ty),* $(,)?);)*) => {$(
        /// # Safety
        ///
        /// As for the function of the C library.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
            #[cfg(reveille_threads)]
            // SAFETY: the caller's promise.
            if let Some(answer) = unsafe { super::threads::of_strand::$name($($argument),*) } {
                return answer;
            }
            note(Outside::$outside);
            // SAFETY: the symbol of that name has this type; and the caller's promise.
            unsafe {
                let next = std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($type),*) -> c_int>(
                    next!($name),
                );
                next($($argument),*)
            }
        }
    )*};
}

macro_rules! stand_before_path {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        /// # Safety
        ///
        /// As for the function of the C library.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(path: *const c_char $(, $argument: $type)*) -> $result {
            // SAFETY: the symbol of that name has this type; and the caller's promise.
            unsafe {
                note_file(path);
                let next = std::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(*const c_char $(, $type)*) -> $result,
                >(next!($name));
                next(path $(, $argument)*)
            }
        }
    )*};
}

macro_rules! stand_before_open {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {$(
        /// # Safety
        ///
        /// As for the function of the C library.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            $($argument: $type,)* path: *const c_char, flags: c_int, mode: mode_t,
        ) -> c_int {
            // SAFETY: the symbol of that name has this type; and the caller's promise. A mode
            // that was not given is passed on as it happens to be, and not looked at.
            unsafe {
                note_file(path);
                let next = std::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn($($type,)* *const c_char, c_int, ...) -> c_int,
                >(next!($name));
                next($($argument,)* path, flags, mode)
            }
        }
    )*};
}

type Main = extern "C" fn(*mut c_void) -> *mut c_void;

stand_before! {
    Socket: socket(domain: c_int, kind: c_int, protocol: c_int);
    Socket: socketpair(domain: c_int, kind: c_int, protocol: c_int, pair: *mut c_int);
    Pipe: pipe2(pair: *mut c_int, flags: c_int);
    Reactor: epoll_create1(flags: c_int);
    Reactor: eventfd(value: c_uint, flags: c_int);
    Sleep: nanosleep(time: *const timespec, rest: *mut timespec);
    Sleep: clock_nanosleep(
        clock: clockid_t, flags: c_int, time: *const timespec, rest: *mut timespec
    );
    Thread: pthread_create(
        thread: *mut pthread_t, with: *const pthread_attr_t, main: Main, argument: *mut c_void
    );
    Lookup: getaddrinfo(
        node: *const c_char, service: *const c_char, hints: *const addrinfo, to: *mut *mut addrinfo
    );
    Process: posix_spawnp(
        process: *mut pid_t,
        file: *const c_char,
        actions: *const posix_spawn_file_actions_t,
        with: *const posix_spawnattr_t,
        arguments: *const *mut c_char,
        environment: *const *mut c_char,
    );
}

stand_before_path! {
    mkdir(mode: mode_t) -> c_int;
    rmdir() -> c_int;
    unlink() -> c_int;
    rename(to: *const c_char) -> c_int;
    opendir() -> *mut DIR;
}

stand_before_open! {
    open();
    open64();
    openat(directory: c_int);
    openat64(directory: c_int);
}
