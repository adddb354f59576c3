//! A thread whose stack and thread-locals are lent: what a strand lives in.
//!
//! It begins as any thread of the C library, and puts its kernel thread to sleep for ever, on a
//! small stack beside. From then on the kernel thread that drives a run comes and goes:
//!
//! ```text
//!   driver                                          the shell's stack and thread-locals
//!     |
//!     |  enter()  ---- switch ------------------->   take the job
//!     |                                              run it
//!     |           <--- switch -------  leave()       in its middle, as often as it likes
//!     |  enter()  ---- switch ------------------->   go on
//!     |                                              the job has ended; run the destructors of
//!     |                                              its thread-locals
//!     |           <--- switch --------------------   and wait for another job
//! ```
//!
//! Where a program must not change its thread pointer, the shell keeps its kernel thread, and
//! `enter` and `leave` hand over through the kernel: the same to all that is above, a hundred
//! times slower.
//!
//! A thread costs some 50 us to make, so shells are used again, and their kernel threads end with
//! the process.

use super::context::{self, Context, leave_for_sleep, switch};
use super::locals;
use super::word::Word;
use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;
use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// The stack that a kernel thread sleeps on.
const BED: usize = 4096;

/// How one kernel thread goes from strand to strand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// By changing the stack and the thread pointer.
    UserSpace,
    /// Each strand has its kernel thread, of which one is awake.
    Kernel,
}

impl Handover {
    /// The fastest one that there is here.
    #[must_use]
    pub fn best() -> Handover {
        if context::is_supported() { Handover::UserSpace } else { Handover::Kernel }
    }
}

/// What a shell is given to do. It must not unwind.
pub(crate) type Job = Box<dyn FnOnce()>;

/// Who has the turn, in the word of a shell.
const NOBODY_YET: u32 = 0;
const OUTSIDE: u32 = 1;
const INSIDE: u32 = 2;

/// A thread that is lent.
pub(crate) struct Shell {
    handover: Handover,
    turn: Word,
    inside: UnsafeCell<Context>,
    /// Where whoever enters is left.
    outside: Cell<*mut Context>,
    job: Cell<Option<Job>>,
    bed: UnsafeCell<Bed>,
    /// The high end of its stack and its thread-locals, which the C library lays side by side.
    end: Cell<usize>,
    /// Its thread, by the name that the C library has for it.
    #[cfg_attr(not(reveille_threads), allow(dead_code))]
    thread: Cell<libc::pthread_t>,
}

#[repr(C, align(16))]
struct Bed(MaybeUninit<[u8; BED]>);

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shell").field("handover", &self.handover).finish_non_exhaustive()
    }
}

impl Shell {
    /// Makes a thread, and waits until it can be entered.
    pub(crate) fn start(handover: Handover, stack: usize) -> io::Result<&'static Shell> {
        locals::prepare();
        // Its kernel thread sleeps in it for ever.
        let shell: &'static Shell = Box::leak(Box::new(Shell {
            handover,
            turn: Word::new(NOBODY_YET),
            inside: UnsafeCell::new(Context::empty()),
            outside: Cell::new(ptr::null_mut()),
            job: Cell::new(None),
            bed: UnsafeCell::new(Bed(MaybeUninit::uninit())),
            end: Cell::new(0),
            thread: Cell::new(0),
        }));
        shell.thread.set(make_thread(shell, stack)?);
        shell.turn.wait_while(NOBODY_YET);
        Ok(shell)
    }

    #[cfg(reveille_threads)]
    pub(crate) fn thread(&self) -> libc::pthread_t {
        self.thread.get()
    }

    pub(crate) fn handover(&self) -> Handover {
        self.handover
    }

    /// Gives it something to do when it is entered next. Who enters it is left in `outside`, from
    /// now until the job has ended; that has the thread of who calls this.
    ///
    /// # Safety
    ///
    /// `outside` lives until then, and is that of one thread.
    pub(crate) unsafe fn give(&self, job: Job, outside: *mut Context) {
        // SAFETY: the caller's promise.
        unsafe { (*outside).set_thread() };
        self.outside.set(outside);
        self.job.set(Some(job));
    }

    /// Goes on in the shell until it is left, or until its job has ended.
    ///
    /// # Safety
    ///
    /// The caller gave it a job, and is not inside.
    #[inline(always)]
    pub(crate) unsafe fn enter(&self) {
        match self.handover {
            // SAFETY: the caller's promise; `inside` was filled when it was left last.
            Handover::UserSpace => unsafe { switch(self.outside.get(), self.inside.get()) },
            Handover::Kernel => self.hand_over(INSIDE),
        }
    }

    /// Goes on outside until it is entered again.
    ///
    /// # Safety
    ///
    /// The caller is inside.
    #[inline(always)]
    pub(crate) unsafe fn leave(&self) {
        match self.handover {
            // SAFETY: the caller's promise; `outside` was filled when it was entered.
            Handover::UserSpace => unsafe { switch(self.inside.get(), self.outside.get()) },
            Handover::Kernel => self.hand_over(OUTSIDE),
        }
    }

    /// Goes on in another shell, which was left, in the place of this one.
    ///
    /// # Safety
    ///
    /// The caller is inside, both are entered by the same thread, and it is by
    /// [`Handover::UserSpace`].
    #[inline(always)]
    pub(crate) unsafe fn pass_to(&self, other: &Shell) {
        // SAFETY: the caller's promise; `other.inside` was filled when it was left last.
        unsafe { switch(self.inside.get(), other.inside.get()) };
    }

    fn hand_over(&self, to: u32) {
        self.turn.set_and_wake(to);
        self.turn.wait_while(to);
    }

    /// The high end of its stack and its thread-locals.
    pub(crate) fn end(&self) -> usize {
        self.end.get()
    }

    /// What the thread does all its life.
    fn live(&self) -> ! {
        self.end.set(locals::thread_pointer().addr());
        match self.handover {
            Handover::UserSpace => {
                let bed = self.bed.get().cast::<u8>().wrapping_add(BED);
                // SAFETY: nobody else sleeps there, and `sleep` is as it should be.
                unsafe {
                    (*self.inside.get()).set_thread();
                    leave_for_sleep(
                        self.inside.get(),
                        bed,
                        sleep,
                        ptr::from_ref(self).cast_mut().cast(),
                    );
                }
            }
            Handover::Kernel => {
                self.turn.set_and_wake(OUTSIDE);
                self.turn.wait_while(OUTSIDE);
            }
        }
        loop {
            // SAFETY: of the thread-locals of the last job none is left, and nobody else was here.
            unsafe { locals::reset() };
            if let Some(job) = self.job.take() {
                job();
            }
            locals::run_destructors();
            // SAFETY: this is inside.
            unsafe { self.leave() };
        }
    }
}

