//! The tasks of a run that act on what is under test, and the judgement when they are at rest.
//!
//! Nothing happens any more when a long time has passed, since time stands still while anybody
//! can go on. Those who wait then must have reason to. Then those who held on to what they
//! have let it go, and when all is at rest again, the whole history is judged once more.

use super::history::{Breach, broken};
use super::linear::{Effect, Entry, Log, Model, Verdict, check, table};
use super::patience::Patience;
use super::script::{Script, Step};
use reveille_sim::time::{Duration, Instant, sleep, sleep_until};
use reveille_sim::{Builder, JoinHandle, TaskId, forgotten, look_for, yield_now};

/// When everything is at rest, and when it is again after all was let go.
const REST: [Duration; 2] = [Duration::from_secs(3_600), Duration::from_secs(3 * 3_600)];

/// When those who hold on let go: between the two times of rest.
const LET_GO: Duration = Duration::from_secs(2 * 3_600);

/// Pairs of a set of operations and a state that are looked at, for one judgement.
const BUDGET: usize = 100_000;

/// Who follows a script.
pub(super) trait Actor: 'static {
    type Act: 'static;

    async fn act(&mut self, act: Self::Act);

    /// Drops what it has, step by step if that is part of the history.
    fn let_go(&mut self) {}
}

/// The tasks of a run, and what they did.
pub(super) struct Cast<M: Model> {
    /// The suite.
    laws: &'static str,
    log: Log<M::Op, M::Answer>,
    began: Instant,
    names: Vec<String>,
    handles: Vec<JoinHandle<()>>,
}

/// What one task writes into the history.
pub(super) struct Part<M: Model> {
    log: Log<M::Op, M::Answer>,
    task: usize,
    let_go: Instant,
}

/// An operation that not everything has: as it is counted over all runs.
#[derive(Clone, Copy)]
pub(super) struct Offer {
    pub(super) made: &'static str,
    pub(super) missing: &'static str,
}

/// The [`Offer`] of an operation of this name.
macro_rules! offer {
    ($name:literal) => {
        $crate::laws::cast::Offer {
            made: $name,
            missing: concat!("no ", $name, ", which is not offered"),
        }
    };
}
pub(super) use offer;

impl<M: Model> Cast<M> {
    pub(super) fn of(laws: &'static str) -> Cast<M> {
        let (log, began) = (Log::new(), Instant::now());
        Cast { laws, log, began, names: Vec::new(), handles: Vec::new() }
    }

    /// Has `actor` follow `script` in a task of its own.
    pub(super) fn spawn<A: Actor>(
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
    pub(super) fn thing(&mut self, name: &str) -> Part<M> {
        assert!(self.handles.is_empty(), "a thing comes before the tasks");
        self.names.push(name.to_owned());
        let let_go = self.began + LET_GO;
        Part { log: self.log.clone(), task: self.names.len() - 1, let_go }
    }

    /// What came about so far.
    pub(super) fn history(&self) -> Vec<Entry<M>> {
        self.log.history()
    }

    /// Waits until everything is at rest, and again until it is when all was let go, and judges
    /// what happened by the model that `initial` makes.
    pub(super) async fn play(&self, initial: impl Fn(&[Entry<M>]) -> M) -> Result<(), Breach> {
        for rest in REST {
            sleep_until(self.began + rest).await;
            self.judge(&initial)?;
        }
        Ok(())
    }

    fn judge(&self, initial: &impl Fn(&[Entry<M>]) -> M) -> Result<(), Breach> {
        let history = self.history();
        match check(&initial(&history), &history, BUDGET) {
            Verdict::Linearizable => Ok(()),
            Verdict::Undecided => {
                look_for("undecided: a history that is too long to judge", true);
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
    pub(super) fn are_over(&self, why: &str) -> Result<(), Breach> {
        let Some(task) = self.handles.iter().position(|handle| !handle.is_finished()) else {
            return Ok(());
        };
        let name = &self.names[self.things() + task];
        let table = table::<M>(&self.history(), &self.names);
        let told = format!("{name} waits, {why}\n{table}");
        forgotten(self.handles[task].id(), told.clone());
        broken(format!("{}: {told}", self.laws))
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

async fn follow<A: Actor>(mut actor: A, script: Script<A::Act>, let_go: Instant) {
    for step in script.steps {
        match step {
            Step::Act(act) => actor.act(act).await,
            Step::Yield => yield_now().await,
            Step::Sleep(millis) => sleep(Duration::from_millis(u64::from(millis))).await,
        }
    }
    if script.holds_on {
        sleep_until(let_go).await;
    }
    actor.let_go();
}

impl<M: Model> Clone for Part<M> {
    fn clone(&self) -> Part<M> {
        Part { log: self.log.clone(), ..*self }
    }
}

impl<M: Model> Part<M> {
    /// Waits until those who hold on let go of what they have.
    pub(super) async fn until_let_go(&self) {
        sleep_until(self.let_go).await;
    }

    /// Whether operations have begun and not ended, one of which may have its promise already.
    pub(super) fn is_busy(&self) -> bool {
        self.log.is_busy()
    }

    /// Does what does not wait.
    pub(super) fn at_once<T>(&self, op: M::Op, operate: impl FnOnce() -> (M::Answer, T)) -> T {
        let at = self.log.call(self.task, op);
        let (answer, output) = operate();
        self.log.answer(at, answer);
        output
    }

    /// Does what does not wait, if there is such an operation.
    pub(super) fn offered<T>(
        &self,
        offer: Offer,
        op: M::Op,
        operate: impl FnOnce() -> Option<(M::Answer, T)>,
    ) -> Option<T> {
        let at = self.log.call(self.task, op);
        match operate() {
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
    pub(super) async fn wait<F: Future>(
        &self,
        op: M::Op,
        effect: Effect,
        patience: Patience,
        make: impl FnOnce() -> F,
        answer: impl FnOnce(&F::Output) -> M::Answer + Unpin,
    ) -> Option<F::Output> {
        let at = self.log.call(self.task, op);
        let followed = self.log.follow(at, effect, make(), answer);
        let output = patience.wait(followed).await;
        // One that was forgotten noted nothing.
        self.log.give_up(at, effect);
        output
    }
}
