//! Systems without hermetic runs.

use super::Unavailable;
use crate::corpus::Notes;
use crate::error::CheckError;
use crate::host::{Body, Here, Host, HostError, Plan};
use crate::passed::Passed;
use crate::record::{Broken, RunRecord};
use reveille_sim::{Portfolio, Settings, Tape};

pub(crate) fn check_in_child(
    _name: &str,
    _ordinal: u32,
) -> Result<Result<Passed, CheckError>, Unavailable> {
    Err(Unavailable::System)
}

/// Never made here: nobody starts a child.
pub(crate) struct Forked<'a>(Here<'a>);

impl<'a> Forked<'a> {
    pub(crate) fn new(
        _test: &str,
        body: &'a dyn Body,
        settings: Settings,
        portfolio: Portfolio,
    ) -> Self {
        Forked(Here::new(body, settings, portfolio))
    }
}

impl Host for Forked<'_> {
    fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
        self.0.run(plan)
    }

    fn portfolio(&self) -> &Portfolio {
        self.0.portfolio()
    }

    fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError> {
        self.0.survey(tape, broken)
    }

    fn tell(
        &mut self,
        tape: &Tape,
        broken: &Broken,
        stacks: &[u64],
        why: &str,
    ) -> Result<String, HostError> {
        self.0.tell(tape, broken, stacks, why)
    }

    fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
        self.0.inputs(tape)
    }

    fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
        self.0.events(tape)
    }

    fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
        self.0.notes(tape, broken)
    }
}
