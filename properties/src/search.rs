//! The search for a failing run, and what is done once there is one.
//!
//! ```text
//! run 0        the plain run, twice: are the events the same?
//! run 1 ..     runs of the portfolio; one in a hundred is repeated and compared
//! a failure    repeated, looked into, shrunk, told
//! ```

use crate::arguments::spans;
use crate::corpus::Kept;
use crate::coverage::{Counter, Coverage, grouped};
use crate::haste;
use crate::host::{Host, HostError, Plan};
use crate::judge;
use crate::marks::Marks;
use crate::record::{Broken, RunRecord, Warning};
use crate::rejection::{Rejected, Rejections};
use crate::report;
use crate::trials::Trials;
use crate::why::{self, Why};
use reveille_sim::{Law, Level, Member, Tape};

/// One run in so many is repeated to see whether it can be.
const REPEAT_EVERY: u64 = 100;

/// Replays that must agree in everything before a failure is believed.
const CONFIRMATIONS: u32 = 3;

/// What a search is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) runs: u64,
    pub(crate) nondeterminism: Level,
}

/// How long a search goes on.
pub(crate) trait Allowance {
    /// Whether there is to be one more run. The first is always made.
    fn one_more(&mut self, clean: &Clean, coverage: &dyn Fn() -> Coverage) -> bool;
}

/// For as many runs as the order says.
impl Allowance for Order {
    fn one_more(&mut self, clean: &Clean, _coverage: &dyn Fn() -> Coverage) -> bool {
        clean.runs < self.runs
    }
}

/// Nothing was found.
#[derive(Debug, Default)]
pub(crate) struct Clean {
    pub(crate) runs: u64,
    pub(crate) steps: u64,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) coverage: Coverage,
    pub(crate) marks: Marks,
    pub(crate) trials: Trials,
    pub(crate) rejections: Rejections,
    /// The first run that warned of the outside world.
    outside: Option<Tape>,
}

impl Clean {
    /// Takes in a run of `member` in which no law was broken. A rejected one does not
    /// count; an error if there are too many of them.
    fn note(&mut self, record: &mut RunRecord, member: Member) -> Result<(), Rejected> {
        self.steps += record.steps;
        self.marks.add(std::mem::take(&mut record.marks));
        self.trials.add(std::mem::take(&mut record.tried));
        match record.rejected.take() {
            Some(rejection) => {
                // The bounded search gives every run the arguments of the plain one.
                let plain = member == Member::Bounded;
                self.rejections.note(rejection, plain, self.runs)
            }
            None => {
                self.runs += 1;
                let warns = |warning: &Warning| warning.law == Law::OutsideWorld;
                if self.outside.is_none() && record.warnings.iter().any(warns) {
                    self.outside = Some(record.tape.clone());
                }
                note_warnings(&mut self.warnings, record);
                Ok(())
            }
        }
    }
}

impl Clean {
    /// Says in the warning of the outside world at which lines it was touched.
    fn name_lines(&mut self, host: &mut dyn Host) -> Result<(), HostError> {
        let Some(tape) = self.outside.take() else { return Ok(()) };
        let told = host.outside(&tape)?;
        let of_law = |warning: &&mut Warning| warning.law == Law::OutsideWorld;
        if let Some(warning) = self.warnings.iter_mut().find(of_law).filter(|_| !told.is_empty()) {
            let told = told.trim_end().replace('\n', "\n  ");
            warning.text = format!("{}\n  {told}", Law::OutsideWorld.sentence());
        }
        Ok(())
    }
}

/// A law is broken.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) broken: Broken,
    pub(crate) tape: Tape,
    /// The number of the run; none if a tape was given.
    pub(crate) run: Option<u64>,
    /// Who made the run.
    pub(crate) sampler: Option<Member>,
    /// Deviations before and after shrinking, and the replays it took.
    pub(crate) shrunk: Option<(usize, usize, u32)>,
    pub(crate) text: String,
    pub(crate) why: Why,
    /// By which entry of the corpus it was found, in words.
    pub(crate) corpus: Option<Kept>,
}

