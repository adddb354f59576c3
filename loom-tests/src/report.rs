//! The text of a failure, for a person at nine in the evening: the rule, who waits where, what
//! the threads did and in which order, what to try.

mod advice;
mod table;

use crate::failure::{Breach, Details, Failure, FailureKind};
use crate::recorder::{Interleaving, Place, Step};
use std::fmt;
use table::Names;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "reveille-loom: {} {}", self.model, title(self.breach.kind))?;
        let mut facts = Facts::default();
        facts.add("rule", self.rule.clone());
        facts.add("model", format!("checked at {}", without_column(&self.at)));
        let names = self.breach.interleaving.as_ref().map(Names::of);
        self.tell(&mut facts, names.as_ref());
        write!(f, "\n{facts}")?;
        if let (Some(told), Some(names)) = (&self.breach.interleaving, &names) {
            write!(f, "\n{}", table::of(told, names))?;
        }
        let advice = advice::for_failure(self);
        write!(f, "\n{}", wrapped("  try: ", &advice))?;
        for note in &self.notes {
            write!(f, "{}", wrapped("  note: ", note))?;
        }
        if let Some(replay) = &self.replay {
            writeln!(f, "\n  replay: {replay}")?;
        }
        write!(f, "{}", self.found())
    }
}

/// So wide is running text.
const WIDTH: usize = 100;

/// A text behind its label, in lines.
fn wrapped(label: &str, text: &str) -> String {
    let indent = " ".repeat(label.len());
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(label)
        .subsequent_indent(&indent)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(text, options) + "\n"
}

fn title(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Deadlock => "may wait for ever",
        FailureKind::DataRace => "has a data race",
        FailureKind::Leak => "leaks",
        FailureKind::Panic => "breaks a rule",
        FailureKind::TooManyBranches => "does not end",
        FailureKind::TooManyThreads => "has too many threads",
        FailureKind::Nondeterministic => "is not deterministic",
        FailureKind::Hung => "hangs",
        FailureKind::Unfinished => "was not done in time",
        FailureKind::Died => "was not checked",
        FailureKind::ForeignTrace => "does not fit the trace",
    }
}

fn without_column(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(line, _column)| line)
}

fn shown(place: &Place) -> String {
    let file = place.file.replace('\\', "/");
    if file.starts_with("/rustc/") || file.contains("/library/alloc/src/") {
        // A waker is called through a table of functions, which tells nobody's line.
        return "through a waker".into();
    }
    // Of a published crate, its name and what is in it.
    let within = file.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    format!("{}:{}", without_detours(within.map_or(&*file, |(_, file)| file)), place.line)
}

