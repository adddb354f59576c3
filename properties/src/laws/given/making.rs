//! What a thing under test has others make for it: a value, an object. It takes a while, or
//! fails, or panics, or is dropped at any await.

use crate::laws::linear::Model;
use crate::laws::play::cast::Part;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::{Duration, sleep};
use reveille_sim::yield_now;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// The error of what is made and fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was to be made failed")
    }
}

impl std::error::Error for Failed {}

#[derive(Clone)]
pub(in crate::laws) struct Making {
    pauses: Vec<Pause>,
    pub(in crate::laws) ends: Ends,
}

#[derive(Clone, Copy, Debug)]
enum Pause {
    Yield,
    Sleep(u8),
    UntilLetGo,
}

/// How the making of something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::laws) enum Ends {
    Made,
    Failed,
    Panicked,
    /// Nobody waited for it.
    Dropped,
}

/// With `panics` some do.
pub(in crate::laws) fn making(panics: bool) -> BoxedStrategy<Making> {
    let pause = prop_oneof![
        4 => Just(Pause::Yield),
        2 => (1..4u8).prop_map(Pause::Sleep),
        1 => Just(Pause::UntilLetGo),
    ];
    let ends = prop_oneof![
        6 => Just(Ends::Made),
        2 => Just(Ends::Failed),
        u32::from(panics) => Just(Ends::Panicked),
    ];
    (vec(pause, 0..3), ends).prop_map(|(pauses, ends)| Making { pauses, ends }).boxed()
}

impl Making {
    /// That of `what`, at once.
    pub(in crate::laws) fn at_once() -> Making {
        Making { pauses: Vec::new(), ends: Ends::Made }
    }

    /// Takes a while.
    pub(in crate::laws) fn slowly() -> Making {
        Making { pauses: vec![Pause::Yield], ends: Ends::Made }
    }

    /// Makes it, and tells `end` how that ends.
    pub(in crate::laws) async fn of<M: Model, T>(
        self,
        part: Part<M>,
        what: T,
        end: impl FnOnce(Ends),
    ) -> Result<T, Failed> {
        let mut ending = Ending(Some(end));
        for pause in self.pauses {
            match pause {
                Pause::Yield => yield_now().await,
                Pause::Sleep(millis) => sleep(Duration::from_millis(u64::from(millis))).await,
                Pause::UntilLetGo => part.until_let_go().await,
            }
        }
        ending.is(self.ends);
        match self.ends {
            Ends::Made => Ok(what),
            Ends::Panicked => resume_unwind(Box::new(OnPurpose)),
            Ends::Failed | Ends::Dropped => Err(Failed),
        }
    }
}

/// Tells once how it ends.
struct Ending<F: FnOnce(Ends)>(Option<F>);

impl<F: FnOnce(Ends)> Ending<F> {
    fn is(&mut self, ends: Ends) {
        if let Some(tell) = self.0.take() {
            tell(ends);
        }
    }
}

impl<F: FnOnce(Ends)> Drop for Ending<F> {
    fn drop(&mut self) {
        self.is(Ends::Dropped);
    }
}

/// What a panic of [`Ends::Panicked`] throws. No hook tells of it.
struct OnPurpose;

/// The output of `future`, or that what was made panicked on purpose.
pub(in crate::laws) fn catching<F: Future>(future: F) -> Catching<F> {
    Catching(Box::pin(future))
}

pub(in crate::laws) struct Catching<F>(Pin<Box<F>>);

#[derive(Clone, Copy)]
pub(in crate::laws) struct Panicked;

impl<F: Future> Future for Catching<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) if payload.is::<OnPurpose>() => Poll::Ready(Err(Panicked)),
            Err(payload) => resume_unwind(payload),
        }
    }
}

impl fmt::Debug for Making {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pauses = self.pauses.iter().map(|pause| match pause {
            Pause::Yield => "yield".to_owned(),
            Pause::Sleep(millis) => format!("sleep {millis} ms"),
            Pause::UntilLetGo => "hold on".to_owned(),
        });
        let ends = match self.ends {
            Ends::Made => None,
            Ends::Failed | Ends::Dropped => Some("fail".to_owned()),
            Ends::Panicked => Some("panic".to_owned()),
        };
        let steps: Vec<_> = pauses.chain(ends).collect();
        if steps.is_empty() { f.write_str("at once") } else { f.write_str(&steps.join("; ")) }
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ends::Made => "made",
            Ends::Failed => "failed",
            Ends::Panicked => "panicked",
            Ends::Dropped => "dropped",
        })
    }
}