/// Why a search ended without an answer.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A law is broken.
    Found(Box<Found>),
    /// The same tape gave other events.
    Differs(Box<Differing>),
    /// The run failed, and began a check of its own, which no run may.
    Misused,
    /// No run can be made.
    Host(HostError),
    /// Too many runs were rejected.
    Rejected(Box<Rejected>),
}

/// A run that cannot be repeated.
#[derive(Debug)]
pub(crate) struct Differing {
    pub(crate) tape: Tape,
    /// The law that was broken in the first of the runs, if one was.
    pub(crate) broken: Option<Broken>,
}

impl Halt {
    pub(crate) fn differs(tape: Tape, broken: Option<Broken>) -> Halt {
        Halt::Differs(Box::new(Differing { tape, broken }))
    }
}

impl From<Rejected> for Halt {
    fn from(rejected: Rejected) -> Self {
        Halt::Rejected(Box::new(rejected))
    }
}

impl From<HostError> for Halt {
    fn from(error: HostError) -> Self {
        Halt::Host(error)
    }
}

pub(crate) fn search(
    host: &mut dyn Host,
    nondeterminism: Level,
    allowance: &mut dyn Allowance,
) -> Result<Clean, Halt> {
    let compare = nondeterminism != Level::Allow;
    let mut clean = Clean::default();
    let mut plain = None;
    let mut schedules = Counter::default();
    let mut run = 0;
    while allowance.one_more(&clean, &|| schedules.coverage(host.portfolio().exhausted())) {
        // The first run is always made.
        if let Some(why) = host.is_worn_out().filter(|_| clean.runs > 0) {
            let text = format!("{why}; the search ends here, after {} runs", grouped(clean.runs));
            clean.warnings.push(Warning { law: Law::TaskLeak, text });
            break;
        }
        let repeated = compare && run % REPEAT_EVERY == 0;
        let plan = Plan::search(run);
        let plan = if repeated { plan.hashed() } else { plan };
        let mut record = host.run(&plan)?;
        if record.rejected.is_none() {
            schedules.note(record.digest);
        }
        if record.broken.is_some() {
            return Err(settle(host, record, run, compare, plain)?);
        }
        clean.note(&mut record, host.portfolio().member())?;
        run += 1;
        plain = plain.or(record.hash);
        if repeated {
            let again = host.run(&Plan::replay(record.tape.clone()).hashed())?;
            if again.hash != record.hash {
                return Err(Halt::differs(record.tape, None));
            }
        }
    }
    clean.coverage = schedules.coverage(host.portfolio().exhausted());
    clean.name_lines(host)?;
    Ok(clean)
}

pub(crate) fn note_warnings(known: &mut Vec<Warning>, record: &RunRecord) {
    for warning in &record.warnings {
        if !known.iter().any(|other| other.law == warning.law) {
            known.push(warning.clone());
        }
    }
    if let Some(thread) = record.foreign_threads.first()
        && !known.iter().any(|other| other.law == Law::Nondeterminism)
    {
        let text = format!(
            "a task was woken by the thread `{thread}`, which the run does not control: no tape can replay that"
        );
        known.push(Warning { law: Law::Nondeterminism, text });
    }
}

