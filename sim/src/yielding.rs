//! Giving the sampler a chance: yields, points, marks and draws.

use crate::choice::Kind;
use crate::private::unshaken;
use crate::strand::{Resource, Runnable, Touch};
use crate::trace::What;
use crate::world::{self, Core, Phase};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Lets other tasks run: by default all that are runnable go before this one.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// reveille::yield_now().await;
/// # });
/// ```
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A scheduling point that does not yield: by default this task goes on, and
/// the sampler may have another one go first.
///
/// Put it before each access to shared state that should be interleaved finer
/// than from `.await` to `.await`. Outside a run it does nothing.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// reveille::point().await;
/// # });
/// ```
#[track_caller]
pub fn point() -> Point {
    Point { asked: false, touch: Touch::Anything, at: Location::caller() }
}

/// The future of [`point`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Point {
    asked: bool,
    touch: Touch,
    at: &'static Location<'static>,
}

impl Point {
    /// Declares that what follows, up to the next point or `.await`, reads `resource`
    /// and touches nothing else that is shared.
    ///
    /// Samplers then know which orders are worth trying. A declaration that is not
    /// true hides schedules.
    pub fn reads(self, resource: impl Into<Resource>) -> Point {
        Point { touch: Touch::Read(resource.into()), ..self }
    }

    /// The same for a change of `resource`.
    ///
    /// ```
    /// # use reveille_sim as reveille;
    /// # reveille::doc(|| async {
    /// let balance = std::cell::Cell::new(10);
    /// reveille::point().writes("balance").await;
    /// balance.set(balance.get() - 1);
    /// # });
    /// ```
    pub fn writes(self, resource: impl Into<Resource>) -> Point {
        Point { touch: Touch::Write(resource.into()), ..self }
    }
}

impl Future for Point {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.asked, true) {
            return Poll::Ready(());
        }
        let (touch, at) = (self.touch, self.at);
        let Some(core) = world::current() else { return Poll::Ready(()) };
        let goes_on = core.goes_on(touch);
        core.record(|| What::Pointed { at, goes_on });
        if goes_on {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        core.note_preemption();
        Poll::Pending
    }
}

impl Core {
    /// Whether the running task goes on at a scheduling point.
    fn goes_on(&self, touch: Touch) -> bool {
        self.count_work();
        unshaken(|| self.goes_on_here(touch))
    }

    /// The same where it is no work that a poll could do without end.
    #[inline]
    pub(crate) fn goes_on_here(&self, touch: Touch) -> bool {
        match self.phase.get() {
            // A fair schedule gives everybody a turn.
            Phase::FairTail => return false,
            Phase::Free => {}
            Phase::Idle | Phase::Teardown => return true,
        }
        let Some(running) = self.running.get() else { return true };
        if self.nested.get().is_some() {
            // In the midst of a call of a waker nobody else can go first.
            return true;
        }
        if self.next.get().is_some() {
            // Somebody else of this task was told to stop here.
            return false;
        }
        running.strand().set_next(touch);
        let runnable = Runnable::at_point(self, running);
        let option = self.choose_strand(&runnable);
        if option != 0 {
            self.next.set(Some(runnable.task(option)));
            return false;
        }
        running.strand().take_turn();
        self.tell_sampler(|sampler| sampler.turn(running.strand()));
        running.strand().set_next(Touch::Anything);
        true
    }

    /// The running task was told to stop at a scheduling point, which is no yield.
    pub(crate) fn note_preemption(&self) {
        if let Some(running) = self.running.get()
            && self.next.get().is_some()
        {
            running.strand().preempt();
        }
    }
}

/// Declares what the next turn of the running task touches, for a lock or a queue
/// that is about to return `Pending` and will look at the same thing again.
#[doc(hidden)]
pub fn touches_next(touch: Touch) {
    if let Some(running) = world::current().and_then(|core| core.running.get()) {
        running.strand().set_next(touch);
    }
}

/// Tells the oracle that the test got on, so that a long wait is no livelock.
///
/// Outside a run it does nothing.
pub fn mark(name: &'static str) {
    if let Some(core) = world::current() {
        core.made_progress();
        core.record(|| What::Marked { name });
    }
}

/// Keeps what the test says in the trace; `text` is asked for only if there is one.
/// Outside a run it does nothing.
#[doc(hidden)]
pub fn note(text: impl FnOnce() -> String) {
    if let Some(core) = world::current().filter(|core| core.recording.get()) {
        // It may call out to the user's `Debug`.
        let text = text().into();
        core.record(|| What::Noted { text });
    }
}

/// Draws a number below `options` from the tape, 0 by default: the way for a test
/// to be random and yet replayable. 0 options give 0, and so does a call outside
/// a run.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let size = 1 + reveille::draw(16);
/// assert!((1..=16).contains(&size));
/// # });
/// ```
#[must_use]
pub fn draw(options: u32) -> u32 {
    world::current().map_or(0, |core| core.choose(Kind::Input, options))
}

/// Draws what entropy from outside the run is to be made of; for those who stand
/// between a run and the system.
#[doc(hidden)]
#[must_use]
pub fn draw_entropy() -> u32 {
    world::current().map_or(0, |core| core.choose(Kind::Entropy, 1 << 16))
}

/// Notes in the trace where in the test's body a poll came to `Pending`; put
/// there by the attribute macro, around every `.await`.
#[doc(hidden)]
pub fn note_await(at: &'static Location<'static>, future: &'static str) {
    if let Some(core) = world::current() {
        core.record(|| What::Awaiting { at, future });
    }
}
