//! A fact of a report: what is said behind a label, and the code that it points at.

use crate::callsite::CallSite;

/// Lines before and after the one that a fact points at.
pub(super) const AROUND: u32 = 1;

/// What is said behind a label.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    /// In words.
    Said(String),
    /// By a line of code, with so many around it.
    Code { site: CallSite, around: u32 },
    /// Each waits for the next one, and the last for the first.
    Circle(Vec<String>),
}

impl Fact {
    pub(super) fn new(label: &'static str, text: impl Into<String>) -> Fact {
        Fact { label, parts: vec![Part::Said(text.into())] }
    }

    /// The same with a circle of those that wait for each other.
    pub(super) fn of_circle(label: &'static str, names: Vec<String>) -> Fact {
        Fact { label, parts: vec![Part::Circle(names)] }
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Said(text.into()));
    }

    pub(super) fn show(&mut self, site: CallSite, around: u32) {
        self.parts.push(Part::Code { site, around });
    }

    pub(super) fn shows_code(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Code { .. }))
    }

    /// All that it says in words.
    pub(crate) fn text(&self) -> String {
        let said = self.parts.iter().filter_map(|part| match part {
            Part::Said(text) => Some(text.clone()),
            Part::Circle(names) => Some(in_words(names)),
            Part::Code { .. } => None,
        });
        said.collect::<Vec<_>>().join("\n")
    }
}

fn in_words(names: &[String]) -> String {
    let all: Vec<&str> = names.iter().chain(names.first()).map(String::as_str).collect();
    all.join(" waits for ")
}
