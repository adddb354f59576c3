//! A broken law at the end of a check: kept in the corpus, drawn for other programs, told.

use super::work::Work;
use crate::corpus::Kept;
use crate::error::Failure;
use crate::gate::Story;
use crate::host::Host;
use crate::message;
use crate::search::Found;
use crate::trace_file::{self, Depicted, Told};
use crate::why::Why;
use reveille_sim::Tape;
use std::io;
use std::path::{Path, PathBuf};

impl Work {
    pub(super) fn broken(&self, host: &mut dyn Host, found: &Found) -> Failure {
        let origin = match self.keeps && self.replay.is_some() {
            true => Some("a tape that was given".to_owned()),
            false => message::origin(found, self.order.runs, self.seed),
        };
        let inputs = host.inputs(&found.tape).unwrap_or_default();
        let kept = self.corpus.tell(host, found, origin.as_deref(), inputs.trim_end());
        let mut failure = message::found(&self.name, found, origin.as_deref(), &kept.text);
        let trace = self.trace.as_deref().map(|directory| {
            let failed = Some((&found.broken, &found.why));
            let depicted = host.depict(&found.tape, failed).unwrap_or_default();
            let told = self.trace_of(found, origin.as_deref(), &kept, &failure);
            self.draw(host, directory, &told, &depicted, &found.why)
        });
        match &trace {
            None => {}
            Some(Ok(path)) => failure.report.push_str(&message::trace_written(path)),
            Some(Err(error)) => failure.report.push_str(&message::trace_lost(error)),
        }
        let trace = trace.and_then(Result::ok);
        self.story.replace(Some(Story {
            found: origin,
            corpus: kept.file.map(|file| file.display().to_string()),
            trace: trace.map(|file| file.display().to_string()),
        }));
        failure
    }

    /// Draws the run of the tape that was given, which passes.
    pub(super) fn draw_passed(&self, host: &mut dyn Host) {
        let (Some(directory), Some(tape)) = (&self.trace, &self.replay) else { return };
        let depicted = host.depict(tape, None).unwrap_or_default();
        let told = self.told_of(tape);
        match self.draw(host, directory, &told, &depicted, &Why::default()) {
            Ok(path) => message::warn(&message::trace_written(&path)),
            Err(error) => message::warn(&message::trace_lost(&error)),
        }
    }

    fn trace_of(
        &self,
        found: &Found,
        origin: Option<&str>,
        kept: &Kept,
        failure: &Failure,
    ) -> Told {
        Told {
            law: Some(found.broken.law),
            found: origin.map(str::to_owned),
            shrunk: message::shrunk(found),
            corpus: kept.file.as_ref().map(|file| file.display().to_string()),
            report: failure.report.clone(),
            ..self.told_of(&found.tape)
        }
    }

    fn told_of(&self, tape: &Tape) -> Told {
        Told {
            test: self.name.clone(),
            tape: tape.to_text(&self.name),
            replay: message::line_to_paste(&self.name, tape),
            ..Told::default()
        }
    }

    fn draw(
        &self,
        host: &mut dyn Host,
        directory: &Path,
        told: &Told,
        depicted: &Depicted,
        why: &Why,
    ) -> io::Result<PathBuf> {
        let neighbour = why.neighbour.as_ref();
        let other = neighbour.and_then(|neighbour| host.depict(&neighbour.tape, None).ok());
        trace_file::write(directory, told, depicted, neighbour.zip(other.as_ref()))
    }
}
