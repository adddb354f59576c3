//! The checker: what a test asks for, and how it is told what came of it. The doing is
//! in [`work`].

mod broken;
mod gated;
mod work;

use crate::arguments::{Arguments, begin};
use crate::config::Config;
use crate::corpus::Corpus;
use crate::error::CheckError;
use crate::marks::Mark;
use crate::output::TestOutput;
use crate::passed::Passed;
use crate::{message, misuse, names};
use reveille_sim::{Faults, Kind, Law, Level, Settings, Tape};
use std::cell::RefCell;
use std::panic::Location;
use std::time::Duration;
use work::Work;

/// Runs when nothing else is said.
const RUNS: u64 = 1_000;

/// How long a run at rest waits, in real time, for a thread that may wake it.
const PATIENCE: Duration = Duration::from_millis(100);

/// Runs the body of a test under many schedules; what `#[reveille::test]` does.
///
/// ```
/// reveille::Checker::new().runs(200).check(|| async {
///     let answer = reveille::spawn(async { 42 });
///     assert_eq!(answer.await.unwrap(), 42);
/// });
/// ```
#[derive(Clone, Debug)]
#[must_use = "a checker checks nothing until `check` is called"]
pub struct Checker {
    name: Option<String>,
    runs: u64,
    seed: Option<u64>,
    hermetic: Option<bool>,
    watchdog: Duration,
    corpus: Corpus,
    replay: Option<Tape>,
    settings: Settings,
    /// What the environment must not switch on.
    unwanted: Faults,
    marks: Vec<Mark>,
}

impl Checker {
    /// A checker with the defaults: 1,000 runs, a seed made of the test's name,
    /// 100,000 steps.
    pub fn new() -> Checker {
        let mut settings = Settings::default();
        settings.patience = PATIENCE;
        Checker {
            name: None,
            runs: RUNS,
            seed: None,
            hermetic: None,
            watchdog: Duration::from_secs(10),
            corpus: Corpus::Package,
            replay: None,
            settings,
            unwanted: Faults::NONE,
            marks: Vec::new(),
        }
    }

    /// Sets the name, which tapes carry and the seed is made of. By default it is
    /// that of the test that the harness is running on this thread.
    pub fn name(mut self, name: impl Into<String>) -> Checker {
        self.name = Some(name.into());
        self
    }

    /// Sets the number of runs; `REVEILLE_RUNS` goes before it. No run at all is
    /// an error: a gate that ran nothing must not be green.
    pub fn runs(mut self, runs: u64) -> Checker {
        self.runs = runs;
        self
    }

    /// Sets where random choices begin; `REVEILLE_SEED` goes before it.
    pub fn seed(mut self, seed: u64) -> Checker {
        self.seed = Some(seed);
        self
    }

    /// Sets the number of polls after which a run becomes fair and free of faults;
    /// a run that has not ended after as many more fails.
    pub fn max_steps(mut self, steps: u64) -> Checker {
        self.settings.max_steps = steps.max(1);
        self
    }

    /// Whether runs have a tokio runtime of one thread, whose clock is the virtual one:
    /// `tokio::spawn` and `tokio::time` work in them. By default they have none.
    ///
    /// The schedule decides when a task of tokio's goes on, but which of them is tokio's
    /// own choice: first come, first served. `spawn_blocking`, sockets and files are real.
    #[cfg(feature = "tokio")]
    pub fn tokio(mut self, tokio: bool) -> Checker {
        self.settings.tokio = tokio;
        self
    }

    /// Sets how many tasks may be unfinished at once, the body of the test among them; a run
    /// with more fails. By default 50,000.
    ///
    /// ```
    /// use reveille::{CheckError, Checker, Law};
    ///
    /// let forks = || async { (0..10).for_each(|_| drop(reveille::spawn(async {}))) };
    /// let checker = Checker::new().corpus(false).max_tasks(10);
    /// let Err(CheckError::Broken(found)) = checker.try_check(forks) else { panic!("it passes") };
    /// assert_eq!(found.law, Law::RunawaySpawn);
    /// checker.max_tasks(11).check(forks);
    /// ```
    pub fn max_tasks(mut self, tasks: u64) -> Checker {
        self.settings.max_tasks = tasks.max(1);
        self
    }

    /// Sets the faults that runs may suffer. By default all that a correct future
    /// must bear.
    pub fn faults(mut self, faults: Faults) -> Checker {
        self.settings.faults = faults;
        self
    }

