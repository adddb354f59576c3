//! A check whose search is led from outside, by [the gate](crate::gate).

use super::work::Work;
use crate::corpus::Ended;
use crate::error::{CheckError, Failure};
use crate::escape::escape;
use crate::gate::{Board, Gate, GateError, Hello, Runs, Story};
use crate::hermetic;
use crate::host::Host;
use crate::message;
use crate::passed::Passed;
use crate::search::{self, Clean, Halt};
use crate::seed::Seed;
use reveille_sim::Law;

impl Work {
    /// Asks the gate how to begin, if there is one.
    pub(super) fn join_gate(&mut self, ordinal: u32) -> Result<(), GateError> {
        if self.replay.is_some() {
            return Ok(());
        }
        let hello = Hello {
            test: &self.name,
            ordinal,
            runs: self.order.runs,
            seed: self.seed.value(),
            entries: self.corpus.entries().count(),
            hermetic: hermetic::Child::from_env().is_some(),
        };
        let Some(gate) = Gate::join(&hello)? else { return Ok(()) };
        let order = gate.order();
        self.order.runs = match order.runs {
            Runs::Usual => self.order.runs,
            Runs::Exactly(runs) => runs,
            Runs::Endless => u64::MAX,
        };
        if let Some(seed) = order.seed {
            self.seed = Seed::Given(seed);
        }
        if order.without_corpus {
            self.corpus.replay_none();
        }
        self.gate.replace(Some(gate));
        Ok(())
    }

    /// Tells the gate how the check ended.
    pub(super) fn told(&self, result: Result<Passed, CheckError>) -> Result<Passed, CheckError> {
        if let Some(gate) = &mut *self.gate.borrow_mut() {
            gate.end(&result, self.story.borrow().as_ref());
        }
        result
    }

    /// Another process makes the check.
    pub(super) fn elsewhere(&self) {
        if let Some(gate) = &mut *self.gate.borrow_mut() {
            gate.elsewhere();
        }
    }

    pub(super) fn board(&self) -> Option<&'static Board> {
        self.gate.borrow().as_ref().and_then(Gate::board)
    }

    /// The run whose choices are put on the board.
    pub(super) fn rescue(&self) -> Option<(u64, &'static Board)> {
        let gate = self.gate.borrow();
        let gate = gate.as_ref()?;
        Some((gate.order().rescue?, gate.board()?))
    }

    /// Searches, for as long as the order or the gate says.
    pub(super) fn search(&self, host: &mut dyn Host, replayed: u64) -> Result<Clean, Halt> {
        let nondeterminism = self.order.nondeterminism;
        match &mut *self.gate.borrow_mut() {
            None => search::search(host, nondeterminism, &mut { self.order }),
            Some(gate) => {
                gate.corpus(replayed);
                search::search(host, nondeterminism, gate)
            }
        }
    }

    /// What the board tells of a process that was killed, if that is what is asked for.
    pub(super) fn mortem(&self) -> Option<Failure> {
        let how = self.gate.borrow().as_ref()?.order().mortem.clone()?;
        let board = self.board()?;
        let (law, seed) = (Law::Panic, self.seed);
        let (tape, steps) = (board.tape(), board.steps());
        let cause = &*escape(&how);
        let (found, kept) = match (board.entry(), board.run()) {
            (Some(entry), _) => (None, self.corpus.killed_by(entry)?),
            (None, Some(run)) => {
                let found = format!("run {run}, seed {seed}");
                let tape_text = &*tape.to_text(&self.name);
                let (tape, found_in) = (&tape, format_args!("{found}"));
                let ended = Ended { law, cause, step: steps, found: found_in, tape, tape_text };
                let kept = self.corpus.keep_killed(ended);
                (Some(found), kept)
            }
            (None, None) => return None,
        };
        let story = Story {
            found: found.clone(),
            corpus: kept.file.as_ref().map(|file| file.display().to_string()),
            trace: None,
        };
        self.story.replace(Some(story));
        let what = format!("in step {steps} the process was {cause}");
        Some(message::killed(&self.name, &tape, &what, found.as_deref(), &kept.text))
    }
}
