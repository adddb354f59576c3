//! What a check says to the gate; see the module `gate` of the crate `reveille`. Members that
//! are not known here are passed over.

use serde::Deserialize;

/// The version of what is said.
pub(super) const PROTOCOL: u32 = 1;

/// What a check says.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "say", rename_all = "lowercase")]
pub(super) enum Message {
    /// Who it is.
    Hello(Hello),
    /// Another process makes the check.
    Elsewhere,
    /// The corpus was replayed.
    Corpus { entries: u64 },
    /// How far it is; it waits for an answer.
    Slice(Counts),
    /// How it ended.
    End(End),
    /// Of a later version.
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(super) struct Hello {
    pub(super) protocol: u32,
    pub(super) worker: usize,
    pub(super) test: String,
    pub(super) ordinal: u32,
    pub(super) runs: u64,
    pub(super) seed: String,
}

/// What the runs of a check covered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub(super) struct Counts {
    pub(super) runs: u64,
    pub(super) steps: u64,
    #[serde(default)]
    pub(super) rejected: u64,
    pub(super) coverage: Coverage,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub(super) struct Coverage {
    pub(super) runs: u64,
    pub(super) distinct: u64,
    pub(super) once: u64,
    pub(super) exhausted: Option<Exhausted>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub(super) struct Exhausted {
    pub(super) everything: bool,
}

impl Coverage {
    /// How likely the next run is to show something new (Good and Turing).
    pub(super) fn chance_of_new(&self) -> f64 {
        match self.exhausted {
            Some(Exhausted { everything: true }) => 0.0,
            _ if self.runs == 0 => 1.0,
            _ => self.once as f64 / self.runs as f64,
        }
    }

    pub(super) fn is_everything(&self) -> bool {
        self.exhausted.is_some_and(|exhausted| exhausted.everything)
    }
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "how", rename_all = "lowercase")]
pub(super) enum End {
    Passed(Passed),
    Broken(Broken),
    Error { text: String },
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(super) struct Passed {
    #[serde(flatten)]
    pub(super) counts: Counts,
    #[serde(default)]
    pub(super) entries: u64,
    #[serde(default)]
    pub(super) warnings: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(super) struct Broken {
    pub(super) law: String,
    pub(super) tape: String,
    pub(super) report: String,
    pub(super) found: Option<String>,
    pub(super) corpus: Option<String>,
    pub(super) trace: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_and_what_is_new_is_passed_over() {
        let read = |text| serde_json::from_str::<Message>(text);
        assert_eq!(read(r#"{"say":"elsewhere","later":1}"#).unwrap(), Message::Elsewhere);
        assert_eq!(read(r#"{"say":"later"}"#).unwrap(), Message::Other);
        let slice = r#"{"say":"slice","runs":9,"steps":20,"rejected":1,
            "coverage":{"runs":8,"distinct":5,"once":2,"exhausted":null}}"#;
        let Message::Slice(counts) = read(slice).unwrap() else { panic!() };
        assert_eq!((counts.runs, counts.coverage.chance_of_new()), (9, 0.25));
        let end = r#"{"say":"end","how":"passed","runs":9,"steps":20,"rejected":1,"entries":2,"warnings":["w"],"marks":[],
            "coverage":{"runs":8,"distinct":5,"once":2,"exhausted":{"deviations":1,"runs":3,"everything":true}}}"#;
        let Message::End(End::Passed(passed)) = read(end).unwrap() else { panic!() };
        assert_eq!((passed.entries, passed.counts.coverage.chance_of_new()), (2, 0.0));
        assert!(read("garbage").is_err() && read("{}").is_err());
    }
}
