//! A run as it is told: its steps, and what came of it.

use super::Part;
use super::player::Played;
use crate::shown::shown;
use crate::steps::{Act, acts};
use crate::trace::Trace;
use textwrap::{Options, WordSplitter};

/// Events told of one who acts in a step at most.
const MOST_EVENTS: usize = 10;

const INDENT: &str = "  ";

/// Sentences of a report that begin a line of their own.
const LAST: [&str; 1] = ["  found in "];
/// What a report says to who has the test before him, and no reader of the tour has.
const FOR_USERS: [&str; 3] = ["  replay:", "  its trace is in", "  model  "];

pub(super) fn told(part: &Part, played: &Played, width: usize) -> String {
    let mut text = String::new();
    if let Some((trace, _)) = &played.run {
        text.push_str(&steps(trace, width));
        text.push('\n');
    }
    match (part.has_picture(), part.breaks) {
        (true, None) => {
            text.push_str(&filled(&format!("reveille: {}", played.answer.told), "", width));
        }
        (false, None) => text.push_str(&textwrap::indent(&played.answer.told, INDENT)),
        (_, Some(_)) => text.push_str(&report(&played.answer.told, width)),
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    short(&shown(&text))
}

/// What is told of a task is told by the name that the scene gave it.
fn named(trace: &Trace, words: &str) -> String {
    let mut words = words.to_owned();
    for task in &trace.run.tasks {
        if let Some(name) = task.label.split('`').nth(1) {
            words = words.replace(&task.label, name);
        }
    }
    words
}

/// An event a line, with its step, its time and who does it where they are others than before.
fn steps(trace: &Trace, width: usize) -> String {
    let mut acts = acts(trace);
    for act in &mut acts {
        act.who = named(trace, &act.who);
        act.words = act.words.iter().map(|words| named(trace, words)).collect();
        // It follows from an await that is over.
        act.words.retain(|words| !words.starts_with("drops a handle of "));
    }
    acts.retain(|act| !act.words.is_empty());
    let longest = acts.iter().map(|act| act.who.chars().count()).max().unwrap_or(0).max(3);
    let time = |act: &Act| format!("{:?}", act.time);
    let latest = acts.iter().map(|act| time(act).len()).max().unwrap_or(0).max(4);
    let line = |step: &str, time: &str, who: &str| {
        format!("{INDENT}{step:>4}  {time:>latest$}  {who:<longest$}  ")
    };
    let mut text = line("step", "time", "who") + "what\n";
    for act in &acts {
        let mut words: Vec<String> = act.words.chunk_by(|a, b| a == b).map(counted).collect();
        let more = words.len().saturating_sub(MOST_EVENTS);
        words.truncate(MOST_EVENTS);
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        let mut before = line(&act.step.to_string(), &time(act), &act.who);
        for word in words {
            text.push_str(&filled(&short(&word), &before, width));
            before = line("", "", "");
        }
    }
    text
}

/// What was done once, or several times in a row.
fn counted(alike: &[String]) -> String {
    match alike {
        [words] => words.clone(),
        _ => format!("{} ({} times)", alike[0], alike.len()),
    }
}

/// The report of a broken law or rule, without what is told by the steps above and what is for
/// the tests of users: the end of the run and the lines to paste.
fn report(report: &str, width: usize) -> String {
    let mut paragraphs = Vec::new();
    for paragraph in report.trim().split("\n\n") {
        if paragraph.starts_with("  the last steps of") {
            continue;
        }
        if paragraph.starts_with("  the interleaving") {
            // A table is as wide as it is.
            paragraphs.push(format!("{paragraph}\n"));
            continue;
        }
        let mut facts: Vec<String> = Vec::new();
        // The code stands above, in whole.
        for line in paragraph.lines().filter(|line| !is_code(line)) {
            let is_at_margin = line.len() - line.trim_start().len() <= INDENT.len();
            let is_last = LAST.iter().chain(&FOR_USERS).any(|mark| line.starts_with(mark));
            let is_label = is_at_margin && (is_last || split(line).is_some());
            match facts.last_mut() {
                Some(fact) if !is_label => *fact = format!("{fact} {}", line.trim()),
                _ => facts.push(line.to_owned()),
            }
        }
        facts.retain(|fact| !FOR_USERS.iter().any(|mark| fact.starts_with(mark)));
        let labels = facts.iter().filter_map(|fact| Some(split(fact)?.0.len())).max().unwrap_or(0);
        let told = facts.iter().map(|fact| fact_filled(&short(fact), labels, width));
        let told: String = told.collect();
        if !told.is_empty() {
            paragraphs.push(told);
        }
    }
    paragraphs.join("\n")
}

/// Whether it is a line of code behind its number.
fn is_code(line: &str) -> bool {
    let number =
        line.split_once(" |").map_or("", |(number, _)| number.trim_start_matches(['>', ' ']));
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The label of a fact, and the fact.
fn split(fact: &str) -> Option<(&str, &str)> {
    let fact = fact.trim_start();
    if let Some(advice) = fact.strip_prefix("try: ") {
        return Some(("try:", advice));
    }
    let (label, rest) = fact.split_once("  ")?;
    (!label.contains(' ')).then_some((label, rest.trim_start()))
}

/// A fact behind its label, for which there are so many columns.
fn fact_filled(fact: &str, labels: usize, width: usize) -> String {
    match split(fact) {
        Some((label, fact)) => filled(fact, &format!("{INDENT}{label:<labels$}  "), width),
        None => filled(fact.trim_start(), "", width),
    }
}

/// A text in lines of at most that width, which begin behind `before`.
fn filled(text: &str, before: &str, width: usize) -> String {
    let before = if before.is_empty() { INDENT } else { before };
    let indent = " ".repeat(before.chars().count());
    let options = Options::new(width.max(indent.len() + 20))
        .initial_indent(before)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// Places in the scenes by the names that their code is shown with, wherever this was built.
fn short(text: &str) -> String {
    // Those of the models are of another crate.
    const WITHIN: [(&str, &str); 2] = [("src/tour/", ""), ("src/models/", "models/")];
    let word = |word: &str| {
        let path = word.replace('\\', "/");
        let inner = WITHIN
            .iter()
            .find_map(|(directory, name)| Some(format!("{name}{}", path.split_once(directory)?.1)));
        inner.unwrap_or_else(|| word.to_owned())
    };
    text.split_inclusive([' ', '\n']).map(word).collect()
}
