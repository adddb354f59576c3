//! The checker: runs a test's body under many schedules.

use crate::arguments::Arguments;
use crate::config::{Config, ConfigError};
use crate::corpus::{Corpus, Replayed, Session, Stop};
use crate::coverage::{Coverage, grouped};
use crate::error::{CheckError, Failure};
use crate::hermetic;
use crate::host::{Body, Here, Host};
use crate::marks::Mark;
use crate::output::{Ending, TestOutput};
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
    corpus: Corpus,
    settings: Settings,
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
            settings,
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
        tell(self.try_check_with(arguments, body));
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
        let body = &body;
        self.try_check(|| {
            // Here the run has begun, so what is drawn is on its tape.
            let made = arguments.make();
            async move {
                match made {
                    Ok(value) => body(value).await.into_ending(),
                    Err(rejection) => Ending::Rejected(rejection),
                }
            }
        })
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
        tell(self.try_check(body));
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
        let result = self.check_body(&name, &body);
        result.map(|passed| Passed { test: name, ..passed })
    }

    fn name_at(&self, caller: &Location<'_>) -> String {
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

    /// Sets the name if it has none.
    pub(crate) fn or_named(mut self, name: &str) -> Checker {
        self.name.get_or_insert_with(|| name.to_owned());
        self
    }

    fn check_body(&self, name: &str, body: &dyn Body) -> Result<Passed, CheckError> {
        if reveille_sim::in_run() {
            return Err(CheckError::InsideRun);
        }
        let config = Config::from_env()?;
        let mut task = self.task(name, &config)?;
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
        if task.corpus.needs_hermetic_runs() {
            let why = match self.hermetic {
                Some(_) => "which this test never has".to_owned(),
                None => match self.in_child(&task, ordinal) {
                    Ok(result) => return result,
                    Err(why) => format!("which cannot be had: {why}"),
                },
            };
            task.corpus.without_hermetic_runs(&why)?;
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
        let corpus = match replay {
            None => Session::open(name, &self.corpus, config.corpus.as_ref(), config.strict)?,
            Some(_) => Session::off(name),
        };
        Ok(Task {
            name: name.to_owned(),
            order: Order { runs, nondeterminism: self.settings.levels.get(Law::Nondeterminism) },
            seed: config.seed.or(given).unwrap_or_else(|| Seed::of_name(name)),
            replay,
            corpus,
            settings: self.settings.clone(),
            marks: self.marks.clone(),
        })
    }
}

/// What a test does with the result of its check.
fn tell(result: Result<Passed, CheckError>) {
    match result {
        Ok(passed) => {
            passed.warnings.iter().for_each(|warning| message::warn(warning));
            println!("reveille: {passed}");
        }
        Err(error) => message::fail(&error.to_string()),
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
    corpus: Session,
    settings: Settings,
    marks: Vec<Mark>,
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
        let replayed = match self.corpus.replay(host) {
            Ok(replayed) => replayed,
            Err(Stop::Halt(halt)) => return otherwise(halt, host),
            Err(Stop::Corpus(error)) => return Err(error.into()),
        };
        let result = match &self.replay {
            Some(tape) => search::replay(host, tape),
            None => search::search(host, self.order),
        };
        match result {
            Ok(clean) => Ok(self.passed(clean, replayed)),
            Err(halt) => otherwise(halt, host),
        }
    }

    fn passed(&self, clean: Clean, replayed: Replayed) -> Passed {
        let mut warnings = replayed.warnings;
        warnings.extend(clean.warnings.iter().map(|warning| {
            format!("warning[{}] in `{}`: {}", warning.law, self.name, warning.text)
        }));
        let mut marks = clean.marks;
        if self.replay.is_none() {
            marks.add(self.marks.clone());
            warnings.extend(marks.warnings(&self.name, clean.runs));
        } else if clean.runs == 0 {
            warnings.push(format!("reveille: the run of the tape is rejected in `{}`", self.name));
        } else {
            warnings.push(format!("reveille: the tape passes in `{}`", self.name));
        }
        Passed {
            test: self.name.clone(),
            runs: clean.runs,
            steps: clean.steps,
            rejected: clean.rejections.runs(),
            coverage: clean.coverage,
            marks: marks.into_list(),
            corpus: replayed.passed,
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
            Halt::Rejected(rejected) => return Err(CheckError::Rejected(rejected)),
            Halt::Host(error) => return Err(CheckError::NoRun(error.to_string())),
            Halt::Found(found) => {
                let origin = message::origin(&found, self.order.runs, self.seed);
                let inputs = host.inputs(&found.tape).unwrap_or_default();
                let corpus = self.corpus.tell(host, &found, origin.as_deref(), &inputs);
                message::found(&self.name, &found, origin.as_deref(), &corpus)
            }
            Halt::Differs(differing) => {
                let search::Differing { tape, broken } = *differing;
                let difference = search::first_difference(host, &tape).unwrap_or_default();
                let why = why_not_hermetic.map(ToString::to_string);
                if self.order.nondeterminism == Level::Warn && broken.is_none() {
                    let warning = format!(
                        "warning[nondeterminism] in `{}`: a run cannot be repeated\n{difference}",
                        self.name
                    );
                    let (test, warnings) = (self.name.clone(), vec![warning]);
                    return Ok(Passed { test, runs: 1, warnings, ..Passed::default() });
                }
                message::differs(&self.name, &tape, broken, &difference, why)
            }
        };
        Err(CheckError::Broken(Box::new(failure)))
    }
}

/// What a check that found nothing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// The test.
    pub test: String,
    /// Runs made.
    pub runs: u64,
    /// Polls in all runs together.
    pub steps: u64,
    /// Runs made in vain, because their arguments were rejected; they are not among `runs`.
    pub rejected: u64,
    /// The marks that were looked for or expected, by name.
    pub marks: Vec<Mark>,
    /// Entries of the corpus that were replayed before these runs.
    pub corpus: u64,
    /// What the runs covered.
    pub coverage: Coverage,
    /// What was found and does not fail the test.
    pub warnings: Vec<String>,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.runs == 1 { "" } else { "s" };
        write!(f, "`{}` passed {} run{s}", self.test, grouped(self.runs))?;
        if self.rejected > 0 {
            write!(f, ", beside {} rejected", grouped(self.rejected))?;
        }
        write!(f, ": {}", self.coverage)
    }
}

impl Failure {
    pub(crate) fn boxed(self) -> CheckError {
        CheckError::Broken(Box::new(self))
    }
}
