//! The laws of futures that are made from other futures.

use super::given::inner::{Inners, Member, Pause, pauses};
use super::given::outputs::{Outputs, numbers_of};
use super::play::driver::{Drivers, Notes, Waiting};
use super::play::patience::{Patience, patience};
use super::play::unwinding::while_unwinding;
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_core::FusedFuture;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::Kind;
use std::fmt;
use std::mem;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Members at most.
const MOST_MEMBERS: usize = 4;

/// Tasks with a clone each, at most.
const MOST_CLONES: usize = 3;

/// The laws of a future, over what `make` makes of a [`Member`]: it is ready once, with the
/// member's item; it goes on whenever the member can; it polls it no more after its end; and if
/// it is dropped, all that it holds is.
///
/// ```
/// use reveille::laws;
///
/// laws::future(|member| async { member.await }).runs(100).check();
/// laws::future(|member| async { vec![member.await] }).runs(100).check();
/// ```
pub fn future<M, F>(make: M) -> Suite<impl Laws>
where
    M: Fn(Member) -> F + 'static,
    F: Future<Output: Outputs> + 'static,
{
    Suite::new(FutureLaws::of("future", 1..=1, all, move |members| make(only(members))))
}

/// The laws of a [`future()`], and `is_terminated` tells exactly whether it was ready.
///
/// ```
/// use futures::FutureExt;
/// use reveille::laws;
///
/// laws::fused_future(|member| member.fuse()).runs(100).check();
/// ```
pub fn fused_future<M, F>(make: M) -> Suite<impl Laws>
where
    M: Fn(Member) -> F + 'static,
    F: FusedFuture<Output: Outputs> + 'static,
{
    let laws = FutureLaws::of("fused_future", 1..=1, all, move |members| make(only(members)));
    Suite::new(FutureLaws { is_terminated: Some(F::is_terminated), ..laws })
}

/// The laws of a [`future()`] that waits for several: its output has the items of all, in the
/// order of the members, each of which is dropped when it has ended.
///
/// ```
/// use futures::future::join_all;
/// use reveille::laws;
///
/// laws::join(|members| join_all(members)).runs(100).check();
/// ```
pub fn join<M, F>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<Member>) -> F + 'static,
    F: Future<Output: Outputs> + 'static,
{
    let laws = FutureLaws::of("join", 0..=MOST_MEMBERS, all, make);
    Suite::new(FutureLaws { drops_the_ended: true, ..laws })
}

/// The laws of a [`future()`] that waits for the first of several: its output has the item of
/// one of them. The others are dropped with it at the latest.
///
/// ```
/// use futures::future::{FutureExt, select_all};
/// use reveille::laws;
///
/// laws::race(|members| {
///     select_all(members.into_iter().map(Box::pin)).map(|(item, _, _)| item)
/// })
/// .runs(100)
/// .check();
/// ```
pub fn race<M, F>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<Member>) -> F + 'static,
    F: Future<Output: Outputs> + 'static,
{
    let one = |given: &[usize], came: &[usize]| match came {
        [number] if given.contains(number) => None,
        _ => Some("the item of one of the members".to_owned()),
    };
    Suite::new(FutureLaws::of("race", 1..=MOST_MEMBERS, one, make))
}

/// The laws of a [`future()`] that can be cloned, so that several tasks wait for the same: each
/// of them gets the output, whoever else gives up.
///
/// ```
/// use futures::FutureExt;
/// use reveille::laws;
/// use std::rc::Rc;
///
/// laws::shared_future(|member| async { Rc::new(member.await) }.boxed_local().shared())
///     .runs(100)
///     .check();
/// ```
pub fn shared_future<M, F>(make: M) -> Suite<impl Laws>
where
    M: Fn(Member) -> F + 'static,
    F: Future<Output: Outputs> + Clone + 'static,
{
    let laws = FutureLaws::of("shared_future", 1..=1, all, move |members| make(only(members)));
    Suite::new(FutureLaws { clone: Some(F::clone), ..laws })
}

