//! The laws of futures that are made from others that may fail.

use super::given::inner::{Endings, Inners, TryMember, TryPlan, try_plan};
use super::given::outputs::{Outputs, numbers_of};
use super::play::driver::{Drivers, Notes, Waiting};
use super::play::patience::{Patience, patience};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use proptest::collection::vec;
use reveille_sim::Kind;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Members at most.
const MOST_MEMBERS: usize = 4;

/// The laws of a [`join`](super::join()) of futures that may fail: the items of all in their
/// order, or, as soon as one has failed, an error.
///
/// ```
/// use futures::future::try_join_all;
/// use reveille::laws;
///
/// laws::try_join(|members| try_join_all(members)).runs(100).check();
/// ```
pub fn try_join<M, F, T, E>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<TryMember>) -> F + 'static,
    F: Future<Output = Result<T, E>> + 'static,
    T: Outputs,
{
    Suite::new(TryLaws { name: "try_join", fewest: 0, aim: Aim::All, make })
}

/// The laws of a [`race`](super::race()) of futures that may fail: the item of the first that
/// succeeds, or an error when all have failed.
///
/// ```
/// use futures::future::{FutureExt, select_ok};
/// use reveille::laws;
///
/// laws::race_ok(|members| {
///     select_ok(members.into_iter().map(Box::pin)).map(|first| first.map(|(item, _)| item))
/// })
/// .runs(100)
/// .check();
/// ```
pub fn race_ok<M, F, T, E>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<TryMember>) -> F + 'static,
    F: Future<Output = Result<T, E>> + 'static,
    T: Outputs,
{
    Suite::new(TryLaws { name: "race_ok", fewest: 1, aim: Aim::One, make })
}

struct TryLaws<M> {
    name: &'static str,
    fewest: usize,
    aim: Aim,
    make: M,
}

/// Whose success is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    All,
    One,
}

impl<M> sealed::Sealed for TryLaws<M> {}

impl<M, F, T, E> Laws for TryLaws<M>
where
    M: Fn(Vec<TryMember>) -> F + 'static,
    F: Future<Output = Result<T, E>> + 'static,
    T: Outputs,
{
    fn try_check(&self, checker: &Checker, _sizes: Sizes) -> Result<Passed, CheckError> {
        let members = vec(try_plan(), self.fewest..=MOST_MEMBERS);
        let arguments = argument("members", members).and("wait", patience());
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(members, wait)| self.run(members, wait, forgets))
    }
}

impl<M> TryLaws<M> {
    async fn run<F, T, E>(
        &self,
        plans: Vec<TryPlan>,
        wait: Patience,
        forgets: bool,
    ) -> Result<(), Breach>
    where
        M: Fn(Vec<TryMember>) -> F + 'static,
        F: Future<Output = Result<T, E>> + 'static,
        T: Outputs,
    {
        let (inners, notes) = (Inners::of(self.name), Notes::of(self.name));
        inners.demand_that_all_go_on();
        let endings = Endings::default();
        let members: Vec<_> =
            plans.into_iter().map(|plan| TryMember::new(&inners, plan, &endings)).collect();
        let judge = Judge {
            aim: self.aim,
            given: members.iter().map(TryMember::number).collect(),
            endings,
            inners: inners.clone(),
            notes: notes.clone(),
        };
        let trying = Trying { future: Box::pin((self.make)(members)), judge };
        let mut drivers = Drivers::new(&inners, &notes);
        let drive = async move {
            let (inners, notes) = (trying.judge.inners.clone(), trying.judge.notes.clone());
            match wait.wait(trying).await {
                Some(came) => came,
                None => {
                    inners.owner_waits_no_more();
                    notes.note("dropped");
                    Ok(())
                }
            }
        };
        let _ = drivers.spawn("task", Box::pin(drive));
        drivers.rest(|_| Waiting::InVain).await?;
        if forgets { Ok(()) } else { inners.are_gone() }
    }
}

/// What may come, of those that were given.
struct Judge {
    aim: Aim,
    given: Vec<usize>,
    endings: Endings,
    inners: Inners,
    notes: Notes,
}

impl Judge {
    /// It is pending: is there nothing to give yet?
    fn waits(&self) -> Result<(), Breach> {
        let failed = self.aim == Aim::All;
        let Some(number) = self.endings.of(failed).first().copied() else { return Ok(()) };
        let how = if failed { "failed" } else { "succeeded" };
        self.notes.breach(format_args!("it waits, though member {number} has {how}"))
    }

    /// It is ready.
    fn came(&self, came: Result<Vec<usize>, ()>) -> Result<(), Breach> {
        let (failed, succeeded) = (self.endings.of(true), self.endings.of(false));
        let (is_right, expected) = match (self.aim, &came) {
            (Aim::All, _) if !failed.is_empty() => {
                (came.is_err(), "an error, since one has failed".to_owned())
            }
            (Aim::All, _) => {
                (came.as_ref() == Ok(&self.given), format!("the items {:?}", self.given))
            }
            (Aim::One, Ok(items)) => {
                let is_right = items.len() == 1 && succeeded.contains(&items[0]);
                (is_right, format!("one of the items {succeeded:?}"))
            }
            (Aim::One, Err(())) => {
                let is_right = failed.len() == self.given.len();
                (is_right, "the item of one that has not failed".to_owned())
            }
        };
        match came {
            _ if is_right => Ok(()),
            Err(()) => self.notes.breach(format_args!("it gave an error: expected {expected}")),
            Ok(items) => {
                self.notes.breach(format_args!("it gave the items {items:?}: expected {expected}"))
            }
        }
    }
}

/// The future under test, with a look at each poll.
struct Trying<F> {
    future: Pin<Box<F>>,
    judge: Judge,
}

impl<F, T, E> Future for Trying<F>
where
    F: Future<Output = Result<T, E>>,
    T: Outputs,
{
    type Output = Result<(), Breach>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.judge.inners.owner_is_polled();
        let Poll::Ready(output) = this.future.as_mut().poll(cx) else {
            this.judge.notes.note("poll: pending");
            this.judge.waits()?;
            this.judge.inners.owner_waits();
            return Poll::Pending;
        };
        let came = output.map(|items| numbers_of(&items)).map_err(drop);
        this.judge.notes.note(match &came {
            Ok(items) => format!("poll: ready with {items:?}"),
            Err(()) => "poll: an error".to_owned(),
        });
        Poll::Ready(this.judge.came(came))
    }
}