    /// Runs may suffer faults of this kind, too; of those that a test has to ask for,
    /// for instance. A kind that is no fault changes nothing.
    ///
    /// ```
    /// # use reveille::{Checker, Kind};
    /// let checker = Checker::new().with(Kind::ReentrantWaker).without(Kind::LateTimer);
    /// # checker.runs(2).check(|| async {});
    /// ```
    pub fn with(mut self, fault: Kind) -> Checker {
        self.settings.faults = self.settings.faults.with(fault);
        self
    }

    /// Runs suffer no faults of this kind.
    pub fn without(mut self, fault: Kind) -> Checker {
        self.settings.faults = self.settings.faults.without(fault);
        self.unwanted = self.unwanted.with(fault);
        self
    }

    /// Sets the level of a law.
    pub fn level(mut self, law: Law, level: Level) -> Checker {
        self.settings.levels.set(law, level);
        self
    }

    /// A breach of `law` fails the test.
    pub fn deny(self, law: Law) -> Checker {
        self.level(law, Level::Deny)
    }

    /// A breach of `law` is reported, and the test goes on.
    pub fn warn(self, law: Law) -> Checker {
        self.level(law, Level::Warn)
    }

    /// A breach of `law` is nothing. A run that cannot go on ends all the same.
    pub fn allow(self, law: Law) -> Checker {
        self.level(law, Level::Allow)
    }

    /// Whether every run gets a process of its own with fixed entropy and clocks.
    /// By default that is so once a run turned out not to be repeatable.
    pub fn hermetic(mut self, hermetic: bool) -> Checker {
        self.hermetic = Some(hermetic);
        self
    }

    /// Sets where past failures are kept, which are replayed before everything else; see
    /// [`corpus`](crate::corpus). By default in `corpus`, in the directory of the package;
    /// with `false` nowhere. `REVEILLE_CORPUS` goes before it, but a test without a corpus
    /// stays without.
    ///
    /// ```
    /// reveille::Checker::new().corpus(false).check(|| async {});
    /// reveille::Checker::new().corpus("tests/tapes").check(|| async {});
    /// ```
    pub fn corpus(mut self, corpus: impl Into<Corpus>) -> Checker {
        self.corpus = corpus.into();
        self
    }

    /// Makes one run and no other: the one on `tape`. The corpus is left alone.
    /// `REVEILLE_REPLAY`, which does the same from outside, goes before it.
    ///
    /// ```
    /// use reveille::{CheckError, Checker};
    ///
    /// let body = || async { assert_ne!(reveille::draw(10), 7) };
    /// let checker = Checker::new().corpus(false);
    /// let Err(CheckError::Broken(found)) = checker.try_check(body) else { panic!("it passes") };
    ///
    /// let replayed = checker.replay(found.tape.clone()).try_check(body);
    /// let Err(CheckError::Broken(replayed)) = replayed else { panic!("the tape passes") };
    /// assert_eq!((replayed.law, &replayed.tape), (found.law, &found.tape));
    /// ```
    pub fn replay(mut self, tape: Tape) -> Checker {
        self.replay = Some(tape);
        self
    }

    /// Sets how long a single poll may take, in real time, before it counts as
    /// blocked and the process is ended. By default ten seconds.
    pub fn watchdog(mut self, limit: Duration) -> Checker {
        self.watchdog = limit;
        self
    }

    /// Sets how long, in real time, a run at rest waits for a thread outside it that
    /// may wake somebody, before it counts as stuck. By default 100 milliseconds.
    pub fn patience(mut self, patience: Duration) -> Checker {
        self.settings.patience = patience;
        self
    }

    /// Expects that some run reaches the mark `name`, of [`reachable!`](crate::reachable)
    /// or [`sometimes!`](crate::sometimes): if none does, that is a warning.
    ///
    /// `#[reveille::test]` expects those that stand in its body.
    ///
    /// ```
    /// let checker = reveille::Checker::new().expect_mark("never reached");
    /// let passed = checker.try_check(|| async {}).unwrap();
    /// assert!(passed.warnings[0].contains("was reached in none of 1000 runs"));
    /// ```
    #[track_caller]
    pub fn expect_mark(mut self, name: &str) -> Checker {
        self.marks.push(Mark::expected(name, Location::caller()));
        self
    }

