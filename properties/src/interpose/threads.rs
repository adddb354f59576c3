//! Calls of strands that are threads: they block, begin threads and sleep in the run.
//!
//! What is done is the engine's; here stand the names of the C library.

use super::clocks;
use super::kernel::Word;
use libc::{c_int, c_long, c_void, clockid_t, pthread_key_t, pthread_t, timespec};
use reveille_threads::calls;
use std::time::Duration;

/// The system call, with its arguments; none if it is to go to the kernel.
///
/// # Safety
///
/// As for the system call.
pub(super) unsafe fn futex(arguments: &[Word; 6]) -> Option<c_long> {
    let [word, operation, value, limit, _, bits] = *arguments;
    let now = || clocks::shown(libc::CLOCK_MONOTONIC).unwrap_or_default();
    // SAFETY: the caller's promise.
    let answer = unsafe {
        calls::futex(
            word.cast(),
            operation.addr() as c_int,
            value.addr() as u32,
            limit.cast(),
            bits.addr() as u32,
            now,
        )
    }?;
    if answer < 0 {
        // SAFETY: the C library gives a valid place for each thread.
        unsafe { *libc::__errno_location() = -answer as c_int };
        return Some(-1);
    }
    Some(answer)
}

/// The same call is about to go to the kernel: to be kept until it is answered.
pub(super) fn asks_kernel(arguments: &[Word; 6]) -> impl Drop + use<> {
    let [word, operation, _, _, other, _] = *arguments;
    calls::asks_kernel(word.cast(), operation.addr() as c_int, other.cast())
}

/// What the functions do that stand before those of the C library, if it is a strand that calls.
pub(super) mod of_strand {
    use super::*;
    use libc::pthread_attr_t;

    macro_rules! as_ever {
        ($($name:ident($($type:ty),*);)*) => {$(
            pub(in crate::interpose) unsafe fn $name($(_: $type),*) -> Option<c_int> {
                None
            }
        )*};
    }

    as_ever! {
        socket(c_int, c_int, c_int);
        socketpair(c_int, c_int, c_int, *mut c_int);
        pipe2(*mut c_int, c_int);
        epoll_create1(c_int);
        eventfd(libc::c_uint, c_int);
        getaddrinfo(*const libc::c_char, *const libc::c_char, *const libc::addrinfo, *mut *mut libc::addrinfo);
        posix_spawnp(
            *mut libc::pid_t, *const libc::c_char, *const libc::posix_spawn_file_actions_t,
            *const libc::posix_spawnattr_t, *const *mut libc::c_char, *const *mut libc::c_char
        );
    }

    /// # Safety
    ///
    /// As for the function.
    pub(in crate::interpose) unsafe fn nanosleep(
        time: *const timespec,
        _: *mut timespec,
    ) -> Option<c_int> {
        // SAFETY: the caller's promise.
        calls::sleep(duration(unsafe { &*time })).then_some(0)
    }

    /// # Safety
    ///
    /// As for the function.
    pub(in crate::interpose) unsafe fn clock_nanosleep(
        clock: clockid_t,
        flags: c_int,
        time: *const timespec,
        _: *mut timespec,
    ) -> Option<c_int> {
        // SAFETY: the caller's promise.
        let time = duration(unsafe { &*time });
        let length = match flags & libc::TIMER_ABSTIME {
            0 => time,
            _ => time.saturating_sub(clocks::shown(clock)?),
        };
        calls::sleep(length).then_some(0)
    }

    /// # Safety
    ///
    /// As for the function.
    pub(in crate::interpose) unsafe fn pthread_create(
        thread: *mut pthread_t,
        with: *const pthread_attr_t,
        main: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> Option<c_int> {
        // SAFETY: the caller's promise.
        match unsafe { calls::create(with, main, argument) }? {
            // SAFETY: as above.
            Ok(handle) => unsafe { *thread = handle },
            Err(error) => return Some(error),
        }
        Some(0)
    }
}

fn duration(time: &timespec) -> Duration {
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0).min(999_999_999);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
}

