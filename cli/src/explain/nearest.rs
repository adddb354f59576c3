//! Names that may have been meant.

use super::{PAGES, Topic};
use std::error::Error;
use std::fmt;
use textwrap::{Options, WordSplitter};

/// How alike two names must be, from 0 to 1. By trial: with less, names are offered that
/// nobody would take for a slip.
const ALIKE: f64 = 0.6;

/// Names that are offered at most.
const MOST: usize = 3;

/// Columns of the list of all names.
const WIDTH: usize = 96;

/// No law, no fault and no engine has that name.
#[derive(Clone, Debug)]
pub struct Unknown {
    name: String,
    nearest: Vec<&'static str>,
}

impl Unknown {
    /// Of what a user wrote, and of the name that it may stand for.
    pub(super) fn of(name: &str, wanted: &str) -> Unknown {
        let likeness = |name: &str| {
            let is_part = !wanted.is_empty() && name.contains(wanted);
            strsim::normalized_damerau_levenshtein(name, wanted).max(f64::from(is_part) * ALIKE)
        };
        let mut near: Vec<(f64, &str)> =
            PAGES.iter().map(|page| (likeness(page.name), page.name)).collect();
        near.retain(|(likeness, _)| *likeness >= ALIKE);
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        let nearest = near.into_iter().map(|(_, name)| name).take(MOST).collect();
        Unknown { name: name.to_owned(), nearest }
    }

    /// The names that are nearest, the best first; none if no name is near.
    #[must_use]
    pub fn nearest(&self) -> &[&'static str] {
        &self.nearest
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no law, fault or engine is called `{}`", self.name)?;
        if self.nearest.is_empty() {
            let names = |topic| {
                let of_topic = PAGES.iter().filter(move |page| page.topic == topic);
                of_topic.map(|page| page.name).collect::<Vec<_>>().join(", ")
            };
            let options = Options::new(WIDTH).word_splitter(WordSplitter::NoHyphenation);
            let list =
                |head: &str, topic| textwrap::fill(&format!("{head}{}", names(topic)), &options);
            let (laws, faults) = (list("laws: ", Topic::Law), list("faults: ", Topic::Fault));
            let engines = list("engines: ", Topic::Engine);
            return write!(f, "\n\n{laws}\n\n{faults}\n\n{engines}");
        }
        let quoted: Vec<String> = self.nearest.iter().map(|name| format!("`{name}`")).collect();
        write!(f, "; did you mean {}?", quoted.join(" or "))
    }
}

impl Error for Unknown {}
