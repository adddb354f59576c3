//! What [`std::hint`] has, as loom's.

use crate::recorder::Operation;

/// Lets other threads go on. A loop that waits for another thread without it, or
/// [`yield_now`](crate::thread::yield_now), never ends in a model.
#[track_caller]
pub fn spin_loop() {
    let operation = Operation::begin(None, || "spin_loop".into());
    loom::hint::spin_loop();
    operation.end();
}