/// A run failed: is it sure, why, and how small can it be? `plain` is the hash of
/// the plain run, which was made first.
pub(crate) fn settle(
    host: &mut dyn Host,
    record: RunRecord,
    run: u64,
    compare: bool,
    plain: Option<u64>,
) -> Result<Halt, HostError> {
    if record.misused {
        return Ok(Halt::Misused);
    }
    let Some(broken) = record.broken.clone() else {
        return Ok(Halt::differs(record.tape, None));
    };
    let replay = Plan::replay(record.tape.clone()).hashed();
    let again = host.run(&replay)?;
    let mut sure = again.failed_like(&broken);
    let confirmations = match compare {
        true if haste::is_long(&again) => 1,
        true => CONFIRMATIONS,
        false => 0,
    };
    for _ in 0..confirmations {
        let once_more = host.run(&replay)?;
        sure &= once_more.hash == again.hash && once_more.broken == again.broken;
    }
    if !sure || compare && again.broken.as_ref() != Some(&broken) {
        return Ok(Halt::differs(record.tape, Some(broken)));
    }
    // State that grew from run to run would make every replay in this process fail.
    if let Some(hash) = plain
        && host.run(&Plan::replay(Tape::new()).hashed())?.hash != Some(hash)
    {
        return Ok(Halt::differs(record.tape, Some(broken)));
    }
    let sampler = Some(host.portfolio().member());
    let before = spans::deviations(&again.tape).count();
    let shrunk = haste::shrink(host, again, &broken)?;
    let hasty = haste::will_do(host, &shrunk.record, &broken)?;
    let tape = shrunk.record.tape;
    let after = spans::deviations(&tape).count();
    let broken = shrunk.record.broken.unwrap_or(broken);
    let why = why::explain(host, &tape, &broken, hasty);
    let broken = judge::refine(host, &tape, broken, hasty);
    let stacks = host.survey(&tape, &broken)?;
    let text = host.tell(&tape, &broken, &stacks, &why)?;
    let shrunk = Some((before, after, shrunk.replays));
    let (run, corpus) = (Some(run), None);
    let found = Found { broken, tape, run, sampler, shrunk, text, why, corpus };
    Ok(Halt::Found(Box::new(found)))
}

/// Replays a tape that was given, and makes it small if it fails, as if it had been found.
pub(crate) fn adopt(
    host: &mut dyn Host,
    nondeterminism: Level,
    tape: &Tape,
) -> Result<Clean, Halt> {
    let mut record = host.run(&Plan::replay(tape.clone()).hashed())?;
    if record.broken.is_some() {
        return Err(settle(host, record, 0, nondeterminism != Level::Allow, None)?);
    }
    let mut clean = Clean::default();
    clean.note(&mut record, host.portfolio().member())?;
    Ok(clean)
}

/// Replays a tape that was given; none if it passes.
pub(crate) fn replay(host: &mut dyn Host, tape: &Tape) -> Result<Clean, Halt> {
    let mut record = host.run(&Plan::replay(tape.clone()).hashed())?;
    let Some(broken) = record.broken.clone() else {
        let mut clean = Clean::default();
        clean.note(&mut record, host.portfolio().member())?;
        clean.name_lines(host)?;
        return Ok(clean);
    };
    if record.misused {
        return Err(Halt::Misused);
    }
    let hasty = haste::will_do(host, &record, &broken)?;
    let why = why::explain(host, tape, &broken, hasty);
    let broken = judge::refine(host, tape, broken, hasty);
    let stacks = host.survey(tape, &broken)?;
    let text = host.tell(tape, &broken, &stacks, &why)?;
    let tape = record.tape;
    let (run, sampler, shrunk, corpus) = (None, None, None, None);
    let found = Found { broken, tape, run, sampler, shrunk, text, why, corpus };
    Err(Halt::Found(Box::new(found)))
}

/// The first event in which two replays of `tape` differ, in words.
pub(crate) fn first_difference(host: &mut dyn Host, tape: &Tape) -> Result<String, HostError> {
    for _ in 0..4 {
        let (first, second) = (host.events(tape)?, host.events(tape)?);
        let same = first.iter().zip(&second).take_while(|(a, b)| a == b).count();
        if same < first.len().max(second.len()) {
            let line = |events: &[String]| {
                events.get(same).cloned().unwrap_or_else(|| "the run is over".into())
            };
            let [first, second] = report::apart(&line(&first), &line(&second));
            return Ok(format!(
                "  event   {same} is the first that differs between two replays\n  \
                 first   {first}\n  second  {second}\n"
            ));
        }
    }
    Ok("  event   which is the first that differs is not known: later replays were all the same\n"
        .into())
}
