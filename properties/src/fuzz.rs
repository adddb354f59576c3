//! `fuzz!`: a fuzzer that is guided by coverage makes the choices.
//!
//! ```text
//! an input    bytes, one run: see `reveille_sim::Bytes`
//! the first   before it the plain run, twice: are the events the same?
//! a failure   repeated, shrunk, told, put into the corpus; then a crash
//! ```
//!
//! The world lives on from input to input. There are no hermetic runs: what a process of
//! its own covers, the fuzzer does not see. So a body that cannot be repeated is an error
//! here. The corpus of the test is written and not replayed first: a fuzzer goes on to
//! look for other failures, and what it had made of an entry would be no input of its own.

#[cfg(test)]
mod tests;

use crate::arguments::{Arguments, begin};
use crate::checker::Checker;
use crate::config::Config;
use crate::corpus::{Corpus, Session};
use crate::coverage::grouped;
use crate::ended::{Entered, Repeat, Scene};
use crate::error::CheckError;
use crate::hermetic::Unavailable;
use crate::host::{Body, Here, Host, HostError, Plan, run_in};
use crate::output::TestOutput;
use crate::record::{RunRecord, Warning};
use crate::search::{self, Differing, Halt};
use crate::watchdog::{self, Watched};
use crate::{message, misuse, names};
use reveille_sim::{Law, Level, Portfolio, Tape, World, Written};
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::path::Path;

/// Makes a target of libFuzzer of the body of a test: what the fuzzer's bytes say is
/// chosen, so the coverage of the code under test leads to its schedules.
///
/// It takes the body, or a [`Checker`](crate::Checker) with name and settings and then the
/// body, and expands to `libfuzzer_sys::fuzz_target!`: the crate of the target depends on
/// `libfuzzer-sys`, as `cargo fuzz init` makes it, and this one does not.
///
/// ```no_run
/// # // In place of the crate `libfuzzer-sys`, which brings a `main` of its own.
/// # mod libfuzzer_sys {
/// #     pub enum Corpus { Keep, Reject }
/// #     macro_rules! fuzz_target {
/// #         (|$data:ident: &[u8]| -> $output:ty $body:block) => {
/// #             pub fn input($data: &[u8]) -> $output { $body }
/// #         };
/// #     }
/// #     pub(crate) use fuzz_target;
/// # }
/// # mod my_crate { pub async fn hands_over() {} }
/// // fuzz/fuzz_targets/hands_over.rs, which begins with `#![no_main]`
/// reveille::fuzz!(
///     reveille::Checker::new().name("my_crate::tests::hands_over"),
///     || my_crate::hands_over()
/// );
/// # fn main() { input(&[]); }
/// ```
///
/// A body with arguments stands third, behind what makes them:
///
/// ```no_run
/// # mod libfuzzer_sys {
/// #     pub enum Corpus { Keep, Reject }
/// #     macro_rules! fuzz_target {
/// #         (|$data:ident: &[u8]| -> $output:ty $body:block) => {
/// #             pub fn input($data: &[u8]) -> $output { $body }
/// #         };
/// #     }
/// #     pub(crate) use fuzz_target;
/// # }
/// # mod my_crate { pub async fn sorts(_: Vec<u8>) {} }
/// use reveille::proptest::collection::vec;
/// use reveille::proptest::prelude::any;
///
/// reveille::fuzz!(
///     reveille::Checker::new().name("my_crate::tests::sorts"),
///     reveille::argument("items", vec(any::<u8>(), 0..8)),
///     |items| my_crate::sorts(items)
/// );
/// # fn main() { input(&[]); }
/// ```
///
/// `cargo fuzz run hands_over` runs it. A broken law is told as a test tells it: repeated,
/// made small, with a line to paste; then the target aborts, and the fuzzer keeps the
/// input. Name the target as the `#[reveille::test]` of the same body: then what it finds
/// goes into the corpus of that test (in the package around the crate of the targets, see
/// [`corpus`](crate::corpus)), and `cargo test` replays it first from then on. By default
/// the name is the path of the module.
///
/// - One input is one run, and no input is the plain run. The first two bytes switch
///   faults on, each further one makes a choice;
///   [`Checker::fuzz_bytes`](crate::Checker::fuzz_bytes) writes a tape so.
/// - Arguments come before all other choices. Eight bytes seed the values of each, then
///   bytes 1 and 2 make it simpler or less so by proptest's moves, and any other byte
///   ends that: so a fuzzer finds other values at random, smaller ones step by step, and
///   does not write parts of a value itself. No bytes are the values of the plain run.
/// - Laws that warn are told once each and are no crash. Inputs that the body rejects with
///   `prop_assume!` are not kept.
/// - Runs and seeds are the fuzzer's. Marks are not counted.
/// - There are no hermetic runs, as a fuzzer sees only what its own process covers. If two
///   plain runs differ, or two replays of a failure, the target says where and aborts.
///   Use [`draw`](crate::draw) and [`time`](crate::time) in place of entropy and clocks.
#[macro_export]
macro_rules! fuzz {
    (@target $place:ident => $target:expr) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| -> libfuzzer_sys::Corpus {
            ::std::thread_local! {
                static TARGET: &'static $crate::__private::Target = {
                    let $place = $crate::__private::Place {
                        module: ::std::module_path!(),
                        package: ::std::env!("CARGO_MANIFEST_DIR"),
                        target: ::std::option_env!("CARGO_BIN_NAME"),
                    };
                    $target
                };
            }
            if TARGET.with(|target| target.run(data)) {
                libfuzzer_sys::Corpus::Keep
            } else {
                libfuzzer_sys::Corpus::Reject
            }
        });
    };
    ($body:expr $(,)?) => {
        $crate::fuzz!($crate::Checker::new(), $body);
    };
    ($checker:expr, $body:expr $(,)?) => {
        $crate::fuzz!(@target place => $crate::__private::Target::new(place, $checker, $body));
    };
    ($checker:expr, $arguments:expr, $body:expr $(,)?) => {
        $crate::fuzz!(
            @target place =>
            $crate::__private::Target::with(place, $checker, $arguments, $body)
        );
    };
}

