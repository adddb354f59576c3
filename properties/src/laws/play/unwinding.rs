//! What destructors do while their thread unwinds.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Calls `f` where a destructor would: while the thread unwinds, for a reason of no concern to
/// `f`.
pub(in crate::laws) fn while_unwinding<T>(f: impl FnOnce() -> T) -> T {
    let mut returned = None;
    let _ = catch_unwind::<_, ()>(AssertUnwindSafe(|| {
        let _guard = Guard(Some(|| {
            returned = Some(catch_unwind(AssertUnwindSafe(f)));
        }));
        resume_unwind(Box::new(()))
    }));
    match returned {
        Some(Ok(value)) => value,
        Some(Err(payload)) => resume_unwind(payload),
        None => unreachable!("the guard was dropped"),
    }
}

struct Guard<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Guard<F> {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f();
        }
    }
}
