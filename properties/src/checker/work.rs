//! The work of one check: the corpus first, then the search or the run that is to be
//! repeated, in this process or in hermetic ones, and what is told of the end.

use super::Checker;
use crate::config::Config;
use crate::corpus::{Replayed, Session, Stop};
use crate::ended::{Repeat, Scene};
use crate::error::CheckError;
use crate::gate::{Gate, Story};
use crate::hermetic;
use crate::host::{Body, Here, Host};
use crate::marks::Mark;
use crate::passed::Passed;
use crate::search::{self, Clean, Halt, Order};
use crate::seed::Seed;
use crate::watchdog;
use crate::{message, names};
use reveille_sim::{Kind, Law, Level, Portfolio, Settings, Tape};
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

/// What a checker and the environment say, for one check.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) name: String,
    pub(super) order: Order,
    pub(super) seed: Seed,
    pub(super) replay: Option<Tape>,
    pub(super) corpus: Session,
    hermetic: Option<bool>,
    watchdog: Duration,
    settings: Settings,
    marks: Vec<Mark>,
    /// Where traces are written.
    pub(super) trace: Option<PathBuf>,
    /// Whether the run to repeat is kept.
    pub(super) keeps: bool,
    /// Before which step a replay stops for a debugger.
    stops: Option<u64>,
    pub(super) gate: RefCell<Option<Gate>>,
    /// What was found, for the gate.
    pub(super) story: RefCell<Option<Story>>,
}

impl Work {
    pub(super) fn of(checker: &Checker, name: String, config: &Config) -> Result<Work, CheckError> {
        let replay = match &config.replay {
            Some((test, tape)) if *test == name => Some(tape.clone()),
            Some((test, _)) => {
                names::expect_elsewhere(test, &name)?;
                checker.replay.clone()
            }
            None => checker.replay.clone(),
        };
        let runs = config.runs.unwrap_or(checker.runs);
        if runs == 0 {
            return Err(CheckError::NoRuns);
        }
        let given = checker.seed.map(Seed::Given);
        let seed = config.seed.or(given).unwrap_or_else(|| Seed::of_name(&name));
        let corpus = match replay {
            Some(_) if config.keep => {
                Session::to_write(&name, &checker.corpus, config.corpus.as_ref())
            }
            Some(_) => Session::off(&name),
            _ => Session::open(&name, &checker.corpus, config.corpus.as_ref(), config.strict)?,
        };
        let mut settings = checker.settings.clone();
        if config.weak_memory && !checker.unwanted.has(Kind::StaleLoad) {
            settings.faults = settings.faults.with(Kind::StaleLoad);
        }
        let order = Order { runs, nondeterminism: settings.levels.get(Law::Nondeterminism) };
        let Checker { hermetic, watchdog, .. } = *checker;
        let marks = checker.marks.clone();
        Ok(Work {
            name,
            order,
            seed,
            replay,
            corpus,
            hermetic,
            watchdog,
            settings,
            marks,
            trace: config.trace.clone(),
            stops: config.stops,
            keeps: config.keep,
            gate: RefCell::default(),
            story: RefCell::default(),
        })
    }

    fn portfolio(&self) -> Portfolio {
        Portfolio::new(self.seed.value())
    }

    /// Checks `body`, and tells the gate if there is one.
    pub(super) fn check(mut self, body: &dyn Body) -> Result<Passed, CheckError> {
        let ordinal = hermetic::next_ordinal(&self.name);
        self.join_gate(ordinal)?;
        if let Some(failure) = self.mortem() {
            return self.told(Err(failure.boxed()));
        }
        self.make(body, ordinal)
    }

    /// Checks in this process, or has a process of its own do it.
    fn make(mut self, body: &dyn Body, ordinal: u32) -> Result<Passed, CheckError> {
        if let Some(child) = hermetic::Child::from_env() {
            let settings = self.settings.clone();
            let _entered = self.scene().hermetic().enter();
            let mut host = hermetic::forked(&self.name, body, settings, self.portfolio());
            let failure = |halt, host: &mut _| self.told(self.failure(halt, host, None));
            let result = self.settle(&mut host, failure);
            return child.answer(ordinal, result);
        }
        let must = self.replay.as_ref().is_some_and(Tape::is_hermetic);
        if must || self.hermetic == Some(true) {
            return self
                .in_child(ordinal)
                .unwrap_or_else(|why| self.told(Err(CheckError::NoHermeticRuns(why))));
        }
        if self.corpus.needs_hermetic_runs() {
            let why = match self.hermetic {
                Some(_) => "which this test never has".to_owned(),
                None => match self.in_child(ordinal) {
                    Ok(result) => return result,
                    Err(why) => format!("which cannot be had: {why}"),
                },
            };
            if let Err(error) = self.corpus.without_hermetic_runs(&why) {
                return self.told(Err(error.into()));
            }
        }
        self.here(body, ordinal)
    }

