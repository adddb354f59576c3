//! Properties that nothing was ever judged of: they look like a test and are none.

use crate::callsite::place;
use reveille_sim::{PropertyKind, Trial};
use std::collections::BTreeMap;

/// A place that declares a property, in one run or in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tried {
    /// The function that declares it.
    pub(crate) by: String,
    /// Where, as a report has it.
    pub(crate) at: String,
    pub(crate) what: String,
    pub(crate) declared: u64,
    pub(crate) judged: u64,
}

impl Tried {
    pub(crate) fn of(trial: &Trial) -> Tried {
        let Trial { what, at, kind, declared, judged, .. } = trial;
        let (by, what) = (kind.name().to_owned(), what.clone());
        Tried { by, at: place(at), what, declared: *declared, judged: *judged }
    }

    /// What is to be said of a property that was never judged.
    fn vacuous(&self, test: &str, runs: u64) -> Option<String> {
        let Tried { by, at, what, declared, judged } = self;
        if *judged > 0 {
            return None;
        }
        let (how, hint) = if by == PropertyKind::Eventually.name() {
            (
                "withdrawn each time before it was decided",
                "await it, or keep it until it is decided",
            )
        } else {
            ("dropped each time before it was looked at", "keep it for as long as it must hold")
        };
        Some(format!(
            "warning[property] in `{test}`: `{what}`, declared by `reveille::{by}` at {at}, was declared\n  \
             {declared} times in {runs} runs and {how}\n  \
             try: {hint}; `let _ = ..` drops it at once, `let _kept = ..` at the end of its scope"
        ))
    }
}

/// The properties of a check, by place and function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trials(BTreeMap<(String, String), Tried>);

impl Trials {
    pub(crate) fn add(&mut self, tried: Vec<Tried>) {
        for tried in tried {
            let known = self.0.entry((tried.at.clone(), tried.by.clone()));
            let known = known.or_insert_with(|| Tried { declared: 0, judged: 0, ..tried.clone() });
            known.declared += tried.declared;
            known.judged += tried.judged;
        }
    }

    pub(crate) fn warnings(&self, test: &str, runs: u64) -> impl Iterator<Item = String> {
        self.0.values().filter_map(move |tried| tried.vacuous(test, runs))
    }
}