/// The function of the C library that ours hides.
macro_rules! real {
    ($name:ident as $type:ty) => {{
        // SAFETY: the name ends in 0, and the C library has a function of that name and type.
        unsafe {
            let name = concat!(stringify!($name), "\0").as_ptr().cast();
            std::mem::transmute::<*mut libc::c_void, $type>(libc::dlsym(libc::RTLD_NEXT, name))
        }
    }};
}
pub(super) use real;

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_join(thread: pthread_t, result: *mut *mut c_void) -> c_int {
    if calls::join(thread) {
        if !result.is_null() {
            // SAFETY: the caller's promise. What threads of the standard library give is null.
            unsafe { *result = std::ptr::null_mut() };
        }
        return 0;
    }
    let real = real!(pthread_join as unsafe extern "C" fn(pthread_t, *mut *mut c_void) -> c_int);
    // SAFETY: the caller's promise.
    unsafe { real(thread, result) }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_detach(thread: pthread_t) -> c_int {
    if calls::detach(thread) {
        return 0;
    }
    let real = real!(pthread_detach as unsafe extern "C" fn(pthread_t) -> c_int);
    // SAFETY: the caller's promise.
    unsafe { real(thread) }
}

#[unsafe(no_mangle)]
extern "C" fn sched_yield() -> c_int {
    if calls::give_way() {
        return 0;
    }
    let real = real!(sched_yield as unsafe extern "C" fn() -> c_int);
    // SAFETY: it has no preconditions.
    unsafe { real() }
}

unsafe extern "C" {
    fn __libc_free(block: *mut c_void);
    fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void;
}

fn gives_back(block: *mut c_void) {
    if !block.is_null() {
        // SAFETY: it is a block of the allocator's.
        calls::free(block, || unsafe { libc::malloc_usable_size(block) });
    }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut c_void) {
    gives_back(block);
    // SAFETY: the caller's promise.
    unsafe { __libc_free(block) }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    gives_back(block);
    // SAFETY: the caller's promise.
    unsafe { __libc_realloc(block, size) }
}

type Destructor = unsafe extern "C" fn(*mut c_void);

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_key_create(
    key: *mut pthread_key_t,
    destructor: Option<Destructor>,
) -> c_int {
    let real = real!(
        pthread_key_create as unsafe extern "C" fn(*mut pthread_key_t, Option<Destructor>) -> c_int
    );
    // SAFETY: the caller's promise; if there is no error the key is there.
    unsafe {
        let error = real(key, destructor);
        if error == 0 {
            calls::key_made(*key, destructor);
        }
        error
    }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_key_delete(key: pthread_key_t) -> c_int {
    calls::key_deleted(key);
    let real = real!(pthread_key_delete as unsafe extern "C" fn(pthread_key_t) -> c_int);
    // SAFETY: the caller's promise.
    unsafe { real(key) }
}

/// Each thread of the standard library asks where its stack ends, to tell of one that overflows,
/// and remembers it by the number of its kernel thread, which all strands share. A strand gets
/// no answer: an overflow is told as the signal that it is.
///
/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_getattr_np(
    thread: pthread_t,
    attributes: *mut libc::pthread_attr_t,
) -> c_int {
    // SAFETY: it has no preconditions.
    let is_own = unsafe { libc::pthread_self() } == thread;
    if is_own && calls::is_strand() {
        return libc::ENOSYS;
    }
    let real = real!(
        pthread_getattr_np as unsafe extern "C" fn(pthread_t, *mut libc::pthread_attr_t) -> c_int
    );
    // SAFETY: the caller's promise.
    unsafe { real(thread, attributes) }
}

/// A thread is asked for the stack on which signals are handled: that of the kernel thread is
/// there already, and is not to be taken away by a thread that ends.
///
/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigaltstack(new: *const libc::stack_t, old: *mut libc::stack_t) -> c_int {
    if calls::is_strand() {
        if !old.is_null() {
            // SAFETY: the caller's promise. No flag says that there is none.
            unsafe { old.write_bytes(0, 1) };
        }
        return 0;
    }
    let real = real!(
        sigaltstack as unsafe extern "C" fn(*const libc::stack_t, *mut libc::stack_t) -> c_int
    );
    // SAFETY: the caller's promise.
    unsafe { real(new, old) }
}