/// Where a kernel thread stays that gave its stack away.
extern "C" fn sleep(shell: *mut u8) -> ! {
    // SAFETY: it is the one that `live` gave, and it is never freed.
    let shell: &Shell = unsafe { &*shell.cast::<Shell>() };
    shell.turn.set_and_wake(OUTSIDE);
    loop {
        shell.turn.wait_while(OUTSIDE);
    }
}

extern "C" fn begin(shell: *mut c_void) -> *mut c_void {
    // SAFETY: `make_thread` gives it a shell, which is never freed.
    let shell: &Shell = unsafe { &*shell.cast::<Shell>() };
    shell.live()
}

/// The C library's own function: before its name stands one that makes strands.
///
/// # Safety
///
/// As for `pthread_create`.
unsafe fn create(
    thread: *mut libc::pthread_t,
    attributes: *const libc::pthread_attr_t,
    main: extern "C" fn(*mut c_void) -> *mut c_void,
    argument: *mut c_void,
) -> libc::c_int {
    type Create = unsafe extern "C" fn(
        *mut libc::pthread_t,
        *const libc::pthread_attr_t,
        extern "C" fn(*mut c_void) -> *mut c_void,
        *mut c_void,
    ) -> libc::c_int;
    // SAFETY: the name ends in 0, and what it names has this type; the caller's promise.
    unsafe {
        let next = libc::dlsym(libc::RTLD_NEXT, c"pthread_create".as_ptr());
        match next.is_null() {
            true => libc::pthread_create(thread, attributes, main, argument),
            false => {
                std::mem::transmute::<*mut c_void, Create>(next)(thread, attributes, main, argument)
            }
        }
    }
}

