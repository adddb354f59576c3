//! A failure in lines of some width.

use super::Told;
use super::circle;
use super::excerpt::Excerpts;
use super::fact::{Fact, Part};
use crate::escape::shown;
use reveille_sim::Certainty;
use textwrap::{Options, WordSeparator, WordSplitter};

const INDENT: &str = "  ";

impl Told {
    /// In lines of at most that many columns, but for words that are longer.
    pub(crate) fn to_text(&self, width: usize) -> String {
        let certainty = match (self.certainty, self.certain_because) {
            (Certainty::Certain, Some(because)) => format!(" (certain: {because})"),
            (Certainty::Certain, None) => String::new(),
            (Certainty::Suspected, _) => " (suspected: it rests on a bound, see below)".into(),
        };
        let sentence = format!("{}{certainty}", self.sentence);
        let mut paragraphs = vec![behind("", &sentence, width), self.facts(width)];
        paragraphs.extend(self.steps.to_text(width));
        paragraphs.extend(self.advice.map(|advice| to_try(advice, width)));
        paragraphs.extend(self.hints.iter().map(|hint| behind("fault: ", hint, width)));
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs.join("\n")
    }

    fn facts(&self, width: usize) -> String {
        let labels = self.facts.iter().map(|fact| fact.label.len()).max().unwrap_or(0);
        let mut excerpts = Excerpts::default();
        let facts = self.facts.iter().map(|fact| in_lines(fact, labels, &mut excerpts, width));
        facts.collect()
    }
}

/// A fact with its label in a column of `labels`.
fn in_lines(fact: &Fact, labels: usize, excerpts: &mut Excerpts, width: usize) -> String {
    let before = " ".repeat(INDENT.len() + labels + INDENT.len());
    let room = width.saturating_sub(before.len());
    let mut text = String::new();
    for part in &fact.parts {
        // The label stands before the first line.
        let is_first = text.is_empty();
        let label = if is_first { fact.label } else { "" };
        let drawn = match part {
            Part::Said(said) => {
                let first = format!("{INDENT}{label:<labels$}{INDENT}");
                let others = if is_first { before.clone() } else { format!("{before}{INDENT}") };
                text.push_str(&wrapped(&shown(said), &first, &others, width));
                continue;
            }
            Part::Code { site, around } => excerpts.of(site, *around, room),
            Part::Circle(names) => circle::drawn(names, room),
        };
        for (at, line) in drawn.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            text.push_str(&format!("{INDENT}{label:<labels$}{INDENT}{}\n", shown(line)));
        }
    }
    text
}

/// What to try, under its label.
pub(crate) fn to_try(advice: &str, width: usize) -> String {
    behind("try: ", advice, width)
}

/// The text behind a label, its further lines below its first.
fn behind(label: &str, text: &str, width: usize) -> String {
    wrapped(
        &shown(text),
        &format!("{INDENT}{label}"),
        &" ".repeat(INDENT.len() + label.len()),
        width,
    )
}

/// The text in lines of at most that width, each with what stands before the first or the
/// others.
pub(super) fn wrapped(text: &str, first: &str, others: &str, width: usize) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(others)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}