/// Where a target stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its module.
    pub module: &'static str,
    /// The directory of the crate of the targets.
    pub package: &'static str,
    /// Its name.
    pub target: Option<&'static str>,
}

impl Place {
    fn target(&self) -> &'static str {
        self.target.unwrap_or(self.module)
    }

    /// The corpus of the test, which is in the package around the crate of the targets.
    fn corpus(&self, asked: &Corpus) -> Corpus {
        let package = Path::new(self.package);
        let package = package.parent().unwrap_or(package);
        match asked {
            Corpus::Off => Corpus::Off,
            Corpus::Package => Corpus::In(package.join("corpus")),
            Corpus::In(directory) => Corpus::In(package.join(directory)),
        }
    }
}

/// A target of a fuzzer, for the length of the process.
#[derive(Debug)]
pub struct Target(RefCell<Inputs<'static>>);

impl Target {
    /// Prepares the runs of `body`.
    #[must_use]
    pub fn new<B, F>(place: Place, checker: Checker, body: B) -> &'static Target
    where
        B: Fn() -> F + 'static,
        F: Future,
        F::Output: TestOutput,
    {
        // As long as the process, and without destructors when its thread ends.
        let body: &'static B = Box::leak(Box::new(body));
        let module = place.module;
        let begun = Config::from_env()
            .map_err(CheckError::from)
            .and_then(|config| Inputs::begin(place, checker, config, body));
        watchdog::abort_in_the_end();
        match begun {
            Ok(inputs) => Box::leak(Box::new(Target(RefCell::new(inputs)))),
            Err(error) => crash(module, &error),
        }
    }

    /// Prepares the runs of a body with arguments.
    #[must_use]
    pub fn with<A, B, F>(place: Place, checker: Checker, arguments: A, body: B) -> &'static Target
    where
        A: Arguments + 'static,
        B: Fn(A::Value) -> F + 'static,
        F: Future + 'static,
        F::Output: TestOutput,
    {
        // As long as the process, too.
        let parts: &'static _ = Box::leak(Box::new((arguments, RefCell::default(), body)));
        Target::new(place, checker, || begin(&parts.0, &parts.1, &parts.2))
    }

    /// Makes the run of an input; whether the input is worth keeping. If a law is broken,
    /// or if no run can be made, that is told and the process ends.
    pub fn run(&self, bytes: &[u8]) -> bool {
        let mut inputs = self.0.borrow_mut();
        inputs.run(bytes).unwrap_or_else(|error| crash(&inputs.test, &error))
    }
}

/// A panic could not unwind through the fuzzer, and would bury the report under the
/// fuzzer's own stack.
fn crash(test: &str, error: &CheckError) -> ! {
    message::warn(&format!("\n{}\n", message::headed(test, error).trim_end()));
    std::process::abort()
}

/// The runs of a target, one an input.
struct Inputs<'a> {
    test: String,
    host: Here<'a>,
    nondeterminism: Level,
    corpus: Session,
    /// A tape to be replayed first.
    replay: Option<Tape>,
    /// Inputs so far.
    count: u64,
    /// The hash of the plain run.
    plain: Option<u64>,
    /// What was warned of.
    warnings: Vec<Warning>,
    _entered: Entered,
    _watched: Watched,
}

