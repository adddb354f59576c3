//! Where runs take place: in this process, or each in one of its own.

mod plan;

use crate::breakpoint::Before;
use crate::chart::Chart;
use crate::contacts::Contacts;
use crate::corpus::{Aligned, Notes};
use crate::ended;
use crate::evidence::{self, Evidence};
use crate::gate::Board;
use crate::haste;
use crate::interpose;
use crate::marks::Mark;
use crate::memory::{self, Kept};
use crate::misuse;
use crate::output::{Ending, TestOutput};
use crate::overseen::Overseen;
use crate::record::{Broken, RunRecord, Warning, task_ids};
use crate::replaying::replaying;
use crate::report::{self, Told};
use crate::trace_file::{self, Depicted, Verdict};
use crate::trials::Tried;
use crate::why::Why;
pub(crate) use plan::{Choices, Plan};
use reveille_sim::{
    Bytes, Detail, Finding, Kind, Law, Level, Outcome, Owner, Portfolio, Recording, Replay, Resync,
    Sampler, Script, Settings, Tape, TaskId, Trace, World,
};
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

/// A run could not be made at all.
#[derive(Debug)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub(crate) enum HostError {
    /// The process of the run died; what it printed last.
    Died { how: String, output: String },
    /// The system refused a process.
    System(std::io::Error),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostError::Died { how, output } if output.is_empty() => {
                write!(f, "the process of a run {how}")
            }
            HostError::Died { how, output } => write!(f, "the process of a run {how}\n{output}"),
            HostError::System(error) => write!(f, "no process could be made for a run: {error}"),
        }
    }
}

/// Makes runs.
pub(crate) trait Host {
    /// Makes one run.
    fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError>;

    /// The samplers, as the last run left them.
    fn portfolio(&self) -> &Portfolio;

    /// Why no more runs should be made in this process, if so.
    fn is_worn_out(&self) -> Option<String> {
        None
    }

    /// Replays a failure and gives the numbers of the events whose call stacks the
    /// report will show. `broken` is the verdict as refined since.
    fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError>;

    /// Replays a failure with those stacks and tells it, and `why` it is one.
    fn tell(
        &mut self,
        tape: &Tape,
        broken: &Broken,
        stacks: &[u64],
        why: &Why,
    ) -> Result<String, HostError>;

    /// Replays a tape and draws its run; with the verdict, if it failed so, and why.
    fn depict(
        &mut self,
        tape: &Tape,
        failed: Option<(&Broken, &Why)>,
    ) -> Result<Depicted, HostError>;

    /// Replays a tape and gives the arguments of the test in words, one a line or more;
    /// nothing if it has none.
    fn inputs(&mut self, tape: &Tape) -> Result<String, HostError>;

    /// Replays a tape and lists its events, for a comparison.
    fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError>;

    /// What the run of a tape takes from the machine, with lines; nothing if it takes nothing.
    fn outside(&mut self, tape: &Tape) -> Result<String, HostError>;

    /// Replays a failure and tells what its deviations are about.
    fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError>;
}

/// Runs in this process, on this thread.
pub(crate) struct Here<'a> {
    world: World,
    settings: Settings,
    portfolio: Portfolio,
    body: &'a dyn Body,
    contacts: Contacts,
    judges_memory: Level,
    /// The run of the search whose choices are put on a board.
    rescue: Option<(u64, &'static Board)>,
    /// Where the first replay stops for a debugger.
    stops: Option<Before>,
}

impl fmt::Debug for Here<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Here").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The body of a test, whatever its future.
pub(crate) trait Body {
    /// The future of one run. It is boxed, so that what a run goes through is compiled once and not
    /// for each test.
    fn begin(&self) -> Pin<Box<dyn Future<Output = Ending> + '_>>;
}

/// The outcome of a body.
pub(crate) type Ended = Outcome<Ending>;

impl<B, F> Body for B
where
    B: Fn() -> F,
    F: Future,
    F::Output: TestOutput,
{
    fn begin(&self) -> Pin<Box<dyn Future<Output = Ending> + '_>> {
        Box::pin(async { self().await.into_ending() })
    }
}

