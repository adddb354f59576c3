//! What the gate is told, as lines of JSON.

use crate::coverage::Coverage;
use crate::error::CheckError;
use crate::json::{self, Object};
use crate::passed::Passed;
use crate::search::Clean;

/// The version of what is said on the line.
const PROTOCOL: u32 = 1;

/// Who makes a line.
#[derive(Debug)]
pub(crate) struct Hello<'a> {
    pub(crate) test: &'a str,
    /// Which check of the test it is, from 0 on.
    pub(crate) ordinal: u32,
    pub(crate) runs: u64,
    pub(crate) seed: u64,
    pub(crate) entries: usize,
    pub(crate) hermetic: bool,
}

/// What is known of a broken law beside its report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    /// In which run it was found.
    pub(crate) found: Option<String>,
    /// The entry of the corpus that has it.
    pub(crate) corpus: Option<String>,
    /// The file with its trace.
    pub(crate) trace: Option<String>,
}

pub(super) fn hello(worker: &str, hello: &Hello<'_>) -> String {
    json::object(|message| {
        message.text("say", "hello");
        message.number("protocol", PROTOCOL);
        message.text("version", env!("CARGO_PKG_VERSION"));
        // The gate's own number for this process, or for the one that made it.
        message.number("worker", worker.parse().unwrap_or(0u64));
        message.number("process", std::process::id());
        message.text_or_null("thread", std::thread::current().name());
        message.text("test", hello.test);
        message.number("ordinal", hello.ordinal);
        message.number("runs", hello.runs);
        message.text("seed", &format!("{:#x}", hello.seed));
        message.number("entries", hello.entries);
        message.truth("hermetic", hello.hermetic);
    })
}

pub(super) fn elsewhere() -> String {
    json::object(|message| message.text("say", "elsewhere"))
}

pub(super) fn corpus(entries: u64) -> String {
    json::object(|message| {
        message.text("say", "corpus");
        message.number("entries", entries);
    })
}

pub(super) fn slice(clean: &Clean, coverage: Coverage) -> String {
    json::object(|message| {
        message.text("say", "slice");
        write_counts(message, clean.runs, clean.steps, clean.rejections.runs(), coverage);
    })
}

fn write_counts(
    message: &mut Object<'_>,
    runs: u64,
    steps: u64,
    rejected: u64,
    coverage: Coverage,
) {
    message.number("runs", runs);
    message.number("steps", steps);
    message.number("rejected", rejected);
    message.object("coverage", |object| {
        object.number("runs", coverage.runs);
        object.number("distinct", coverage.distinct);
        object.number("once", coverage.once);
        match coverage.exhausted {
            None => object.null("exhausted"),
            Some(exhausted) => object.object("exhausted", |object| {
                object.number("deviations", exhausted.deviations);
                object.number("runs", exhausted.runs);
                object.truth("everything", exhausted.everything);
            }),
        }
    });
}

pub(super) fn end(result: &Result<Passed, CheckError>, story: Option<&Story>) -> String {
    json::object(|message| {
        message.text("say", "end");
        match result {
            Ok(passed) => write_passed(message, passed),
            Err(CheckError::Broken(failure)) => {
                message.text("how", "broken");
                message.text("law", failure.law.name());
                message.text("tape", &failure.tape.to_text(&failure.test));
                message.text("report", &failure.report);
                write_story(message, story.cloned().unwrap_or_default());
            }
            Err(error) => {
                message.text("how", "error");
                message.text("text", &error.to_string());
            }
        }
    })
}

fn write_passed(message: &mut Object<'_>, passed: &Passed) {
    message.text("how", "passed");
    write_counts(message, passed.runs, passed.steps, passed.rejected, passed.coverage);
    message.number("entries", passed.corpus);
    message.texts("warnings", passed.warnings.iter().map(String::as_str));
    message.list("marks", &passed.marks, |object, mark| {
        object.text("name", &mark.name);
        object.text("at", &mark.at);
        object.number("seen", mark.seen);
    });
}

fn write_story(message: &mut Object<'_>, story: Story) {
    message.text_or_null("found", story.found.as_deref());
    message.text_or_null("corpus", story.corpus.as_deref());
    message.text_or_null("trace", story.trace.as_deref());
}
