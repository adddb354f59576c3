//! async-shutdown 0.2.1: every poll of who waits for the shutdown adds a waker, and none is taken
//! out when that future is dropped. Fixed in 0.2.2 (pull request 8).
#![cfg(test)]

use async_shutdown::{ShutdownManager, ShutdownSignal};
use reveille::laws::{self, Notify};
use reveille::{Checker, Law};

#[derive(Clone)]
struct Shutdown;

impl Notify for Shutdown {
    type Event = ShutdownManager<()>;
    type Listener<'a> = ShutdownSignal<()>;

    fn event(&self) -> Self::Event {
        ShutdownManager::new()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.wait_shutdown_triggered()
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        let _ = event.trigger_shutdown(());
        Some(())
    }
}

/// Nobody may shut down, and who waits gives up and ends: more than the 1,000 runs that every
/// test gets.
#[test]
fn keeps_the_laws_of_events() {
    let checker = Checker::new().runs(10_000).deny(Law::WakerLeak);
    laws::notify(Shutdown).checker(checker).check();
}
