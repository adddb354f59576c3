//! A host whose runs are made by a closure that asks for its choices.

use crate::chart::{Chart, Choice};
use crate::corpus::Notes;
use crate::host::{Choices, Host, HostError, Plan};
use crate::record::{Broken, RunRecord};
use crate::trace_file::Depicted;
use crate::why::Why;
use reveille_sim::{Kind, Law, Portfolio, Tape};

/// What a closure sees of the tape.
pub(super) struct Asked<'a> {
    tape: &'a Tape,
    /// How far the lane of arguments was read; refused moves are not in `made`.
    read: usize,
    made: Tape,
    choices: Vec<Choice>,
}

impl Asked<'_> {
    /// As a world does it: what is not offered is the default.
    pub(super) fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        if options < 2 {
            return 0;
        }
        let index = match kind {
            Kind::Argument => self.read,
            kind => self.made.lane(kind).len(),
        };
        self.read += usize::from(kind == Kind::Argument);
        let option = self.tape.get(kind, index);
        let option = if option < options { option } else { 0 };
        self.made.push(kind, option);
        let step = self.choices.len() as u64;
        self.choices.push(Choice { kind, options, option, step, task: None });
        option
    }

    pub(super) fn schedule(&mut self, options: u32) -> u32 {
        self.choose(Kind::Schedule, options)
    }

    /// Records an option that nobody chose.
    pub(super) fn make(&mut self, kind: Kind, option: u32) {
        self.made.push(kind, option);
    }

    /// Takes an entry off the tape that was made.
    pub(super) fn take_back(&mut self, kind: Kind) {
        self.choices.pop();
        self.made.lane_mut(kind).pop();
    }
}

/// Runs of `world`, which says why it fails, if it does.
pub(super) struct Fake<W> {
    world: W,
    portfolio: Portfolio,
    pub(super) runs: u32,
    /// Of each run.
    pub(super) steps: u64,
}

impl<W: FnMut(&mut Asked<'_>) -> Option<&'static str>> Fake<W> {
    pub(super) fn new(world: W) -> Fake<W> {
        Fake { world, portfolio: Portfolio::new(0), runs: 0, steps: 10 }
    }
}

impl<W: FnMut(&mut Asked<'_>) -> Option<&'static str>> Host for Fake<W> {
    fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
        let Choices::Tape(tape) = &plan.choices else { unreachable!("only tapes are replayed") };
        self.runs += 1;
        let mut asked = Asked { tape, read: 0, made: Tape::new(), choices: Vec::new() };
        let cause = (self.world)(&mut asked);
        let broken = cause.map(|cause| Broken {
            law: Law::Panic,
            task: Some(0),
            others: Vec::new(),
            cause: cause.to_owned(),
            message: String::new(),
        });
        let chart = plan.chart.then_some(Chart { choices: asked.choices, turns: Vec::new() });
        let interesting = broken.is_some() || plan.hash || plan.tape || plan.chart;
        let tape = if interesting { asked.made } else { Tape::new() };
        Ok(RunRecord { broken, chart, tape, steps: self.steps, ..RunRecord::default() })
    }

    fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    fn survey(&mut self, _tape: &Tape, _broken: &Broken) -> Result<Vec<u64>, HostError> {
        unreachable!("a shrinker tells nothing")
    }

    fn tell(&mut self, _: &Tape, _: &Broken, _: &[u64], _: &Why) -> Result<String, HostError> {
        unreachable!("a shrinker tells nothing")
    }

    fn events(&mut self, _tape: &Tape) -> Result<Vec<String>, HostError> {
        unreachable!("a shrinker compares nothing")
    }

    fn depict(
        &mut self,
        _tape: &Tape,
        _failed: Option<(&Broken, &Why)>,
    ) -> Result<Depicted, HostError> {
        unreachable!("a shrinker draws nothing")
    }

    fn inputs(&mut self, _tape: &Tape) -> Result<String, HostError> {
        unreachable!("a shrinker tells nothing")
    }

    fn outside(&mut self, _: &Tape) -> Result<String, HostError> {
        unreachable!("a shrinker tells nothing")
    }

    fn notes(&mut self, _tape: &Tape, _broken: &Broken) -> Result<Notes, HostError> {
        unreachable!("a shrinker notes nothing")
    }
}
