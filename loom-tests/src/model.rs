//! A model: what it is called, how far it is explored, and what came of it.

use crate::attempt::Attempt;
use crate::child;
use crate::explored::Explored;
use crate::failure::Failure;
use crate::identity::Here;
use crate::request::Key;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// How many points of choice an iteration may have, unless it is said.
const BRANCHES: usize = 1_000;

type Body = Arc<dyn Fn() + Send + Sync>;

/// One rule, and the threads that may break it.
pub(crate) struct Scenario {
    pub(crate) rule: String,
    pub(crate) preemptions: Option<usize>,
    pub(crate) body: Result<Body, &'static str>,
}

impl Scenario {
    pub(crate) fn new(
        rule: impl Into<String>,
        body: impl Fn() + Send + Sync + 'static,
    ) -> Scenario {
        Scenario { rule: rule.into(), preemptions: None, body: Ok(Arc::new(body)) }
    }

    /// A rule that a type does not have to keep, for that reason.
    pub(crate) fn left_out(rule: impl Into<String>, reason: &'static str) -> Scenario {
        Scenario { rule: rule.into(), preemptions: None, body: Err(reason) }
    }

    /// It has too many interleavings to go through all of them: those with so many preemptions.
    pub(crate) fn bounded(self, preemptions: usize) -> Scenario {
        Scenario { preemptions: Some(preemptions), ..self }
    }
}

/// Threads under every interleaving.
///
/// What the threads use comes from [`sync`](crate::sync), [`cell`](crate::cell) and
/// [`thread`](crate::thread). The model runs in a process of its own, which is the same test once
/// more; what the test does besides is therefore done there, too, up to the model.
///
/// ```
/// use reveille_loom::sync::{Arc, atomic::{AtomicUsize, Ordering::Relaxed}};
/// use reveille_loom::{Model, thread};
///
/// let explored = Model::new("two add one", || {
///     let sum = Arc::new(AtomicUsize::new(0));
///     let other = thread::spawn({
///         let sum = sum.clone();
///         move || sum.fetch_add(1, Relaxed)
///     });
///     sum.fetch_add(1, Relaxed);
///     other.join().unwrap();
///     assert_eq!(sum.load(Relaxed), 2);
/// })
/// .check();
/// assert!(explored.is_exhausted());
/// ```
#[must_use = "a model does nothing until it is checked"]
pub struct Model {
    name: String,
    scenarios: Vec<Scenario>,
    bound: Bound,
    branches: usize,
    within: Option<Duration>,
}

/// How many preemptions there may be.
#[derive(Clone, Copy)]
enum Bound {
    /// As many as each rule has.
    OfRule,
    Of(usize),
    None,
}

impl Model {
    /// A model of that name, which reports show: what its first thread does.
    pub fn new(name: impl Into<String>, body: impl Fn() + Send + Sync + 'static) -> Model {
        Model::of(name, vec![Scenario::new("", body)])
    }

    pub(crate) fn of(name: impl Into<String>, scenarios: Vec<Scenario>) -> Model {
        Model {
            name: name.into(),
            scenarios,
            bound: Bound::OfRule,
            branches: BRANCHES,
            within: None,
        }
    }

    /// Only those interleavings in which threads that could go on are put aside at most that
    /// often. Most races take two; three threads or more have too many interleavings without.
    pub fn preemptions(mut self, most: usize) -> Self {
        self.bound = Bound::Of(most);
        self
    }

    /// All interleavings, of rules as well that have a bound of their own since they have too many
    /// for every day. Best together with [`within`](Self::within).
    pub fn unbounded(mut self) -> Self {
        self.bound = Bound::None;
        self
    }

    /// How many points of choice an iteration may have, 1,000 if it is not said.
    pub fn branches(mut self, most: usize) -> Self {
        self.branches = most;
        self
    }

    /// Stops when that time is up, for each rule of the model, and passes though there may be
    /// interleavings left: [`Explored::is_exhausted`] tells. Without it, a model that is not done
    /// within five minutes fails.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// Explores the model and prints how many iterations each rule took.
    ///
    /// # Panics
    ///
    /// With the report, if it fails.
    #[track_caller]
    pub fn check(self) -> Explored {
        let name = self.name.clone();
        match self.explore(Location::caller(), true) {
            Ok(explored) => {
                println!("{name}\n{explored}");
                explored
            }
            Err(failure) => {
                eprintln!("\n{failure}\n");
                // It is told already, and where it was told says nothing.
                std::panic::resume_unwind(Box::new(failure.to_string()))
            }
        }
    }

    /// Explores the model, and keeps nothing in the corpus.
    ///
    /// # Errors
    ///
    /// Why it fails, with the report as its text.
    #[track_caller]
    pub fn try_check(self) -> Result<Explored, Failure> {
        self.explore(Location::caller(), false)
    }

    fn explore(self, at: &'static Location<'static>, keeps: bool) -> Result<Explored, Failure> {
        let here = Here::new(at);
        let mut explored = Explored::default();
        for (case, scenario) in self.scenarios.iter().enumerate() {
            let body = match &scenario.body {
                Ok(body) => body.clone(),
                Err(reason) => {
                    explored.leave_out(&scenario.rule, reason);
                    continue;
                }
            };
            let key = Key { case, ..here.key.clone() };
            let attempt = Attempt {
                here: &here,
                key: key.clone(),
                model: &self.name,
                rule: &scenario.rule,
                preemptions: match self.bound {
                    Bound::OfRule => scenario.preemptions,
                    Bound::Of(most) => Some(most),
                    Bound::None => None,
                },
                branches: self.branches,
                within: self.within,
                keeps,
            };
            let result = match child::request() {
                Some(request) => match request.result_of(&key) {
                    Some(result) => result,
                    None if request.key == key => child::run(request, move || body()),
                    // Nobody waits for the answer.
                    None => Ok(Explored::default()),
                },
                None => attempt.explore(),
            };
            here.remember(key, &result);
            explored.cases.extend(result?.cases);
        }
        Ok(explored)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("name", &self.name).finish_non_exhaustive()
    }
}
