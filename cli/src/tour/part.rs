//! A part of a scene: what is run, and what is to come of it.

use super::{SCENES, Scene};
use reveille::{CheckError, Checker, Law, Passed};
use reveille_loom::Model;
use serde::{Deserialize, Serialize};

/// A part.
#[derive(Debug)]
pub struct Part {
    /// Its name within the scene.
    pub name: &'static str,
    pub(super) run: Run,
    /// The law, or the rule of a model, that it is to break.
    pub breaks: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Run {
    /// A test body under many schedules.
    Check(fn(&Checker) -> Result<Passed, CheckError>),
    /// Threads under every interleaving.
    Threads(fn() -> Model),
}

impl Part {
    pub(super) const fn passes(
        name: &'static str,
        check: fn(&Checker) -> Result<Passed, CheckError>,
    ) -> Part {
        Part { name, run: Run::Check(check), breaks: None }
    }

    pub(super) const fn breaks(
        name: &'static str,
        law: Law,
        check: fn(&Checker) -> Result<Passed, CheckError>,
    ) -> Part {
        Part { name, run: Run::Check(check), breaks: Some(law.name()) }
    }

    pub(super) const fn holds(name: &'static str, model: fn() -> Model) -> Part {
        Part { name, run: Run::Threads(model), breaks: None }
    }

    pub(super) const fn loses(
        name: &'static str,
        rule: &'static str,
        model: fn() -> Model,
    ) -> Part {
        Part { name, run: Run::Threads(model), breaks: Some(rule) }
    }

    /// Whether it leaves a trace, and so a picture.
    #[must_use]
    pub fn has_picture(&self) -> bool {
        matches!(self.run, Run::Check(_))
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The law or the rule that is broken.
    pub broken: Option<String>,
    /// What is told of it.
    pub told: String,
}

/// The name of a check, which tapes carry.
pub(super) fn check_name(scene: &Scene, part: &Part) -> String {
    format!("tour::{}::{}", scene.name, part.name.replace('-', "_"))
}

/// Plays the part `scene/part` in this process; none if there is no such part.
///
/// The error says why nothing could be checked.
#[must_use]
pub fn play(what: &str) -> Option<Result<Answer, String>> {
    let (scene, part) = what.split_once('/')?;
    let scene = SCENES.iter().find(|known| known.name == scene)?;
    let part = scene.parts.iter().find(|known| known.name == part)?;
    Some(match part.run {
        Run::Check(check) => {
            // The same on every machine: nothing is remembered, and nothing is made elsewhere.
            let checker =
                Checker::new().name(check_name(scene, part)).corpus(false).hermetic(false);
            match check(&checker) {
                Ok(passed) => Ok(Answer { broken: None, told: passed.to_string() }),
                Err(CheckError::Broken(failure)) => {
                    Ok(Answer { broken: Some(failure.law.to_string()), told: failure.report })
                }
                Err(error) => Err(error.to_string()),
            }
        }
        Run::Threads(model) => Ok(match model().try_check() {
            Ok(explored) => Answer { broken: None, told: explored.to_string() },
            Err(failure) => {
                Answer { broken: Some(failure.rule().to_owned()), told: failure.to_string() }
            }
        }),
    })
}