pub(crate) fn run_in<S: Sampler>(
    world: &mut World,
    settings: &Settings,
    sampler: &mut S,
    run: u64,
    body: &dyn Body,
) -> Ended {
    #[cfg(feature = "tracing")]
    let _listening = (settings.recording != Recording::Tape).then(crate::tracing::listen);
    world.run(settings, sampler, run, || async {
        interpose::reseed();
        body.begin().await
    })
}

/// Threads that runs may leave asleep for ever. Each takes two of the some 65,000 pieces that Linux
/// lets the memory of a process have, and what its stack has touched.
#[cfg(reveille_threads)]
const MOST_LOST: usize = 4_000;

#[cfg_attr(not(reveille_threads), expect(unused_mut, reason = "it is as it is made"))]
fn new_world() -> World {
    let mut world = World::new();
    #[cfg(reveille_threads)]
    {
        use reveille_threads::{Handover, Threads};
        let by_the_kernel = crate::config::by_the_kernel();
        let handover = if by_the_kernel { Handover::Kernel } else { Handover::best() };
        world.carry_by(Some(std::rc::Rc::new(Threads::by(handover).with_word(ended::word))));
    }
    world
}

impl<'a> Here<'a> {
    pub(crate) fn new(body: &'a dyn Body, settings: Settings, portfolio: Portfolio) -> Here<'a> {
        let judges_memory = match memory::is_counted() {
            true => settings.levels.get(Law::MemoryLeak),
            false => Level::Allow,
        };
        let (world, contacts) = (new_world(), Contacts::default());
        let (rescue, stops) = (None, None);
        Here { world, settings, portfolio, body, contacts, judges_memory, rescue, stops }
    }

    pub(crate) fn rescuing(self, rescue: Option<(u64, &'static Board)>) -> Here<'a> {
        Here { rescue, ..self }
    }

    /// The first replay stops before that step.
    pub(crate) fn stopping_before(self, step: Option<u64>) -> Here<'a> {
        Here { stops: step.map(|step| Before { step }), ..self }
    }

    pub(crate) fn pulse(&self) -> &'static reveille_sim::Pulse {
        self.world.pulse()
    }

    /// A failure with its trace, from one replay.
    fn failure(
        &mut self,
        tape: &Tape,
        broken: &Broken,
        stacks: &[u64],
    ) -> Option<(Finding, Trace, Evidence)> {
        let outcome = self.replay(tape, Recording::events(stacks.to_vec()));
        let kept = (broken.law == Law::MemoryLeak).then(|| self.kept_memory(tape));
        let (finding, trace) = (kept.or(outcome.verdict)?, outcome.trace?);
        let finding = finding.refined(broken.law, task_ids(&broken.others).collect());
        let mut evidence = Evidence::gather(&finding, &trace);
        evidence.contacts = self.contacts.clone();
        Some((finding, trace, evidence))
    }

    /// What every run by this tape keeps, with those who made it.
    fn kept_memory(&mut self, tape: &Tape) -> Box<Finding> {
        let mut end = (0, 0);
        let (bytes, made_by) = memory::makers_of_what_is_kept(|| {
            let outcome = self.replay(tape, Recording::Tape);
            end = (outcome.steps, outcome.now);
        });
        let detail = Detail::KeptMemory { bytes, made_by };
        let finding = Finding::new(Law::MemoryLeak, Owner::Task(TaskId::ROOT), detail);
        Box::new(finding.at(end.0, end.1))
    }

    /// The memory that every run by this tape keeps.
    fn keeps(&mut self, tape: &Tape) -> Option<Kept> {
        memory::kept_by_each(|| drop(self.replay(tape, Recording::Tape)))
    }

    fn replay(&mut self, tape: &Tape, recording: Recording) -> Ended {
        self.settings.recording = recording;
        self.settings.probe = None;
        let mut replay = Replay::new(Tape::clone(tape));
        let mut outcome =
            replaying(|| run_in(&mut self.world, &self.settings, &mut replay, 0, self.body));
        self.contacts.add(std::mem::take(&mut outcome.outside));
        with_error_as_verdict(outcome)
    }
}

/// An error that the body returned is a verdict like a panic.
fn with_error_as_verdict(mut outcome: Ended) -> Ended {
    let detail = match &outcome.output {
        Some(Ending::Failed(text)) => Detail::Error(text.clone()),
        Some(Ending::Broken(how)) => Detail::Promise(how.clone()),
        _ => return outcome,
    };
    let (steps, now) = (outcome.steps, outcome.now);
    outcome.verdict.get_or_insert_with(|| {
        let finding = Finding::new(Law::Panic, Owner::Task(TaskId::ROOT), detail);
        Box::new(finding.at(steps, now))
    });
    outcome
}

impl Here<'_> {
    fn make(&mut self, plan: &Plan) -> RunRecord {
        self.settings.recording = match (plan.chart, plan.hash) {
            (true, _) => Recording::events(Vec::new()),
            (false, true) => Recording::Hash,
            (false, false) => Recording::Tape,
        };
        self.settings.probe = plan.probe;
        misuse::taken();
        ended::making(plan.number());
        let mut aligned = None;
        let rescue = self.rescue.filter(|(run, _)| plan.number() == Some(*run));
        let outcome = match &plan.choices {
            Choices::Search(run) if let Some((_, mut board)) = rescue => {
                let (inner, overseer) = (&mut self.portfolio, &mut board);
                let mut sampler = Overseen { inner, overseer };
                run_in(&mut self.world, &self.settings, &mut sampler, *run, self.body)
            }
            Choices::Search(run) => {
                run_in(&mut self.world, &self.settings, &mut self.portfolio, *run, self.body)
            }
            Choices::Tape(tape) if let Some(mut before) = self.stops.take() => {
                let (inner, overseer) = (&mut Replay::new(Tape::clone(tape)), &mut before);
                let mut sampler = Overseen { inner, overseer };
                replaying(|| run_in(&mut self.world, &self.settings, &mut sampler, 0, self.body))
            }
            Choices::Tape(tape) => {
                let mut replay = Replay::new(Tape::clone(tape));
                replaying(|| run_in(&mut self.world, &self.settings, &mut replay, 0, self.body))
            }
            Choices::Script(wanted) => {
                let (tape, turns) = &**wanted;
                let mut script = Script::new(turns.iter().copied(), tape.clone());
                run_in(&mut self.world, &self.settings, &mut script, 0, self.body)
            }
            Choices::Resync(entry) => {
                let mut resync = Resync::new(entry.deviations().to_vec())
                    .with_arguments(entry.tape().lane(Kind::Argument));
                let outcome = run_in(&mut self.world, &self.settings, &mut resync, 0, self.body);
                aligned = Some(Aligned::of(entry, resync.alignment()));
                outcome
            }
            Choices::Bytes(_, bytes) => {
                run_in(&mut self.world, &self.settings, &mut Bytes::new(bytes), 0, self.body)
            }
        };
        let mut outcome = with_error_as_verdict(outcome);
        self.contacts.add(std::mem::take(&mut outcome.outside));
        if outcome.verdict.as_ref().is_some_and(|found| found.law == Law::Stuck)
            && outcome.foreign_threads.is_empty()
        {
            // It was waited for a thread in vain; replays need not wait again.
            self.settings.patience = Duration::ZERO;
        }
        let interesting = outcome.verdict.is_some() || plan.hash || plan.tape || plan.chart;
        let interesting =
            interesting || outcome.warnings.iter().any(|found| found.law == Law::OutsideWorld);
        let trace = outcome.trace.as_ref();
        let mut record = RunRecord {
            broken: outcome.verdict.as_deref().map(Broken::of),
            rejected: match outcome.output {
                Some(Ending::Rejected(rejection)) if outcome.verdict.is_none() => Some(rejection),
                _ => None,
            },
            warnings: outcome.warnings.iter().map(Warning::of).collect(),
            marks: outcome.sightings.iter().map(Mark::of).collect(),
            tried: outcome.trials.iter().map(Tried::of).collect(),
            steps: outcome.steps,
            tasks: outcome.tasks,
            hash: trace.map(Trace::hash),
            chart: trace.filter(|_| plan.chart).and_then(Chart::of),
            // Most runs pass, and nobody asks for their tapes.
            tape: if interesting { self.world.tape() } else { Tape::new() },
            probed: outcome.probed.map(|tasks| tasks.into_iter().map(|task| task.0).collect()),
            foreign_threads: outcome.foreign_threads,
            misused: misuse::taken(),
            aligned,
            digest: self.world.digest(),
            lesson: Vec::new(),
        };
        if self.judges_memory != Level::Allow
            && record.broken.is_none()
            && record.rejected.is_none()
        {
            self.judge_memory(&mut record);
        }
        record
    }