/// The laws of a [`shared_future`] whose clones several threads may poll: where the inner future
/// has woken itself, and before its poll is over, another task polls its clone. It must not wait
/// for that poll with a lock of its own, for there is but one thread here.
///
/// ```
/// use futures::FutureExt;
/// use reveille::{Law, laws};
/// use std::rc::Rc;
///
/// // Issue 2706 of futures: who comes meanwhile is told to wait, and may be forgotten.
/// let error = laws::sync_shared_future(|member| {
///     async { Rc::new(member.await) }.boxed_local().shared()
/// })
/// .try_check()
/// .unwrap_err();
/// # assert!(error.to_string().contains("stuck"), "{error}");
/// ```
pub fn sync_shared_future<M, F>(make: M) -> Suite<impl Laws>
where
    M: Fn(Member) -> F + 'static,
    F: Future<Output: Outputs> + Clone + 'static,
{
    let name = "sync_shared_future";
    let laws = FutureLaws::of(name, 1..=1, all, move |members| make(only(members)));
    Suite::new(FutureLaws { clone: Some(F::clone), is_sync: true, ..laws })
}

fn only(members: Vec<Member>) -> Member {
    members.into_iter().next().expect("a suite of one member makes one")
}

fn all(given: &[usize], came: &[usize]) -> Option<String> {
    (given != came).then(|| format!("the items {given:?}"))
}

/// How long a task waits, and how it begins.
#[derive(Clone)]
struct Wait {
    patience: Patience,
    /// Whether its first poll is that of a destructor, while its thread unwinds.
    unwinds: bool,
}

/// Some unwind, where others may see it.
fn wait(is_shared: bool) -> BoxedStrategy<Wait> {
    let unwinds = if is_shared { 0..6 } else { 1..6 }.prop_map(|lot| lot == 0);
    (patience(), unwinds).prop_map(|(patience, unwinds)| Wait { patience, unwinds }).boxed()
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.patience.fmt(f)?;
        f.write_str(if self.unwinds { ", unwinding at first" } else { "" })
    }
}

/// What should have come, if something else came.
type Expected = fn(given: &[usize], came: &[usize]) -> Option<String>;

struct FutureLaws<M, F> {
    name: &'static str,
    count: RangeInclusive<usize>,
    expected: Expected,
    make: Rc<M>,
    is_terminated: Option<fn(&F) -> bool>,
    clone: Option<fn(&F) -> F>,
    /// Whether it may be polled while it is polled.
    is_sync: bool,
    /// Whether a member is to be dropped when it has ended, while others have not.
    drops_the_ended: bool,
}

impl<M, F> FutureLaws<M, F>
where
    M: Fn(Vec<Member>) -> F + 'static,
{
    fn of(
        name: &'static str,
        count: RangeInclusive<usize>,
        expected: Expected,
        make: M,
    ) -> FutureLaws<M, F> {
        let make = Rc::new(make);
        FutureLaws {
            name,
            count,
            expected,
            make,
            is_terminated: None,
            clone: None,
            is_sync: false,
            drops_the_ended: false,
        }
    }
}

impl<M, F> sealed::Sealed for FutureLaws<M, F> {}

impl<M, F> Laws for FutureLaws<M, F>
where
    M: Fn(Vec<Member>) -> F + 'static,
    F: Future<Output: Outputs> + 'static,
{
    fn try_check(&self, checker: &Checker, _sizes: Sizes) -> Result<Passed, CheckError> {
        let most = if self.clone.is_some() { MOST_CLONES } else { 1 };
        let arguments = argument("members", vec(pauses(), self.count.clone()))
            .and("waits", vec(wait(self.clone.is_some()), 1..=most));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(members, waits)| self.run(members, waits, forgets))
    }
}

