//! The tasks of a run that act on what is under test, and the judgement when they are at rest.
//!
//! Nothing happens any more when a long time has passed, since time stands still while anybody
//! can go on. Those who wait then must have reason to, and of those who are gone nothing should
//! keep a waker: the law `waker-leak`. Then those who held on to what they have let it go, and
//! when all is at rest again, the whole history is judged once more.

use super::calls::Called;
use super::patience::Patience;
use super::script::Script;
use crate::breach::{Breach, broken};
use crate::error::CheckError;
use crate::laws::linear::{Effect, Entry, Log, Model, Verdict, check, table};
use crate::passed::Passed;
use reveille_sim::time::{Duration, Instant, sleep_until};
use reveille_sim::{Builder, JoinHandle, TaskId, forgotten, keeps_wakers, look_for, within};
use std::panic::resume_unwind;

/// When everything is at rest, and when it is again after all was let go.
pub(in crate::laws) const REST: [Duration; 2] =
    [Duration::from_secs(3_600), Duration::from_secs(3 * 3_600)];

/// When those who hold on let go: between the two times of rest.
pub(in crate::laws) const LET_GO: Duration = Duration::from_secs(2 * 3_600);

/// Pairs of a set of operations and a state that are looked at, for one judgement.
const BUDGET: usize = 100_000;

/// The mark of a history that an order explains.
const JUDGED: &str = "a history that was judged";

/// The mark of one that proves nothing.
const UNDECIDED: &str = "a history that is undecided, since it is too long to judge";

/// An error if something was undecided and nothing was decided.
pub(in crate::laws) fn is_any_judged(passed: Passed) -> Result<Passed, CheckError> {
    let seen = |name| passed.marks.iter().any(|mark| mark.name == name && mark.seen > 0);
    if seen(UNDECIDED) && !seen(JUDGED) {
        let why = "every history was too long to judge: expected fewer operations, see \
                   `operations_up_to`";
        return Err(CheckError::NoRun(why.to_owned()));
    }
    Ok(passed)
}

/// Who follows a script.
pub(in crate::laws) trait Actor: 'static {
    type Act: 'static;

    /// Waits until what it acts on is not used by another task, which a waker may have stopped
    /// in the middle of it.
    async fn is_free(&self) {}

    async fn act(&mut self, act: Self::Act);

    /// Drops what it has, step by step if that is part of the history.
    fn let_go(&mut self) {}
}

/// The tasks of a run, and what they did.
pub(in crate::laws) struct Cast<M: Model> {
    /// The suite.
    laws: &'static str,
    log: Log<M::Op, M::Answer>,
    began: Instant,
    names: Vec<String>,
    handles: Vec<JoinHandle<()>>,
}

/// What one task writes into the history.
pub(in crate::laws) struct Part<M: Model> {
    log: Log<M::Op, M::Answer>,
    task: usize,
    let_go: Instant,
}

/// An operation that not everything has: as it is counted over all runs.
#[derive(Clone, Copy)]
pub(in crate::laws) struct Offer {
    pub(in crate::laws) made: &'static str,
    pub(in crate::laws) missing: &'static str,
}

/// The [`Offer`] of an operation of this name.
macro_rules! offer {
    ($name:literal) => {
        $crate::laws::play::cast::Offer {
            made: $name,
            missing: concat!("no ", $name, ", which is not offered"),
        }
    };
}
pub(in crate::laws) use offer;

impl<M: Model> Cast<M> {
    pub(in crate::laws) fn of(laws: &'static str) -> Cast<M> {
        let (log, began) = (Log::new(), Instant::now());
        Cast { laws, log, began, names: Vec::new(), handles: Vec::new() }
    }

    /// Has `actor` follow `script` in a task of its own.
    pub(in crate::laws) fn spawn<A: Actor>(
        &mut self,
        name: String,
        script: Script<A::Act>,
        actor: impl FnOnce(Part<M>) -> A,
    ) {
        let let_go = self.began + LET_GO;
        let actor = actor(Part { log: self.log.clone(), task: self.names.len(), let_go });
        let follows = follow(actor, script, let_go);
        self.handles.push(Builder::new().name(&name).spawn_local(follows));
        self.names.push(name);
    }

