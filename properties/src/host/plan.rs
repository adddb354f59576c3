//! Which run is to be made, and what of it is wanted.

use crate::corpus::Entry;
use reveille_sim::{Path, Probe, Tape};

/// Who makes the choices of a run.
#[derive(Clone, Debug)]
pub(crate) enum Choices {
    /// The portfolio of samplers, in its run of that number; runs are made in order.
    Search(u64),
    /// A tape.
    Tape(Box<Tape>),
    /// A wanted order of turns; what is no schedule is on the tape.
    Script(Box<(Tape, Vec<(Path, u32)>)>),
    /// An entry of the corpus, whose deviations look for their places.
    Resync(Box<Entry>),
    /// Bytes, which a fuzzer made, as its input of that number.
    Bytes(u64, Box<[u8]>),
}

/// One run to be made.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) choices: Choices,
    pub(crate) hash: bool,
    /// Whether the record is to hold the tape also if the run passes.
    pub(crate) tape: bool,
    /// Whether the record is to hold a chart of the run.
    pub(crate) chart: bool,
    pub(crate) probe: Option<Probe>,
    /// Whether the bounds of the run are a tenth of what they are else.
    pub(crate) hasty: bool,
}

impl Plan {
    pub(crate) fn search(run: u64) -> Plan {
        Plan::new(Choices::Search(run))
    }

    pub(crate) fn replay(tape: Tape) -> Plan {
        Plan::new(Choices::Tape(Box::new(tape)))
    }

    pub(crate) fn script(tape: Tape, turns: Vec<(Path, u32)>) -> Plan {
        Plan::new(Choices::Script(Box::new((tape, turns))))
    }

    fn new(choices: Choices) -> Plan {
        Plan { choices, hash: false, tape: false, chart: false, probe: None, hasty: false }
    }

    pub(crate) fn taped(self) -> Plan {
        Plan { tape: true, ..self }
    }

    pub(crate) fn charted(self) -> Plan {
        Plan { chart: true, ..self }
    }

    /// The tape that is replayed, if it is one.
    pub(crate) fn tape(&self) -> Option<&Tape> {
        match &self.choices {
            Choices::Tape(tape) => Some(tape),
            _ => None,
        }
    }

    /// The number of the run, if it is one of a search.
    pub(super) fn number(&self) -> Option<u64> {
        match self.choices {
            Choices::Search(run) | Choices::Bytes(run, _) => Some(run),
            _ => None,
        }
    }

    pub(crate) fn resync(entry: Entry) -> Plan {
        Plan::new(Choices::Resync(Box::new(entry)))
    }

    pub(crate) fn bytes(number: u64, bytes: &[u8]) -> Plan {
        Plan::new(Choices::Bytes(number, bytes.into()))
    }

    pub(crate) fn hashed(self) -> Plan {
        Plan { hash: true, ..self }
    }

    pub(crate) fn hasty_if(self, hasty: bool) -> Plan {
        Plan { hasty, ..self }
    }

    pub(crate) fn probing(self, probe: Probe) -> Plan {
        Plan { probe: Some(probe), ..self }
    }
}