impl fmt::Debug for Inputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("test", &self.test)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl<'a> Inputs<'a> {
    fn begin(
        place: Place,
        checker: Checker,
        config: Config,
        body: &'a dyn Body,
    ) -> Result<Inputs<'a>, CheckError> {
        misuse::outside_of_runs()?;
        let checker = checker.or_named(place.module);
        let (test, settings, limit) = checker.rules(Location::caller());
        let (corpus, hermetic) = checker.memory();
        let replay = config.replay.filter(|(name, _)| *name == test).map(|(_, tape)| tape);
        if hermetic || replay.as_ref().is_some_and(Tape::is_hermetic) {
            return Err(CheckError::NoHermeticRuns(Unavailable::Fuzzer));
        }
        let corpus = Session::to_write(&test, &place.corpus(corpus), config.corpus.as_ref());
        let nondeterminism = settings.levels.get(Law::Nondeterminism);
        // Nobody asks the samplers.
        let host = Here::new(body, settings, Portfolio::new(0));
        names::is_target(&test, place.target());
        message::tell_of_aborts(&test);
        let repeat = Repeat::Command(names::command(&test));
        let scene = Scene::new(&test, repeat).with_will(corpus.will());
        let _entered = scene.searching("input", " of the fuzzer".to_owned()).enter();
        let _watched = watchdog::watch(host.pulse(), limit);
        let (count, plain, warnings) = (0, None, Vec::new());
        Ok(Inputs {
            test,
            host,
            nondeterminism,
            corpus,
            replay,
            count,
            plain,
            warnings,
            _entered,
            _watched,
        })
    }

    /// Makes the run of an input; whether the input is worth keeping.
    fn run(&mut self, bytes: &[u8]) -> Result<bool, CheckError> {
        match (self.count, self.replay.take()) {
            (_, Some(tape)) => self.replay(&tape)?,
            (0, None) => self.run_plain()?,
            _ => {}
        }
        self.count += 1;
        let record = self.host.run(&Plan::bytes(self.count, bytes)).map_err(no_run)?;
        if record.broken.is_some() {
            let s = if bytes.len() == 1 { "" } else { "s" };
            let (count, length) = (grouped(self.count), grouped(bytes.len() as u64));
            return Err(
                self.failed(record, &format!("input {count} of the fuzzer, {length} byte{s}"))
            );
        }
        self.warn(&record);
        Ok(record.rejected.is_none())
    }

    /// The tape that the environment asks for.
    fn replay(&mut self, tape: &Tape) -> Result<(), CheckError> {
        match search::replay(&mut self.host, tape) {
            Ok(_) => {
                message::warn(&format!("reveille: the tape passes in `{}`", self.test));
                Ok(())
            }
            Err(halt) => Err(self.halted(halt, None)),
        }
    }

    /// The plain run, to which later ones are compared; can it be repeated?
    fn run_plain(&mut self) -> Result<(), CheckError> {
        let plan = Plan::replay(Tape::new()).hashed();
        let record = self.host.run(&plan).map_err(no_run)?;
        if record.broken.is_some() {
            return Err(self.failed(record, "the plain run"));
        }
        self.warn(&record);
        self.plain = record.hash;
        let again = self.host.run(&plan).map_err(no_run)?;
        if again.hash == record.hash || self.nondeterminism == Level::Allow {
            return Ok(());
        }
        let error = self.halted(Halt::differs(record.tape, None), None);
        if self.nondeterminism == Level::Warn {
            message::warn(&error.to_string());
            return Ok(());
        }
        Err(error)
    }

    /// Tells warnings that are news.
    fn warn(&mut self, record: &RunRecord) {
        let known = self.warnings.len();
        search::note_warnings(&mut self.warnings, record);
        for Warning { law, text } in &self.warnings[known..] {
            message::warn(&format!("warning[{law}] in `{}`: {text}", self.test));
        }
    }

    /// A run failed; `origin` says which.
    fn failed(&mut self, record: RunRecord, origin: &str) -> CheckError {
        let compare = self.nondeterminism != Level::Allow;
        match search::settle(&mut self.host, record, self.count, compare, self.plain) {
            Ok(halt) => self.halted(halt, Some(origin)),
            Err(error) => no_run(error),
        }
    }

    fn halted(&mut self, halt: Halt, origin: Option<&str>) -> CheckError {
        let host = &mut self.host;
        match halt {
            Halt::Found(found) => {
                let inputs = host.inputs(&found.tape).unwrap_or_default();
                let corpus = self.corpus.tell(host, &found, origin, &inputs);
                message::found(&self.test, &found, origin, &corpus.text).boxed()
            }
            Halt::Differs(differing) => {
                let Differing { tape, broken } = *differing;
                let difference = search::first_difference(host, &tape).unwrap_or_default();
                let why = Some(Unavailable::Fuzzer.to_string());
                message::differs(&self.test, &tape, broken, &difference, why).boxed()
            }
            Halt::Misused => CheckError::InsideRun,
            Halt::Rejected(rejected) => CheckError::Rejected(rejected),
            Halt::Host(error) => no_run(error),
        }
    }
}