/// `tests/../src/parker.rs`, as a file that a test includes is named, is `src/parker.rs`.
fn without_detours(file: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in file.split('/') {
        match parts.last() {
            Some(last) if part == ".." && !["..", ""].contains(last) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
#[test]
fn detours_are_left_out() {
    let shown = ["tests/../src/a.rs", "../b.rs", "/c/../d.rs", "a/b/../../e.rs", "f.rs"];
    let plain = ["src/a.rs", "../b.rs", "/d.rs", "e.rs", "f.rs"];
    assert_eq!(shown.map(without_detours), plain);
}

impl Details {
    fn tell(&self, facts: &mut Facts, names: Option<&Names>) {
        let breach = &self.breach;
        let at =
            || breach.at.as_ref().map(shown).unwrap_or_else(|| "a line that is not known".into());
        match breach.kind {
            FailureKind::Deadlock => match (&breach.interleaving, names) {
                (Some(told), Some(names)) => tell_waiting(told, names, facts),
                _ => facts.add("what", "a thread waits, and nobody is left who could wake it"),
            },
            FailureKind::DataRace => tell_race(breach, names, facts),
            FailureKind::Leak => facts.add(
                "what",
                "all threads have ended, and something that is counted is left: its last owner never \
                 dropped it, or two own each other",
            ),
            FailureKind::Panic => {
                facts.add("what", breach.message.clone());
                facts.add("where", at());
            }
            FailureKind::TooManyBranches => facts.add(
                "what",
                format!(
                    "an iteration has more than {} points of choice; it came as far as {}",
                    self.branches,
                    at()
                ),
            ),
            FailureKind::TooManyThreads => facts.add(
                "what",
                format!(
                    "{} spawns thread {}; with the first there may be {}",
                    at(),
                    crate::thread::MAX_THREADS,
                    crate::thread::MAX_THREADS
                ),
            ),
            FailureKind::Nondeterministic => facts.add(
                "what",
                format!(
                    "what it does in iteration {} is not what it has done in the same iteration before, \
                     near {}",
                    breach.iteration,
                    at()
                ),
            ),
            FailureKind::Hung => facts.add(
                "what",
                format!(
                    "nothing has happened for {} s; the last that did is at {}",
                    crate::child::PATIENCE.as_secs(),
                    at()
                ),
            ),
            FailureKind::Unfinished => {
                facts.add("what", format!("{} iterations were not all", breach.iteration));
            }
            FailureKind::Died => facts.add("what", breach.message.clone()),
            FailureKind::ForeignTrace => tell_foreign(breach, facts),
        }
    }

    fn found(&self) -> String {
        let bound = self
            .preemptions
            .map_or_else(String::new, |most| format!(", of those with at most {most} preemptions"));
        match self.breach.iteration {
            0 => String::new(),
            _ if self.breach.kind == FailureKind::Unfinished => String::new(),
            iteration => format!("  found in iteration {iteration}{bound}\n"),
        }
    }
}

/// Who waits, at what and where.
fn tell_waiting(told: &Interleaving, names: &Names, facts: &mut Facts) {
    for step in told.under_way.iter().flatten() {
        let (who, what) = (names.thread(step.thread), &step.operation);
        let waits = match step.object {
            // Those that are words say it themselves.
            _ if what.contains(' ') => format!("{who} {what}"),
            Some(object) => format!("{who} in `{what}` of {}", names.object(object)),
            None => format!("{who} in `{what}`"),
        };
        facts.add("waits", format!("{waits}, at {}", shown(&step.at)));
    }
    facts.add("what", "nobody is left who could wake it");
}

/// Loom's lines, without its words.
fn tell_race(breach: &Breach, names: Option<&Names>, facts: &mut Facts) {
    facts.add(
        "what",
        "a thread uses a cell that another changes, and nothing orders the two: no release of the one \
         was acquired by the other",
    );
    let places = breach.message.lines().filter_map(|line| line.trim().split_once(": "));
    for (label, place) in places.filter(|(label, _)| *label != "Causality violation") {
        let label = match label {
            "created" => "cell made",
            other => other,
        };
        facts.add("race", format!("{label}: {}", by_whom(without_column(place), names)));
    }
}

/// `thread #1 @ file:line`, with the thread's name.
fn by_whom(place: &str, names: Option<&Names>) -> String {
    let known = place.strip_prefix("thread #").and_then(|rest| rest.split_once(" @ "));
    let Some((thread, at)) = known else { return place.into() };
    match (thread.parse(), names) {
        (Ok(thread), Some(names)) => format!("{}, {at}", names.thread(thread)),
        _ => at.into(),
    }
}

fn tell_foreign(breach: &Breach, facts: &mut Facts) {
    let Some(foreign) = &breach.foreign else {
        facts.add("what", breach.message.clone());
        return;
    };
    let step = |step: &Step| {
        format!("`{}` by thread {} at {}", step.operation, step.thread, shown(&step.at))
    };
    let expected = foreign.expected.as_ref().map_or_else(|| "the end".into(), step);
    facts.add(
        "what",
        format!(
            "in step {} the trace has {expected}, and the model does {}",
            foreign.number + 1,
            step(&foreign.got)
        ),
    );
}

/// What users named or printed, without what would steer a terminal.
fn escape(text: &str) -> String {
    let shown =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// Labelled lines in two columns.
#[derive(Default)]
struct Facts(Vec<(&'static str, String)>);

impl Facts {
    fn add(&mut self, label: &'static str, fact: impl Into<String>) {
        let fact = fact.into();
        if !fact.is_empty() {
            self.0.push((label, fact));
        }
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        let mut last = "";
        for (label, fact) in &self.0 {
            let mut shown = if *label == last { "" } else { *label };
            last = label;
            for line in fact.lines() {
                f.write_str(&wrapped(&format!("  {shown:<width$}  "), &escape(line)))?;
                shown = "";
            }
        }
        Ok(())
    }
}
