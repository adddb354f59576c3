//! What one replay gives for a trace file, in pieces of JSON.

use super::sources::Sources;
use super::{Verdict, run};
use crate::json;
use reveille_sim::Trace;

/// A run, and its verdict if it failed. Each piece is one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depicted {
    pub(super) verdict: String,
    pub(super) arguments: String,
    pub(super) run: String,
    /// The objects of a list.
    pub(super) sources: String,
}

impl Depicted {
    pub(crate) fn of(trace: &Trace, steps: u64, verdict: Option<&Verdict<'_>>) -> Depicted {
        let mut sources = Sources::default();
        let verdict =
            verdict.map_or_else(|| "null".to_owned(), |verdict| verdict.to_json(&mut sources));
        let arguments = json::items(trace.arguments(), |object, (name, value)| {
            object.text("name", name);
            object.text("value", value);
        });
        let run = run::to_json(trace, steps, &mut sources);
        Depicted { verdict, arguments, run, sources: sources.to_json() }
    }

    /// For a process that asks another one.
    #[cfg(any(target_os = "linux", test))]
    pub(crate) fn to_text(&self) -> String {
        let Depicted { verdict, arguments, run, sources } = self;
        [verdict, arguments, run, sources].map(String::as_str).join("\n")
    }

    #[cfg(any(target_os = "linux", test))]
    pub(crate) fn from_text(text: &str) -> Option<Depicted> {
        let mut lines = text.split('\n').map(str::to_owned);
        let mut line = || lines.next();
        let (verdict, arguments, run, sources) = (line()?, line()?, line()?, line()?);
        Some(Depicted { verdict, arguments, run, sources })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_keeps_every_piece() {
        let [verdict, arguments, run, sources] =
            ["null", "", r#"{"a":"b\nc"}"#, ""].map(str::to_owned);
        let depicted = Depicted { verdict, arguments, run, sources };
        assert_eq!(Depicted::from_text(&depicted.to_text()), Some(depicted));
        assert_eq!(Depicted::from_text("null\n\n"), None);
    }
}