fn no_run(error: HostError) -> CheckError {
    CheckError::NoRun(error.to_string())
}

impl Checker {
    /// The bytes with which [`fuzz!`](crate::fuzz!) makes the run of `tape`, for the seed
    /// corpus of a fuzzer. Body and settings must be those of the target; faults on the
    /// tape that the settings do not permit are left out.
    ///
    /// ```
    /// use reveille::{Checker, Tape};
    ///
    /// let (_, tape) = Tape::from_text("v1/doubles/schedule=0:1/len=3/sum=2e54e50b").unwrap();
    /// let bytes = Checker::new().fuzz_bytes(&tape, || async {
    ///     let doubled = [1, 2].map(|n| reveille::spawn(async move { 2 * n }));
    ///     for task in doubled {
    ///         task.await.unwrap();
    ///     }
    /// });
    /// // No fault is on, and the first choice takes option 1.
    /// assert_eq!(bytes.unwrap(), [0, 0, 1]);
    /// ```
    ///
    /// The tapes of past failures are those of the [corpus](crate::corpus):
    /// [`Entry::tape`](crate::corpus::Entry::tape).
    ///
    /// # Errors
    ///
    /// If it is called inside a run, or if the run of the tape needs a process of its own.
    pub fn fuzz_bytes<B, F>(&self, tape: &Tape, body: B) -> Result<Vec<u8>, CheckError>
    where
        B: Fn() -> F,
        F: Future,
        F::Output: TestOutput,
    {
        misuse::outside_of_runs()?;
        if tape.is_hermetic() {
            return Err(CheckError::NoHermeticRuns(Unavailable::Fuzzer));
        }
        let (_, settings, _) = self.rules(Location::caller());
        let mut written = Written::new(tape.clone());
        run_in(&mut World::new(), &settings, &mut written, 0, &body);
        Ok(written.into_bytes())
    }

    /// The same for a body with arguments.
    ///
    /// ```
    /// use reveille::{Checker, Tape};
    ///
    /// let bytes = Checker::new().fuzz_bytes_with(&Tape::new(), 0..9u32, |n| async move {
    ///     assert!(n < 9);
    /// });
    /// // The plain run, with its values.
    /// assert_eq!(bytes.unwrap(), []);
    /// ```
    ///
    /// # Errors
    ///
    /// As [`fuzz_bytes`](Self::fuzz_bytes).
    pub fn fuzz_bytes_with<A, B, F>(
        &self,
        tape: &Tape,
        arguments: A,
        body: B,
    ) -> Result<Vec<u8>, CheckError>
    where
        A: Arguments,
        B: Fn(A::Value) -> F,
        F: Future,
        F::Output: TestOutput,
    {
        let trees = RefCell::default();
        self.fuzz_bytes(tape, || begin(&arguments, &trees, &body))
    }
}
