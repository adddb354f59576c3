//! Schedules as inputs of proptest, for tests that are written with `proptest!`.
//!
//! The value is a run to be made, and its tree shrinks the tape that the run used: the
//! two share a cell into which a run writes its tape. See [`tree`] and [`smaller`].

mod noted;
mod smaller;
mod tree;

pub use tree::ScheduleTree;

use crate::checker::Checker;
use crate::ended::{Repeat, Scene};
use crate::error::{CheckError, Failure};
use crate::host::{Here, Host, Plan};
use crate::message;
use crate::misuse;
use crate::output::TestOutput;
use crate::search::{self, Halt};
use crate::watchdog;
use noted::Noted;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{TestCaseError, TestRunner};
use reveille_sim::{Portfolio, Settings, Tape, TapeError};
use std::fmt;
use std::panic::Location;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A strategy that makes schedules: for tests that proptest runs and shrinks itself.
///
/// Each [`Schedule`] is one run. If it breaks a law, proptest makes schedule and inputs
/// smaller and prints the schedule as a line to paste.
///
/// ```
/// use reveille::proptest::prelude::*;
///
/// // As `fn doubles(schedule in .., n in ..)` within `proptest! { .. }`.
/// proptest!(|(schedule in reveille::schedules(), n in 0..9u32)| {
///     schedule.run(|| async move {
///         let doubled = reveille::spawn(async move { 2 * n });
///         assert_eq!(doubled.await.unwrap(), n + n);
///     });
/// });
/// ```
///
/// Put the schedule before the inputs: proptest makes them smaller one after the other,
/// and inputs become smaller under a simple schedule.
///
/// Laws that warn are told on stderr, once each. So are marks that runs came by and none
/// saw, when the strategy is dropped; those that no run came by nobody knows here.
///
/// For a test of your own without other inputs `#[reveille::test]` does more: a search
/// in place of single runs, a corpus, hermetic runs, all marks.
/// [`Checker::schedules`] sets levels of laws, faults and bounds.
#[track_caller]
pub fn schedules() -> Schedules {
    Checker::new().schedules()
}

/// Numbers of runs, enough that every sampler has some.
const MANY: u64 = 1 << 20;

/// The strategy of [`schedules()`].
#[derive(Clone, Debug)]
#[must_use = "strategies do nothing unless used"]
pub struct Schedules {
    rules: Arc<Rules>,
}

/// What all runs of a strategy have in common.
#[derive(Debug)]
struct Rules {
    test: String,
    settings: Settings,
    watchdog: Duration,
    noted: Mutex<Noted>,
}

impl Checker {
    /// A strategy whose runs have the settings of this checker; see
    /// [`schedules()`](crate::schedules()).
    ///
    /// ```
    /// use reveille::Law;
    /// use reveille::proptest::prelude::*;
    ///
    /// let schedules = reveille::Checker::new().allow(Law::BusyPoll).schedules();
    /// proptest!(|(schedule in schedules)| schedule.run(|| reveille::yield_now()));
    /// ```
    #[track_caller]
    pub fn schedules(&self) -> Schedules {
        let (test, settings, watchdog) = self.rules(Location::caller());
        let noted = Mutex::new(Noted::new(&test));
        Schedules { rules: Arc::new(Rules { test, settings, watchdog, noted }) }
    }
}

impl Schedules {
    /// The schedule of a tape, with the settings of this strategy.
    ///
    /// # Errors
    ///
    /// If the text is no tape.
    pub fn from_tape(&self, text: &str) -> Result<Schedule, TapeError> {
        let (_, tape) = Tape::from_text(text)?;
        let source = Source::Tape { tape: Box::new(tape), pasted: true };
        Ok(Schedule { rules: self.rules.clone(), source, used: Arc::default() })
    }
}

impl Strategy for Schedules {
    type Tree = ScheduleTree;
    type Value = Schedule;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = proptest::num::u64::ANY.new_tree(runner)?.current();
        Ok(ScheduleTree::new(self.rules.clone(), seed))
    }
}

/// One run to be made: what [`schedules()`] gives.
///
/// Its `Debug` form is the line that makes it again.
#[derive(Clone)]
pub struct Schedule {
    rules: Arc<Rules>,
    source: Source,
    /// Shared with its tree.
    used: Arc<Mutex<Used>>,
}

/// The tapes that runs of a schedule used.
#[derive(Debug, Default)]
struct Used {
    first: Option<Tape>,
    last: Option<Tape>,
}

/// Who makes the choices.
#[derive(Clone, Debug)]
enum Source {
    /// The portfolio of samplers with that seed.
    Seed(u64),
    Tape {
        tape: Box<Tape>,
        /// Whether a person did, who wants to see what happens.
        pasted: bool,
    },
}

