//! embassy-sync 0.7.2: `Signal::reset` throws away the waker of a task that waits already, so
//! the next `signal` wakes nobody. Fixed in 0.8.0 (commit fcf659fbe).
#![cfg(test)]

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use reveille::laws::{self, Item, Signal};

#[derive(Clone)]
struct Embassy;

impl Signal for Embassy {
    type Signal = embassy_sync::signal::Signal<NoopRawMutex, Item>;

    fn make(&self) -> Self::Signal {
        embassy_sync::signal::Signal::new()
    }

    fn signal(&self, signal: &Self::Signal, item: Item) {
        signal.signal(item);
    }

    fn wait(&self, signal: &Self::Signal) -> impl Future<Output = Item> {
        signal.wait()
    }

    fn try_take(&self, signal: &Self::Signal) -> Option<Option<Item>> {
        Some(signal.try_take())
    }

    fn reset(&self, signal: &Self::Signal) -> Option<()> {
        signal.reset();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_signals() {
    laws::signal(Embassy).check();
}