    /// The pen of something that is no task: what is under test, where it acts by itself. It comes
    /// before the tasks.
    pub(in crate::laws) fn thing(&mut self, name: &str) -> Part<M> {
        assert!(self.handles.is_empty(), "a thing comes before the tasks");
        self.names.push(name.to_owned());
        let let_go = self.began + LET_GO;
        Part { log: self.log.clone(), task: self.names.len() - 1, let_go }
    }

    /// What came about so far.
    pub(in crate::laws) fn history(&self) -> Vec<Entry<M>> {
        self.log.history()
    }

    /// Waits until everything is at rest, and again until it is when all was let go, and judges
    /// what happened by the model that `initial` makes.
    pub(in crate::laws) async fn play(
        &self,
        initial: impl Fn(&[Entry<M>]) -> M,
    ) -> Result<(), Breach> {
        for rest in REST {
            sleep_until(self.began + rest).await;
            self.judge(&initial)?;
            self.look_for_kept_wakers();
        }
        Ok(())
    }

    /// Wakers of those who are gone with all they had.
    fn look_for_kept_wakers(&self) {
        for handle in self.handles.iter().filter(|handle| handle.is_finished()) {
            keeps_wakers(handle.id());
        }
    }

    fn judge(&self, initial: &impl Fn(&[Entry<M>]) -> M) -> Result<(), Breach> {
        let history = self.history();
        match check(&initial(&history), &history, BUDGET) {
            Verdict::Linearizable => {
                look_for(JUDGED, true);
                Ok(())
            }
            Verdict::Undecided => {
                look_for(UNDECIDED, true);
                Ok(())
            }
            Verdict::Broken(misfit) => {
                let told = misfit.told::<M>(&history, &self.names);
                if misfit.is_forgotten {
                    forgotten(self.id(history[misfit.culprit].task), told.clone());
                }
                broken(format!("{}: {told}", self.laws))
            }
        }
    }

    /// Everybody has come to the end of the script; who has not waits for ever, and that is
    /// wrong because of what `why` says.
    pub(in crate::laws) fn are_over(&self, why: &str) -> Result<(), Breach> {
        let Some(task) = self.handles.iter().position(|handle| !handle.is_finished()) else {
            return Ok(());
        };
        let name = &self.names[self.things() + task];
        let table = table::<M>(&self.history(), &self.names);
        let told = format!("{name} waits, {why}\n{table}");
        forgotten(self.handles[task].id(), told.clone());
        broken(format!("{}: {told}", self.laws))
    }

    /// Drops whoever waits for ever, with what they hold; nothing is judged any more.
    pub(in crate::laws) async fn end(self) {
        // A panic of who has ended is nobody's to read.
        let waiting = self.handles.into_iter().filter(|handle| !handle.is_finished());
        for handle in waiting {
            handle.abort();
            if let Err(error) = handle.await
                && error.is_panic()
            {
                resume_unwind(error.into_panic());
            }
        }
    }

    /// How many of those with a name are no tasks.
    fn things(&self) -> usize {
        self.names.len() - self.handles.len()
    }

    /// Whoever has this place in the history.
    fn id(&self, place: usize) -> TaskId {
        self.handles[place - self.things()].id()
    }
}

/// Has `actor` follow `script`, and let go then, or at `let_go` if it holds on.
pub(in crate::laws) async fn follow<A: Actor>(
    mut actor: A,
    script: Script<A::Act>,
    let_go: Instant,
) {
    for step in script.steps {
        if let Some(act) = step.due().await {
            actor.is_free().await;
            actor.act(act).await;
        }
    }
    if script.holds_on {
        sleep_until(let_go).await;
    }
    actor.is_free().await;
    actor.let_go();
}

impl<M: Model> Clone for Part<M> {
    fn clone(&self) -> Part<M> {
        Part { log: self.log.clone(), ..*self }
    }
}

impl<M: Model> Part<M> {
    /// Waits until those who hold on let go of what they have.
    pub(in crate::laws) async fn until_let_go(&self) {
        sleep_until(self.let_go).await;
    }

    /// Whether operations have begun and not ended, one of which may have its promise already.
    pub(in crate::laws) fn is_busy(&self) -> bool {
        self.log.is_busy()
    }

    /// An operation begins whose end the suite tells itself; its place in the history.
    pub(in crate::laws) fn begin(&self, op: M::Op) -> usize {
        self.log.call(self.task, op)
    }

    /// The operation that began at `at` did nothing yet: whatever it does comes from here on.
    pub(in crate::laws) fn begin_again(&self, at: usize) {
        self.log.call_again(at);
    }

