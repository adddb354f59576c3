//! Whether the properties of a test were put to the test at all.
//!
//! A guard that is dropped at once (`let _ = always(..)`) demands nothing. A run counts,
//! for each place that declares a property, how often that was done and how often
//! something came of it; that nothing did in any run is told by whoever makes the runs.

use super::Monitor;
use crate::finding::PropertyKind;
use crate::world::Core;
use std::panic::Location;

/// A place that declares a property, in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trial {
    /// What the test called the property first.
    pub what: String,
    /// Where it is declared.
    pub at: &'static Location<'static>,
    /// What it demands.
    pub kind: PropertyKind,
    /// How often it was declared.
    pub declared: u64,
    /// How often it was judged: for `eventually`, decided; for the others, looked at.
    pub judged: u64,
}

impl Core {
    pub(super) fn count_declared(&self, monitor: &Monitor) {
        self.trials.with(|trials| {
            let known = |trial: &&mut Trial| trial.at == monitor.at && trial.kind == monitor.kind;
            if let Some(trial) = trials.iter_mut().find(known) {
                trial.declared += 1;
                return;
            }
            trials.push(Trial {
                what: monitor.what.clone().into_owned(),
                at: monitor.at,
                kind: monitor.kind,
                declared: 1,
                judged: 0,
            });
        });
    }

    /// The property was looked at, and it was decided or it was not.
    pub(super) fn count_judged(&self, monitor: &Monitor, is_decided: bool) {
        let counts = is_decided || monitor.kind != PropertyKind::Eventually;
        if !counts || monitor.judged.replace(true) {
            return;
        }
        self.trials.with(|trials| {
            let known = |trial: &&mut Trial| trial.at == monitor.at && trial.kind == monitor.kind;
            if let Some(trial) = trials.iter_mut().find(known) {
                trial.judged += 1;
            }
        });
    }
}
