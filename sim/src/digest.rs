//! A number that stands for the state of the test: with it a livelock is certain.
//!
//! A run that does not end is judged in the fair tail, where the schedule is a
//! function of the state alone. If nothing gets on and the state comes again, it will
//! come again for ever: a lasso, as model checkers call it. Of the state we know the
//! queue of runnable tasks and the number of timers; what futures hold inside is
//! opaque, so without a digest by the test a livelock stays *suspected*.

use crate::finding::Detail;
use crate::world::{self, Core};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

/// States remembered at most; a longer circle stays suspected.
const MOST_STATES: usize = 1 << 16;

/// Gives the run a view of the test's own state, until the guard is dropped.
///
/// Once a run is beyond its bound of steps, the state is looked at after every poll.
/// If it comes again while no task ends, no time passes and no [`mark`](crate::mark) is
/// reached, the livelock is certain and told at once. Whatever decides how the tasks go
/// on must be in it.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// use std::{cell::Cell, rc::Rc};
///
/// let tries = Rc::new(Cell::new(0));
/// let seen = tries.clone();
/// let _state = reveille::digest(move || seen.get() % 2);
/// while tries.get() < 4 {
///     tries.set(tries.get() + 1);
///     reveille::yield_now().await;
/// }
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn digest<T: Hash>(mut state: impl FnMut() -> T + 'static) -> Digest {
    let core = world::expect_current("digest");
    let view = move || {
        let mut hasher = DefaultHasher::new();
        state().hash(&mut hasher);
        hasher.finish()
    };
    let view = Rc::new(View { ask: Cell::new(Some(Box::new(view))), withdrawn: Cell::new(false) });
    core.views.with(|views| views.all.push(view.clone()));
    Digest { view }
}

/// The guard of a [`digest`].
#[must_use = "dropping it withdraws the view"]
pub struct Digest {
    view: Rc<View>,
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Digest").finish_non_exhaustive()
    }
}

impl Drop for Digest {
    fn drop(&mut self) {
        self.view.withdrawn.set(true);
    }
}

struct View {
    /// Taken while it is asked.
    ask: Cell<Option<Box<dyn FnMut() -> u64>>>,
    withdrawn: Cell<bool>,
}

/// What a run can see of the test's state.
#[derive(Default)]
pub(crate) struct Views {
    all: Vec<Rc<View>>,
    /// The states since the last progress, and the steps in which they were first seen.
    states: BTreeMap<u64, u64>,
    /// The step of that progress.
    since: u64,
}

impl fmt::Debug for Views {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views").field("count", &self.all.len()).finish_non_exhaustive()
    }
}

impl Core {
    /// In the fair tail, after a poll: was the run in this state before?
    #[cold]
    pub(crate) fn look_at_state(&self) {
        let views: Vec<Rc<View>> = self.views.with(|views| views.all.clone());
        if views.iter().all(|view| view.withdrawn.get()) {
            return;
        }
        let mut hasher = DefaultHasher::new();
        for view in views.iter().filter(|view| !view.withdrawn.get()) {
            // It may drop the guard, or begin a poll that comes here: then it is away.
            if let Some(mut ask) = view.ask.take() {
                self.call_out(|| ask().hash(&mut hasher));
                view.ask.set(Some(ask));
            }
        }
        self.ready.with(|ready| ready.iter().for_each(|task| task.id().0.hash(&mut hasher)));
        self.clock.with(|clock| clock.len()).hash(&mut hasher);
        let (state, step, progress) = (hasher.finish(), self.steps.get(), self.progress.get());
        let first = self.views.with(|views| {
            if views.since != progress || views.states.len() >= MOST_STATES {
                views.since = progress;
                views.states.clear();
            }
            *views.states.entry(state).or_insert(step)
        });
        if first != step {
            self.judge_spinning(Detail::Repeats { first });
        }
    }

    /// The run is over: lets go of what the views hold.
    pub(crate) fn drop_views(&self) {
        let Views { all, .. } = self.views.with(std::mem::take);
        for view in all {
            let ask = view.ask.take();
            self.call_out(|| drop(ask));
        }
    }
}