    /// The operation that began at `at` ends with this answer.
    pub(in crate::laws) fn end(&self, at: usize, answer: M::Answer) {
        self.log.answer(at, answer);
    }

    /// Nobody waits any more for the operation that began at `at`, unless it has ended.
    pub(in crate::laws) fn give_up(&self, at: usize, effect: Effect) {
        self.log.give_up(at, effect);
    }

    /// Does what does not wait.
    pub(in crate::laws) fn at_once<T>(
        &self,
        op: M::Op,
        operate: impl FnOnce() -> (M::Answer, T),
    ) -> T {
        let method = M::method(&op);
        let at = self.log.call(self.task, op);
        let _broken_off = BrokenOff { log: &self.log, at };
        let (answer, output) = within(method, operate);
        self.log.answer(at, answer);
        output
    }

    /// Does what does not wait, if there is such an operation.
    pub(in crate::laws) fn offered<T>(
        &self,
        offer: Offer,
        op: M::Op,
        operate: impl FnOnce() -> Option<(M::Answer, T)>,
    ) -> Option<T> {
        let method = M::method(&op);
        let at = self.log.call(self.task, op);
        let _broken_off = BrokenOff { log: &self.log, at };
        match within(method, operate) {
            Some((answer, output)) => {
                self.log.answer(at, answer);
                look_for(offer.made, true);
                Some(output)
            }
            None => {
                self.log.retract(at);
                look_for(offer.missing, true);
                None
            }
        }
    }

    /// Does what may wait, for as long as `patience` says. If the future is dropped, the
    /// operation may have had this effect.
    pub(in crate::laws) async fn wait<F: Future>(
        &self,
        op: M::Op,
        effect: Effect,
        patience: Patience,
        make: impl FnOnce() -> F,
        answer: impl FnOnce(&F::Output) -> M::Answer + Unpin,
    ) -> Option<F::Output> {
        let method = M::method(&op);
        let at = self.log.call(self.task, op);
        let future = Called::new(method, within(method, make));
        self.finish(at, effect, patience, future, answer).await
    }

    /// Does what may wait, if there is such an operation; the outer option says whether.
    pub(in crate::laws) async fn wait_if_offered<F: Future>(
        &self,
        offer: Offer,
        op: M::Op,
        effect: Effect,
        patience: Patience,
        make: impl FnOnce() -> Option<F>,
        answer: impl FnOnce(&F::Output) -> M::Answer + Unpin,
    ) -> Option<Option<F::Output>> {
        let method = M::method(&op);
        let at = self.log.call(self.task, op);
        let Some(future) = within(method, make) else {
            self.log.retract(at);
            look_for(offer.missing, true);
            return None;
        };
        look_for(offer.made, true);
        Some(self.finish(at, effect, patience, Called::new(method, future), answer).await)
    }

    async fn finish<F: Future>(
        &self,
        at: usize,
        effect: Effect,
        patience: Patience,
        future: Called<F>,
        answer: impl FnOnce(&F::Output) -> M::Answer + Unpin,
    ) -> Option<F::Output> {
        let followed = self.log.follow(at, effect, future, answer);
        let output = patience.wait(followed).await;
        self.log.forget(at, effect);
        output
    }
}

/// An operation that a panic breaks off may have taken effect.
struct BrokenOff<'a, O: Clone, A: Clone> {
    log: &'a Log<O, A>,
    at: usize,
}

impl<O: Clone, A: Clone> Drop for BrokenOff<'_, O, A> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.log.give_up(self.at, Effect::Maybe);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::Mark;

    fn passed(marks: &[(&str, u64)]) -> Passed {
        let mark = |&(name, seen): &(&str, u64)| Mark {
            name: name.to_owned(),
            at: String::new(),
            looks: seen,
            seen,
        };
        Passed { marks: marks.iter().map(mark).collect(), ..Passed::default() }
    }

    #[test]
    fn a_check_that_decided_nothing_has_not_passed() {
        assert!(is_any_judged(passed(&[])).is_ok());
        assert!(is_any_judged(passed(&[(JUDGED, 1), (UNDECIDED, 9)])).is_ok());
        let error = is_any_judged(passed(&[("a clone", 3), (UNDECIDED, 9)])).unwrap_err();
        assert!(error.to_string().contains("expected fewer operations"), "{error}");
    }
}
