//! The laws of signals: one value, of which the last wins, and that who waits for it takes.

mod model;
mod run;

use super::play::script::scripts;
use super::{Item, Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;

/// A signal for the suite [`signal`]: how to make one, and how to give and take its value.
///
/// ```
/// use reveille::laws::{self, Item, Signal};
/// use std::cell::Cell;
/// use tokio::sync::Notify;
///
/// #[derive(Clone)]
/// struct OnNotify;
///
/// impl Signal for OnNotify {
///     type Signal = (Cell<Option<Item>>, Notify);
///
///     fn make(&self) -> Self::Signal {
///         (Cell::new(None), Notify::new())
///     }
///
///     fn signal(&self, signal: &Self::Signal, item: Item) {
///         signal.0.set(Some(item));
///         signal.1.notify_one();
///     }
///
///     async fn wait(&self, signal: &Self::Signal) -> Item {
///         loop {
///             if let Some(item) = signal.0.take() {
///                 return item;
///             }
///             signal.1.notified().await;
///         }
///     }
/// }
///
/// laws::signal(OnNotify).runs(100).check();
/// ```
pub trait Signal: Clone + 'static {
    /// The signal.
    type Signal: 'static;

    /// Makes a signal without a value.
    fn make(&self) -> Self::Signal;

    /// Gives it a value, in the place of the one that it may have.
    fn signal(&self, signal: &Self::Signal, item: Item);

    /// Waits for a value and takes it. Only one waits at a time.
    fn wait(&self, signal: &Self::Signal) -> impl Future<Output = Item>;

    /// Takes its value if it has one.
    fn try_take(&self, signal: &Self::Signal) -> Option<Option<Item>> {
        let _ = signal;
        None
    }

    /// Drops its value if it has one.
    fn reset(&self, signal: &Self::Signal) -> Option<()> {
        let _ = signal;
        None
    }
}

/// The laws of a signal: what is taken is the last that was given, and once; nobody waits for
/// ever while there is a value; and a wait that is dropped takes none along.
///
/// See [`Signal`] for what to tell of a signal, with an example.
pub fn signal<S: Signal>(signal: S) -> Suite<impl Laws> {
    Suite::new(SignalLaws(signal))
}

struct SignalLaws<S>(S);

impl<S> sealed::Sealed for SignalLaws<S> {}

impl<S: Signal> Laws for SignalLaws<S> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let waiter = scripts(run::waits(), run::Act::WAIT, steps);
        let signallers = scripts(run::gives(), run::Act::Signal, steps);
        let arguments = argument("waiter", waiter).and("signallers", signallers);
        checker.try_check_with(arguments, |(waiter, signallers)| {
            run::run(self.0.clone(), waiter, signallers)
        })
    }
}
