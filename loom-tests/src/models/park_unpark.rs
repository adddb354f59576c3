//! Parkers: a thread waits for a token, and others give it.

use super::{join, short_name, spawn};
use crate::cell::UnsafeCell;
use crate::model::{Model, Scenario};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// One thread parks, any thread unparks it.
pub trait Parker: Send + Sync + 'static {
    /// Whether a park may return without a token, as that of std may.
    const MAY_RETURN_EARLY: bool = false;

    /// Waits for the token, and takes it. One thread at a time calls it.
    fn park(&self);

    /// Makes the token available, if it is not.
    fn unpark(&self);
}

/// A value that is not atomic: who reads it must know that it was written.
struct Written(UnsafeCell<usize>);

// SAFETY: loom tells of accesses that race, and they are all that there is to fear.
unsafe impl Sync for Written {}

impl Written {
    fn write(&self, value: usize) {
        // SAFETY: loom ends the iteration if another thread has a reference.
        self.0.with_mut(|at| unsafe { *at = value });
    }

    fn read(&self) -> usize {
        // SAFETY: loom ends the iteration if another thread writes.
        self.0.with(|at| unsafe { *at })
    }
}

/// Checks that no unpark is lost, and what it orders.
///
/// ```
/// use reveille_loom::models::{Parker, park_unpark};
/// use reveille_loom::sync::{Condvar, Mutex};
///
/// #[derive(Default)]
/// struct MyParker { token: Mutex<bool>, bell: Condvar }
///
/// impl Parker for MyParker {
///     fn park(&self) {
///         let token = self.token.lock().unwrap();
///         *self.bell.wait_while(token, |token| !*token).unwrap() = false;
///     }
///     fn unpark(&self) {
///         *self.token.lock().unwrap() = true;
///         self.bell.notify_one();
///     }
/// }
///
/// park_unpark(MyParker::default).check();
/// ```
pub fn park_unpark<P: Parker>(make: impl Fn() -> P + Clone + Send + Sync + 'static) -> Model {
    let name = format!("park_unpark of {}", short_name::<P>());
    let with = |f: fn(Arc<P>)| {
        let make = make.clone();
        move || f(Arc::new(make()))
    };
    // Of a park that may return without a token, it tells nothing that one has returned.
    let exact = |rule, f: fn(Arc<P>)| match P::MAY_RETURN_EARLY {
        true => Scenario::left_out(rule, "a park may return early"),
        false => Scenario::new(rule, with(f)),
    };
    Model::of(
        name,
        vec![
            Scenario::new("an unpark before the park is kept", with(before)),
            Scenario::new("an unpark while the thread parks is not lost", with(meanwhile)),
            exact("what was done before the unpark is seen after the park", ordered),
            exact("a token counts once", once),
            Scenario::new(
                "two unparks may be one, but what was done before the second is seen",
                with(coalesced),
            ),
            Scenario::new("two threads may unpark at once", with(two)).bounded(3),
        ],
    )
}

fn before<P: Parker>(parker: Arc<P>) {
    parker.unpark();
    parker.park();
}

fn meanwhile<P: Parker>(parker: Arc<P>) {
    let unparker = parker.clone();
    let unparks = spawn("unparker", move || unparker.unpark());
    parker.park();
    join([unparks]);
}

fn ordered<P: Parker>(parker: Arc<P>) {
    let value = Arc::new(Written(UnsafeCell::new(0)));
    let (unparker, written) = (parker.clone(), value.clone());
    let unparks = spawn("unparker", move || {
        written.write(1);
        unparker.unpark();
    });
    parker.park();
    assert_eq!(value.read(), 1, "what was written before the unpark is not there after the park");
    join([unparks]);
}

fn coalesced<P: Parker>(parker: Arc<P>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (unparker, counted) = (parker.clone(), count.clone());
    let unparks = spawn("unparker", move || {
        for done in 1..=2 {
            counted.store(done, Ordering::Relaxed);
            unparker.unpark();
        }
    });
    while count.load(Ordering::Relaxed) < 2 {
        parker.park();
    }
    join([unparks]);
}

fn once<P: Parker>(parker: Arc<P>) {
    // The second unpark comes after the first park.
    let gate = Arc::new(crate::signal::Signal::new("the unparker"));
    let second = Arc::new(AtomicUsize::new(0));
    let (unparker, opened, marked) = (parker.clone(), gate.clone(), second.clone());
    let unparks = spawn("unparker", move || {
        unparker.unpark();
        opened.wait();
        marked.store(1, Ordering::Relaxed);
        unparker.unpark();
    });
    parker.park();
    gate.waker().wake();
    parker.park();
    assert_eq!(second.load(Ordering::Relaxed), 1, "the second park returned by the first unpark");
    join([unparks]);
}

fn two<P: Parker>(parker: Arc<P>) {
    let counts: Vec<_> = (0..2).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let unparks: Vec<_> = ["unparker", "other unparker"]
        .iter()
        .zip(&counts)
        .map(|(name, count)| {
            let (unparker, counted) = (parker.clone(), count.clone());
            spawn(name, move || {
                counted.store(1, Ordering::Relaxed);
                unparker.unpark();
            })
        })
        .collect();
    while counts.iter().any(|count| count.load(Ordering::Relaxed) == 0) {
        parker.park();
    }
    join(unparks);
}