impl<M, F> FutureLaws<M, F>
where
    M: Fn(Vec<Member>) -> F + 'static,
    F: Future<Output: Outputs> + 'static,
{
    async fn run(
        &self,
        members: Vec<Vec<Pause>>,
        waits: Vec<Wait>,
        forgets: bool,
    ) -> Result<(), Breach> {
        let (inners, notes) = (Inners::of(self.name), Notes::of(self.name));
        if *self.count.end() > 1 {
            inners.demand_that_all_go_on();
        }
        if self.is_sync {
            inners.let_others_in();
        }
        if self.drops_the_ended {
            inners.demand_that_the_ended_are_dropped();
        }
        let members: Vec<_> =
            members.into_iter().map(|pauses| Member::new(&inners, pauses)).collect();
        let given: Vec<_> = members.iter().map(Member::number).collect();
        let first = (self.make)(members);
        let others = waits.len() - 1;
        let clones = self.clone.map(|clone| (0..others).map(|_| clone(&first)).collect::<Vec<_>>());
        let futures = [first].into_iter().chain(clones.unwrap_or_default());
        let mut drivers = Drivers::new(&inners, &notes);
        for (at, (future, wait)) in futures.zip(waits).enumerate() {
            let name = format!("task {}", at + 1);
            let driving = Driving {
                inners: inners.clone(),
                notes: if others > 0 { notes.by(&name) } else { notes.clone() },
                given: given.clone(),
                expected: self.expected,
                is_terminated: self.is_terminated,
            };
            let _ = drivers.spawn(&name, Box::pin(driving.drive(future, wait)));
        }
        drivers.rest(|_| Waiting::InVain).await?;
        if forgets { Ok(()) } else { inners.are_gone() }
    }
}

struct Driving<F> {
    inners: Inners,
    notes: Notes,
    given: Vec<usize>,
    expected: Expected,
    is_terminated: Option<fn(&F) -> bool>,
}

impl<F: Future<Output: Outputs>> Driving<F> {
    async fn drive(self, future: F, wait: Wait) -> Result<(), Breach> {
        let future = Box::pin(future);
        let driven = Driven { driving: &self, future, unwinds: wait.unwinds };
        match wait.patience.wait(driven).await {
            Some(came) => came,
            None => {
                self.inners.owner_waits_no_more();
                self.notes.note("dropped");
                Ok(())
            }
        }
    }

    fn came(&self, output: &F::Output) -> Result<(), Breach> {
        let came = numbers_of(output);
        self.notes.note(format!("poll: ready with {came:?}"));
        match (self.expected)(&self.given, &came) {
            None => Ok(()),
            Some(expected) => {
                self.notes.breach(format_args!("it gave the items {came:?}: expected {expected}"))
            }
        }
    }

    /// Looks whether it knows that it was ready.
    fn knows(&self, future: &F, was_ready: bool) -> Result<(), Breach> {
        match self.is_terminated {
            Some(is_terminated) if is_terminated(future) != was_ready => {
                let when = if was_ready { "after it was ready" } else { "before it was ready" };
                self.notes.breach(format_args!("`is_terminated` is {} {when}", !was_ready))
            }
            _ => Ok(()),
        }
    }
}

/// The future under test, with a look at each poll.
struct Driven<'a, F> {
    driving: &'a Driving<F>,
    future: Pin<Box<F>>,
    /// Whether it is polled next while its thread unwinds.
    unwinds: bool,
}

impl<F: Future<Output: Outputs>> Future for Driven<'_, F> {
    type Output = Result<(), Breach>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let driving = self.driving;
        driving.knows(&self.future, false)?;
        driving.inners.owner_is_polled();
        let polled = if mem::take(&mut self.unwinds) {
            driving.notes.note("poll, while the thread unwinds");
            while_unwinding(|| self.future.as_mut().poll(cx))
        } else {
            self.future.as_mut().poll(cx)
        };
        let Poll::Ready(output) = polled else {
            driving.notes.note("poll: pending");
            driving.knows(&self.future, false)?;
            driving.inners.owner_waits();
            return Poll::Pending;
        };
        driving.came(&output)?;
        driving.knows(&self.future, true)?;
        Poll::Ready(Ok(()))
    }
}