    /// What is to be known should a run end the process.
    fn scene(&self) -> Scene {
        let repeat = Repeat::Command(names::command(&self.name));
        let scene = Scene::new(&self.name, repeat).on_board(self.board());
        match self.replay {
            Some(_) => scene,
            None => {
                let of = match self.order.runs {
                    u64::MAX => format!(", seed {}", self.seed),
                    runs => format!(" of {runs}, seed {}", self.seed),
                };
                scene.with_will(self.corpus.will()).searching("run", of)
            }
        }
    }

    /// Checks in this process, until a run turns out not to be repeatable.
    fn here(&self, body: &dyn Body, ordinal: u32) -> Result<Passed, CheckError> {
        let mut host = Here::new(body, self.settings.clone(), self.portfolio())
            .rescuing(self.rescue())
            .stopping_before(self.stops);
        let _entered = self.scene().enter();
        let _watched = watchdog::watch(host.pulse(), self.watchdog);
        message::tell_of_aborts(&self.name);
        self.settle(&mut host, |halt, host| {
            let differs = matches!(halt, Halt::Differs(_));
            if !differs || self.hermetic.is_some() {
                return self.told(self.failure(halt, host, None));
            }
            match self.in_child(ordinal) {
                Ok(result) => result,
                Err(why) => self.told(self.failure(halt, host, Some(&why))),
            }
        })
    }

    /// Checks in a child process; an error says why there can be none.
    fn in_child(&self, ordinal: u32) -> Result<Result<Passed, CheckError>, hermetic::Unavailable> {
        self.elsewhere();
        let result = hermetic::check_in_child(&self.name, ordinal)?;
        Ok(result.map(|passed| Passed { test: self.name.clone(), ..passed }))
    }

    fn settle<H: Host>(
        &self,
        host: &mut H,
        otherwise: impl FnOnce(Halt, &mut H) -> Result<Passed, CheckError>,
    ) -> Result<Passed, CheckError> {
        let board = self.board();
        let at_entry = |entry| board.into_iter().for_each(|board| board.replaying(entry));
        let replayed = match self.corpus.replay(host, &at_entry) {
            Ok(replayed) => replayed,
            Err(Stop::Halt(halt)) => return otherwise(halt, host),
            Err(Stop::Corpus(error)) => return self.told(Err(error.into())),
        };
        let result = match &self.replay {
            Some(tape) if self.keeps => search::adopt(host, self.order.nondeterminism, tape),
            Some(tape) => search::replay(host, tape),
            None => self.search(host, replayed.passed),
        };
        match result {
            Ok(clean) => {
                if self.replay.is_some() {
                    self.draw_passed(host);
                }
                self.told(Ok(self.passed(clean, replayed)))
            }
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
            warnings.extend(clean.trials.warnings(&self.name, clean.runs));
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

    fn failure<H: Host>(
        &self,
        halt: Halt,
        host: &mut H,
        why_not_hermetic: Option<&hermetic::Unavailable>,
    ) -> Result<Passed, CheckError> {
        let failure = match halt {
            Halt::Misused => return Err(CheckError::InsideRun),
            Halt::Rejected(rejected) => return Err(CheckError::Rejected(rejected)),
            Halt::Host(error) => return Err(CheckError::NoRun(error.to_string())),
            Halt::Found(found) => self.broken(host, &found),
            Halt::Differs(differing) => {
                let search::Differing { tape, broken } = *differing;
                let mut difference = search::first_difference(host, &tape).unwrap_or_default();
                difference.push_str(&message::outside(&host.outside(&tape).unwrap_or_default()));
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
        Err(failure.boxed())
    }
}