fn make_thread(shell: &'static Shell, stack: usize) -> io::Result<libc::pthread_t> {
    let mut thread = MaybeUninit::uninit();
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: the attributes are made, used and destroyed; the shell lives for ever.
    let error = unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr());
        libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack);
        libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
        let shell = ptr::from_ref(shell).cast_mut().cast();
        let error = create(thread.as_mut_ptr(), attributes.as_ptr(), begin, shell);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        error
    };
    match error {
        // SAFETY: it was written where there is no error.
        0 => Ok(unsafe { thread.assume_init() }),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    const STACK: usize = 256 << 10;

    fn ways() -> Vec<Handover> {
        match Handover::best() {
            Handover::UserSpace => vec![Handover::UserSpace, Handover::Kernel],
            Handover::Kernel => vec![Handover::Kernel],
        }
    }

    fn give(shell: &Shell, job: impl FnOnce() + 'static) {
        let outside = Box::leak(Box::new(Context::empty()));
        // SAFETY: it lives for ever.
        unsafe { shell.give(Box::new(job), outside) };
    }

    /// Runs a job in the shell to its end, and tells how often it was left.
    fn run(shell: &'static Shell, job: impl FnOnce() + 'static) -> usize {
        let done = Rc::new(Cell::new(false));
        let is_done = done.clone();
        give(shell, move || {
            job();
            is_done.set(true);
        });
        let mut left = 0;
        loop {
            // SAFETY: the test is the only one that enters, and it gave a job.
            unsafe { shell.enter() };
            if done.get() {
                return left;
            }
            left += 1;
        }
    }

    #[test]
    fn a_job_is_left_and_gone_on_with() {
        for way in ways() {
            let shell = Shell::start(way, STACK).unwrap();
            for times in [0, 1, 7, 1000] {
                let left = run(shell, move || {
                    for _ in 0..times {
                        // SAFETY: the job runs inside.
                        unsafe { shell.leave() };
                    }
                });
                assert_eq!(left, times, "{way:?}");
            }
        }
    }

    thread_local! {
        static PLAIN: Cell<u32> = const { Cell::new(7) };
        static LAZY: Vec<Cell<u32>> = vec![Cell::new(1), Cell::new(2)];
        static TOLD: Cell<Option<Rc<Told>>> = const { Cell::new(None) };
    }

    struct Told(Rc<Cell<u32>>);

    impl Drop for Told {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[test]
    fn every_job_finds_thread_locals_as_a_new_thread_does() {
        for way in ways() {
            let shell = Shell::start(way, STACK).unwrap();
            let dropped = Rc::new(Cell::new(0));
            PLAIN.set(70);
            for number in 0..100 {
                let told = Rc::new(Told(dropped.clone()));
                run(shell, move || {
                    assert_eq!(PLAIN.replace(8), 7, "{way:?}");
                    assert_eq!(LAZY.with(|lazy| lazy[1].replace(9)), 2, "{way:?}");
                    // SAFETY: the job runs inside.
                    unsafe { shell.leave() };
                    assert_eq!(PLAIN.get(), 8, "{way:?}");
                    TOLD.set(Some(told));
                });
                assert_eq!(dropped.get(), number + 1, "{way:?}");
            }
            assert_eq!(PLAIN.get(), 70);
        }
    }

    #[test]
    fn threads_differ_and_panics_stay_within() {
        for way in ways() {
            let (one, other) =
                (Shell::start(way, STACK).unwrap(), Shell::start(way, STACK).unwrap());
            let ids = Rc::new(Cell::new(Vec::new()));
            for shell in [one, other, one] {
                let ids = ids.clone();
                run(shell, move || {
                    let caught = catch_unwind(AssertUnwindSafe(|| {
                        // SAFETY: the job runs inside.
                        unsafe { shell.leave() };
                        std::panic::resume_unwind(Box::new(5));
                    }));
                    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&5));
                    assert!(!std::thread::panicking());
                    let mut known = ids.take();
                    known.push(std::thread::current().id());
                    ids.set(known);
                });
            }
            let mut known = ids.take();
            known.push(std::thread::current().id());
            let mut distinct = known.clone();
            distinct.sort_by_key(|id| format!("{id:?}"));
            distinct.dedup();
            assert_eq!(distinct.len(), 4, "{way:?}: {known:?}");
        }
    }

    #[test]
    fn two_shells_take_turns_in_the_middle_of_their_jobs() {
        for way in ways() {
            let shells = [Shell::start(way, STACK).unwrap(), Shell::start(way, STACK).unwrap()];
            let said = Rc::new(std::cell::RefCell::new(String::new()));
            for (name, shell) in ["a", "b"].into_iter().zip(shells) {
                let said = said.clone();
                give(shell, move || {
                    for _ in 0..3 {
                        said.borrow_mut().push_str(name);
                        // SAFETY: the job runs inside.
                        unsafe { shell.leave() };
                    }
                });
            }
            for _ in 0..4 {
                for shell in shells {
                    // SAFETY: the test alone enters; a job that ended is not entered again.
                    unsafe { shell.enter() };
                }
            }
            assert_eq!(*said.borrow(), "ababab", "{way:?}");
        }
    }

    #[test]
    fn one_passes_to_another_and_who_entered_is_found_by_the_last() {
        if Handover::best() == Handover::Kernel {
            return;
        }
        let [one, other] = [0, 1].map(|_| Shell::start(Handover::UserSpace, STACK).unwrap());
        let outside: *mut Context = Box::leak(Box::new(Context::empty()));
        let said = Rc::new(std::cell::RefCell::new(String::new()));
        for (name, shell, next) in [("a", one, other), ("b", other, one)] {
            let said = said.clone();
            let job = move || {
                said.borrow_mut().push_str(name);
                // SAFETY: the job runs inside; so do all that follow.
                unsafe { shell.leave() };
                for _ in 0..3 {
                    said.borrow_mut().push_str(name);
                    // SAFETY: the other one was left.
                    unsafe { shell.pass_to(next) };
                }
            };
            // SAFETY: it lives for ever, and this thread alone enters.
            unsafe { shell.give(Box::new(job), outside) };
        }
        for shell in [one, other, one] {
            // SAFETY: none of them is inside.
            unsafe { shell.enter() };
        }
        // The first one has ended; the second has been passed to three times.
        assert_eq!(*said.borrow(), "abababab");
    }

    #[test]
    fn a_deep_stack_is_the_shells_own() {
        fn deep(levels: usize) -> usize {
            let room = [levels; 64];
            if levels == 0 { room[0] } else { deep(levels - 1) + usize::from(room[63] > 0) }
        }
        for way in ways() {
            let shell = Shell::start(way, STACK).unwrap();
            run(shell, || assert_eq!(deep(100), 100));
        }
    }
}