    /// Runs `body` under many schedules, each with other arguments, and panics if a law
    /// is broken. What `#[strategy(..)]` on the arguments of a `#[reveille::test]` does.
    ///
    /// A failure is made smaller in both: the schedule and the arguments.
    ///
    /// ```
    /// use reveille::proptest::collection::vec;
    ///
    /// reveille::Checker::new().runs(100).check_with(vec(0..100u8, 0..8), |items| async move {
    ///     let count = items.len();
    ///     let sorted = reveille::spawn(async move {
    ///         let mut items = items;
    ///         items.sort();
    ///         items
    ///     });
    ///     assert_eq!(sorted.await.unwrap().len(), count);
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// With the report as its message if [`try_check_with`](Self::try_check_with) gives
    /// an error.
    #[track_caller]
    pub fn check_with<A, B, F>(&self, arguments: A, body: B)
    where
        A: Arguments,
        B: Fn(A::Value) -> F,
        F: Future,
        F::Output: TestOutput,
    {
        let name = self.name_at(Location::caller());
        tell(&name, self.try_check_with(arguments, body));
    }

    /// Runs `body` under many schedules, each with other arguments.
    ///
    /// A run whose arguments the strategy or the body rejects (`prop_assume!`) does not
    /// count, and another takes its place.
    ///
    /// # Errors
    ///
    /// [`CheckError::Broken`] with the report if a law is broken, [`CheckError::Rejected`]
    /// if too many runs were rejected; other errors if nothing could be checked.
    #[track_caller]
    pub fn try_check_with<A, B, F>(&self, arguments: A, body: B) -> Result<Passed, CheckError>
    where
        A: Arguments,
        B: Fn(A::Value) -> F,
        F: Future,
        F::Output: TestOutput,
    {
        let trees = RefCell::default();
        self.try_check(|| begin(&arguments, &trees, &body))
    }

    /// Runs `body` under many schedules and panics if a law is broken.
    ///
    /// # Panics
    ///
    /// With the report as its message if [`try_check`](Self::try_check) gives an
    /// error.
    #[track_caller]
    pub fn check<B, F>(&self, body: B)
    where
        B: Fn() -> F,
        F: Future,
        F::Output: TestOutput,
    {
        let name = self.name_at(Location::caller());
        tell(&name, self.try_check(body));
    }

    /// Runs `body` under many schedules.
    ///
    /// # Errors
    ///
    /// [`CheckError::Broken`] with the report if a law is broken; other errors if
    /// nothing could be checked.
    #[track_caller]
    pub fn try_check<B, F>(&self, body: B) -> Result<Passed, CheckError>
    where
        B: Fn() -> F,
        F: Future,
        F::Output: TestOutput,
    {
        let name = self.name_at(Location::caller());
        misuse::outside_of_runs()?;
        let work = Work::of(self, name, &Config::from_env()?)?;
        work.check(&body)
    }

    pub(crate) fn name_at(&self, caller: &Location<'_>) -> String {
        self.name.clone().unwrap_or_else(|| names::of_caller(caller))
    }

    /// What runs need that somebody else makes: the test's name, the settings, the
    /// limit of the watchdog.
    pub(crate) fn rules(&self, caller: &Location<'_>) -> (String, Settings, Duration) {
        (self.name_at(caller), self.settings.clone(), self.watchdog)
    }

    /// Where it keeps its corpus, and whether it asks for hermetic runs.
    pub(crate) fn memory(&self) -> (&Corpus, bool) {
        (&self.corpus, self.hermetic == Some(true))
    }

    /// Whether runs may suffer this fault.
    #[cfg(feature = "laws")]
    pub(crate) fn suffers(&self, fault: Kind) -> bool {
        self.settings.faults.has(fault)
    }

    /// Sets the name if it has none.
    pub(crate) fn or_named(mut self, name: &str) -> Checker {
        self.name.get_or_insert_with(|| name.to_owned());
        self
    }
}

/// What the test `name` does with the result of its check.
pub(crate) fn tell(name: &str, result: Result<Passed, CheckError>) {
    match result {
        Ok(passed) => {
            passed.warnings.iter().for_each(|warning| message::warn(warning));
            println!("reveille: {passed}");
        }
        Err(error) => message::fail(&message::headed(name, &error)),
    }
}

impl Default for Checker {
    fn default() -> Self {
        Checker::new()
    }
}