impl Schedule {
    /// The schedule of a tape that was printed.
    ///
    /// ```
    /// use reveille::Schedule;
    ///
    /// let schedule = Schedule::from_tape("v1/doubles/schedule=0:1/len=3/sum=2e54e50b").unwrap();
    /// schedule.run(|| async {
    ///     let doubled = reveille::spawn(async { 2 * 4 });
    ///     assert_eq!(doubled.await.unwrap(), 8);
    /// });
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no tape.
    #[track_caller]
    pub fn from_tape(text: &str) -> Result<Schedule, TapeError> {
        schedules().from_tape(text)
    }

    /// Makes the run. The body may be called several times: a run that fails is
    /// repeated to be told.
    ///
    /// An input that the body rejects with `prop_assume!` passes;
    /// [`try_run`](Self::try_run) lets proptest know.
    ///
    /// # Panics
    ///
    /// With the report if a law is broken, or if no run can be made here.
    #[track_caller]
    pub fn run<B, F>(&self, body: B)
    where
        B: Fn() -> F,
        F: Future,
        F::Output: TestOutput,
    {
        if let Err(TestCaseError::Fail(report)) = self.try_run(body) {
            if self.is_pasted() {
                message::fail(report.message());
            }
            // Proptest tells the last of many.
            std::panic::resume_unwind(Box::new(report.message().to_owned()));
        }
    }

    /// Makes the run, for a body of `proptest!` that ends in `?`.
    ///
    /// ```
    /// use reveille::proptest::prelude::*;
    ///
    /// proptest!(|(schedule in reveille::schedules(), n in 0..9u32)| {
    ///     schedule.try_run(|| async move {
    ///         prop_assume!(n > 0);
    ///         let same = reveille::spawn(async move { n });
    ///         prop_assert!(same.await.unwrap() > 0);
    ///         Ok(())
    ///     })?;
    /// });
    /// ```
    ///
    /// # Errors
    ///
    /// `Fail` with the report if a law is broken, or if no run can be made here;
    /// `Reject` if the body rejects its input.
    pub fn try_run<B, F>(&self, body: B) -> Result<(), TestCaseError>
    where
        B: Fn() -> F,
        F: Future,
        F::Output: TestOutput,
    {
        let Rules { test, settings, watchdog, noted } = &*self.rules;
        let misused = |error: &CheckError| failed(&message::headed(test, error));
        misuse::outside_of_runs().map_err(|error| misused(&error))?;
        let seed = if let Source::Seed(seed) = self.source { seed } else { 0 };
        let mut host = Here::new(&body, settings.clone(), Portfolio::new(seed));
        let _entered = Scene::new(test, Repeat::Schedule).enter();
        let _watched = watchdog::watch(host.pulse(), *watchdog);
        message::tell_of_aborts(test);
        let plan = match &self.source {
            // Which of the portfolio's samplers makes the run follows from its number.
            Source::Seed(seed) => Plan::search(1 + seed % MANY),
            Source::Tape { tape, .. } => Plan::replay(Tape::clone(tape)),
        };
        // With the hash comes the tape of a run that passes.
        let record = host.run(&plan.hashed()).map_err(|error| failed(&error))?;
        {
            let mut used = self.used.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            used.first.get_or_insert_with(|| record.tape.clone());
            used.last = Some(record.tape.clone());
        }
        noted
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .note(&record, matches!(self.source, Source::Seed(_)));
        if let Some(rejection) = record.rejected {
            return Err(TestCaseError::reject(rejection.to_string()));
        }
        match record.broken {
            None => Ok(()),
            Some(_) if record.misused => Err(misused(&CheckError::InsideRun)),
            Some(_) => Err(failed(&self.told(&mut host, &record.tape))),
        }
    }

    fn is_pasted(&self) -> bool {
        matches!(self.source, Source::Tape { pasted: true, .. })
    }

    /// The report of a run that failed, from a replay.
    fn told(&self, host: &mut Here<'_>, tape: &Tape) -> String {
        let test = &self.rules.test;
        match search::replay(host, tape) {
            Err(Halt::Found(found)) => {
                let Failure { report, .. } = message::scheduled(test, &found, self.is_pasted());
                report
            }
            Err(Halt::Host(error)) => message::headed(test, &CheckError::NoRun(error.to_string())),
            _ => {
                let difference = search::first_difference(host, tape).unwrap_or_default();
                message::differs(test, tape, None, &difference, None).report
            }
        }
    }
}

fn failed(why: &impl ToString) -> TestCaseError {
    TestCaseError::fail(why.to_string())
}

impl FromStr for Schedule {
    type Err = TapeError;

    fn from_str(text: &str) -> Result<Schedule, TapeError> {
        Schedule::from_tape(text)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Tape { tape, .. } => {
                write!(f, "Schedule::from_tape({:?})", tape.to_text(&self.rules.test))
            }
            Source::Seed(seed) => write!(f, "Schedule(random, of seed {seed:#x})"),
        }
    }
}
