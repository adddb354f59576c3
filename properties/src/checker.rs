//! The checker: runs a test's body under many schedules.

use crate::config::{Config, ConfigError};
use crate::coverage::{Coverage, grouped};
use crate::error::{CheckError, Failure};
use crate::hermetic;
use crate::host::{Body, Here, Host};
use crate::output::TestOutput;
use crate::search::{self, Clean, Halt, Order};
use crate::seed::Seed;
use crate::watchdog;
use crate::{message, names};
use reveille_sim::{Faults, Kind, Law, Level, Portfolio, Settings};
use std::fmt;
use std::panic::Location;
use std::time::Duration;

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
    settings: Settings,
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
            settings,
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

    /// Sets the seed of the random runs; `REVEILLE_SEED` goes before it.
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
        match self.try_check(body) {
            Ok(passed) => {
                passed.warnings.iter().for_each(|warning| message::warn(warning));
                println!("reveille: {passed}");
            }
            Err(error) => message::fail(&error.to_string()),
        }
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
        let caller = Location::caller();
        let name = self.name.clone().unwrap_or_else(|| names::of_caller(caller));
        let result = self.check_body(&name, &body);
        result.map(|passed| Passed { test: name, ..passed })
    }

    fn check_body(&self, name: &str, body: &dyn Body) -> Result<Passed, CheckError> {
        if reveille_sim::in_run() {
            return Err(CheckError::InsideRun);
        }
        let config = Config::from_env()?;
        let task = self.task(name, &config)?;
        let ordinal = hermetic::next_ordinal(name);
        if let Some(child) = hermetic::Child::from_env() {
            let settings = task.settings.clone();
            let mut host = hermetic::Forked::new(name, body, settings, task.portfolio());
            let result = task.settle(&mut host, |halt, host| task.failure(halt, host));
            return child.answer(ordinal, result);
        }
        let must = task.replay.as_ref().is_some_and(reveille_sim::Tape::is_hermetic);
        if must || self.hermetic == Some(true) {
            return self
                .in_child(&task, ordinal)
                .unwrap_or_else(|why| Err(CheckError::NoHermeticRuns(why)));
        }
        let mut host = Here::new(body, task.settings.clone(), task.portfolio());
        let _watched = watchdog::watch(name, host.pulse(), self.watchdog);
        message::tell_of_aborts(name);
        task.settle(&mut host, |halt, host| {
            let differs = matches!(halt, Halt::Differs(_));
            if differs && self.hermetic.is_none() {
                match self.in_child(&task, ordinal) {
                    Ok(Ok(passed)) => return Ok(passed),
                    Ok(Err(error)) => return Err(error),
                    Err(why) => return task.failure_with(halt, host, Some(&why)),
                }
            }
            task.failure(halt, host)
        })
    }

    /// Checks in a child process; an error says why there can be none.
    fn in_child(
        &self,
        task: &Task,
        ordinal: u32,
    ) -> Result<Result<Passed, CheckError>, hermetic::Unavailable> {
        hermetic::check_in_child(&task.name, ordinal)
    }

    fn task(&self, name: &str, config: &Config) -> Result<Task, CheckError> {
        let replay = match &config.replay {
            Some((test, tape)) if test == name => Some(tape.clone()),
            Some((test, _)) => {
                names::expect_elsewhere(test, name)?;
                None
            }
            None => None,
        };
        let runs = config.runs.unwrap_or(self.runs);
        if runs == 0 {
            return Err(CheckError::NoRuns);
        }
        let given = self.seed.map(Seed::Given);
        Ok(Task {
            name: name.to_owned(),
            order: Order { runs, nondeterminism: self.settings.levels.get(Law::Nondeterminism) },
            seed: config.seed.or(given).unwrap_or_else(|| Seed::of_name(name)),
            replay,
            settings: self.settings.clone(),
        })
    }
}

impl Default for Checker {
    fn default() -> Self {
        Checker::new()
    }
}

impl From<ConfigError> for CheckError {
    fn from(error: ConfigError) -> Self {
        CheckError::Config(error)
    }
}

/// A checker's work, with what the environment says.
#[derive(Debug)]
struct Task {
    name: String,
    order: Order,
    seed: Seed,
    replay: Option<reveille_sim::Tape>,
    settings: Settings,
}

impl Task {
    fn portfolio(&self) -> Portfolio {
        Portfolio::new(self.seed.value())
    }

    fn settle<H: Host>(
        &self,
        host: &mut H,
        otherwise: impl FnOnce(Halt, &mut H) -> Result<Passed, CheckError>,
    ) -> Result<Passed, CheckError> {
        let result = match &self.replay {
            Some(tape) => search::replay(host, tape),
            None => search::search(host, self.order),
        };
        match result {
            Ok(clean) => Ok(self.passed(clean)),
            Err(halt) => otherwise(halt, host),
        }
    }

    fn passed(&self, clean: Clean) -> Passed {
        let mut warnings: Vec<String> = clean
            .warnings
            .iter()
            .map(|warning| format!("warning[{}] in `{}`: {}", warning.law, self.name, warning.text))
            .collect();
        if self.replay.is_some() {
            warnings.push(format!("reveille: the tape passes in `{}`", self.name));
        }
        Passed {
            test: self.name.clone(),
            runs: clean.runs,
            steps: clean.steps,
            coverage: clean.coverage,
            warnings,
        }
    }

    fn failure<H: Host>(&self, halt: Halt, host: &mut H) -> Result<Passed, CheckError> {
        self.failure_with(halt, host, None)
    }

    fn failure_with<H: Host>(
        &self,
        halt: Halt,
        host: &mut H,
        why_not_hermetic: Option<&hermetic::Unavailable>,
    ) -> Result<Passed, CheckError> {
        let failure = match halt {
            Halt::Host(error) => return Err(CheckError::NoRun(error.to_string())),
            Halt::Found(found) => message::found(&self.name, &found, self.order.runs, self.seed),
            Halt::Differs(differing) => {
                let search::Differing { tape, broken } = *differing;
                let difference = search::first_difference(host, &tape).unwrap_or_default();
                let why = why_not_hermetic.map(ToString::to_string);
                if self.order.nondeterminism == Level::Warn && broken.is_none() {
                    let warning = format!(
                        "warning[nondeterminism] in `{}`: a run cannot be repeated\n{difference}",
                        self.name
                    );
                    let coverage = Coverage::default();
                    let warnings = vec![warning];
                    return Ok(Passed {
                        test: self.name.clone(),
                        runs: 1,
                        steps: 0,
                        coverage,
                        warnings,
                    });
                }
                message::differs(&self.name, &tape, broken, &difference, why)
            }
        };
        Err(CheckError::Broken(Box::new(failure)))
    }
}

/// What a check that found nothing did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// The test.
    pub test: String,
    /// Runs made.
    pub runs: u64,
    /// Polls in all runs together.
    pub steps: u64,
    /// What the runs covered.
    pub coverage: Coverage,
    /// What was found and does not fail the test.
    pub warnings: Vec<String>,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.runs == 1 { "" } else { "s" };
        write!(f, "`{}` passed {} run{s}: {}", self.test, grouped(self.runs), self.coverage)
    }
}

impl Failure {
    pub(crate) fn boxed(self) -> CheckError {
        CheckError::Broken(Box::new(self))
    }
}
