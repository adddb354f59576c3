//! What a run was doing when it panicked, or does while a poll does not return: the call of
//! a suite into what it tests, by name.

use std::cell::Cell;

thread_local! {
    static WITHIN: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Calls `f`; what goes wrong inside goes wrong within `what`.
#[doc(hidden)]
pub fn within<T>(what: &'static str, f: impl FnOnce() -> T) -> T {
    let _outer = Outer(WITHIN.replace(Some(what)));
    f()
}

/// What is under way on this thread.
#[doc(hidden)]
#[must_use]
pub fn current_within() -> Option<&'static str> {
    WITHIN.get()
}

/// What was under way before; it is again when this is dropped.
struct Outer(Option<&'static str>);

impl Drop for Outer {
    fn drop(&mut self) {
        WITHIN.set(self.0);
    }
}