    #[cold]
    fn judge_memory(&mut self, record: &mut RunRecord) {
        let tape = self.world.tape();
        let Some(kept) = self.keeps(&tape) else { return };
        let broken = Broken::of_memory(kept);
        if self.judges_memory == Level::Warn {
            record.warnings.push(Warning { law: broken.law, text: broken.message });
            return;
        }
        record.broken = Some(broken);
        record.tape = tape;
    }
}

impl Host for Here<'_> {
    #[inline]
    fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
        if !plan.hasty {
            return Ok(self.make(plan));
        }
        let whole = self.settings.clone();
        haste::lower_bounds(&mut self.settings);
        let record = self.make(plan);
        // What the run taught about patience stays.
        let taught = std::mem::replace(&mut self.settings, whole);
        self.settings.patience = taught.patience;
        Ok(record)
    }

    fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    #[cfg(reveille_threads)]
    fn is_worn_out(&self) -> Option<String> {
        let lost = reveille_threads::Threads::lost();
        (lost > MOST_LOST).then(|| {
            format!(
                "its runs leave threads asleep that nobody wakes, and this process cannot have many \
                 more than these {}",
                crate::coverage::grouped(lost as u64)
            )
        })
    }

    fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError> {
        let found = self.failure(tape, broken, &[]);
        let wanted = |(_, trace, evidence): (_, Trace, Evidence)| {
            let mut wanted = evidence.stacks_wanted();
            wanted.extend(evidence::last_touches(&trace));
            wanted.sort_unstable();
            wanted.dedup();
            wanted
        };
        Ok(found.map(wanted).unwrap_or_default())
    }

    fn tell(
        &mut self,
        tape: &Tape,
        broken: &Broken,
        stacks: &[u64],
        why: &Why,
    ) -> Result<String, HostError> {
        let found = self.failure(tape, broken, stacks);
        let tell = |(f, trace, e): (Finding, Trace, Evidence)| {
            Told::of(&f, &trace, &e, why).to_text(report::width())
        };
        Ok(found.map_or_else(report::vanished, tell))
    }

    fn depict(
        &mut self,
        tape: &Tape,
        failed: Option<(&Broken, &Why)>,
    ) -> Result<Depicted, HostError> {
        let outcome = self.replay(tape, Recording::events(Vec::new()));
        let stacks = outcome.trace.as_ref().map(trace_file::stacks_wanted).unwrap_or_default();
        if let Some((broken, why)) = failed
            && let Some((finding, trace, evidence)) = self.failure(tape, broken, &stacks)
        {
            let told = Told::of(&finding, &trace, &evidence, why);
            let verdict = Verdict { finding: &finding, told: &told, why };
            return Ok(Depicted::of(&trace, outcome.steps, Some(&verdict)));
        }
        let trace = self.replay(tape, Recording::events(stacks)).trace.unwrap_or_default();
        Ok(Depicted::of(&trace, outcome.steps, None))
    }

    fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
        if tape.lane(Kind::Argument).is_empty() {
            return Ok(String::new());
        }
        let trace = self.replay(tape, Recording::events(Vec::new())).trace;
        Ok(trace.map(|trace| report::arguments(&trace)).unwrap_or_default())
    }

    fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
        let trace = self.replay(tape, Recording::events(Vec::new())).trace;
        Ok(trace.map(|trace| report::event_lines(&trace)).unwrap_or_default())
    }

    fn outside(&mut self, tape: &Tape) -> Result<String, HostError> {
        if self.contacts.is_empty() {
            // In a fork no run was made before.
            self.replay(tape, Recording::Tape);
        }
        Ok(self.contacts.told())
    }

    fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
        self.settings.recording = Recording::events(Vec::new());
        self.settings.probe = None;
        let mut replay = Replay::noting(tape.clone());
        let outcome = run_in(&mut self.world, &self.settings, &mut replay, 0, self.body);
        let trace = outcome.trace.unwrap_or_default();
        Ok(Notes::gather(replay.deviations(), broken.task.map(TaskId), &trace))
    }
}
