//! Whether the run that this thread makes is one by a tape.
//!
//! Most bodies must not care. One that is about real threads does: what took luck to be found
//! takes luck to be found again.

use std::cell::Cell;

thread_local! {
    static REPLAYING: Cell<bool> = const { Cell::new(false) };
}

/// Whether it is.
#[cfg(feature = "laws")]
pub(crate) fn is_replay() -> bool {
    REPLAYING.get()
}

/// Makes a run by a tape.
pub(crate) fn replaying<R>(run: impl FnOnce() -> R) -> R {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            REPLAYING.set(self.0);
        }
    }
    let _before = Before(REPLAYING.replace(true));
    run()
}
