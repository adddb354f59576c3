//! The process in which a part is played: this program once more.

use super::Scene;
use super::part::{Answer, Part, check_name};
use crate::trace::{Trace, TraceError};
use reveille::Tape;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What was played.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) answer: Answer,
    /// The run that is shown, and the same as JSON; models have none.
    pub(super) run: Option<(Trace, String)>,
}

/// Why a part could not be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// A process could not be started, or a file not be read.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// The process ended without an answer.
    #[error("`{part}` could not be played:\n{said}")]
    NoAnswer {
        /// The part.
        part: String,
        /// What the process printed.
        said: String,
    },
    /// It left no trace.
    #[error("the run of `{0}` left no trace")]
    NoTrace(String),
    /// The trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// It is not what the text says.
    #[error("`{part}` was to {}, and it did not", expected.map_or("pass".to_owned(), |broken| format!("break `{broken}`")))]
    OtherEnd {
        /// The part.
        part: String,
        /// What was to be broken.
        expected: Option<&'static str>,
    },
}

/// Plays a part. Of one that passes the plain run is shown, and it is searched as well; of
/// one that breaks a law the run that the search has found and made small.
pub(super) fn play(scene: &Scene, part: &Part) -> Result<Played, PlayError> {
    let name = format!("{}/{}", scene.name, part.name);
    let traces = tempfile::Builder::new().prefix("reveille-tour-").tempdir()?;
    let searched = ask(&name, Some(traces.path()), None)?;
    if searched.broken.as_deref() != part.breaks {
        return Err(PlayError::OtherEnd { part: name, expected: part.breaks });
    }
    if !part.has_picture() {
        return Ok(Played { answer: searched, run: None });
    }
    if part.breaks.is_none() {
        let plain = Tape::new().to_text(&check_name(scene, part));
        ask(&name, Some(traces.path()), Some(&plain))?;
    }
    let file = the_trace(traces.path()).ok_or(PlayError::NoTrace(name))?;
    let json = condensed(&std::fs::read_to_string(&file)?);
    Ok(Played { answer: searched, run: Some((Trace::read(&file)?, json)) })
}

fn ask(part: &str, traces: Option<&Path>, tape: Option<&str>) -> Result<Answer, PlayError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["tour", "--play", part]).stdin(Stdio::null());
    // What is set for the tests of the user is not for these.
    let ours = std::env::vars_os().map(|(name, _)| name);
    ours.filter(|name| name.to_string_lossy().starts_with("REVEILLE_")).for_each(|name| {
        command.env_remove(name);
    });
    traces.map(|directory| command.env("REVEILLE_TRACE", directory));
    tape.map(|tape| command.env("REVEILLE_REPLAY", tape));
    let output = command.output()?;
    serde_json::from_slice(&output.stdout).map_err(|_| PlayError::NoAnswer {
        part: part.to_owned(),
        said: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}

/// The only trace in the directory.
fn the_trace(directory: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(directory).ok()?.flatten().map(|file| file.path());
    let mut traces = files.filter(|path| path.extension().is_some_and(|e| e == "json"));
    traces.next()
}

/// Events that are alike are kept up to this many at each end of their row.
const MOST_ALIKE: usize = 20;

/// The trace without the inner ones of many events that are alike: a poll that is woken a hundred
/// thousand times makes a picture that no browser opens at once.
fn condensed(json: &str) -> String {
    let Ok(mut trace) = serde_json::from_str::<serde_json::Value>(json) else {
        return json.to_owned();
    };
    let Some(events) = trace.pointer_mut("/run/events").and_then(|events| events.as_array_mut())
    else {
        return json.to_owned();
    };
    let rows = events.chunk_by(|a, b| (&a["by"], &a["words"]) == (&b["by"], &b["words"]));
    let ends = |row: &[serde_json::Value]| match row.len() {
        len if len <= 2 * MOST_ALIKE => row.to_vec(),
        len => [&row[..MOST_ALIKE], &row[len - MOST_ALIKE..]].concat(),
    };
    *events = rows.flat_map(ends).collect();
    trace.to_string()
}
