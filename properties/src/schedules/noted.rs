//! What the runs of a strategy show beside verdicts, for which proptest has no place: laws
//! that warn are told once each, at once; marks that were never seen when the strategy goes.

use crate::marks::Marks;
use crate::message;
use crate::record::{RunRecord, Warning};
use crate::search;

#[derive(Debug)]
pub(super) struct Noted {
    test: String,
    warnings: Vec<Warning>,
    marks: Marks,
    /// Runs that were drawn; others are made to shrink or to look at one.
    runs: u64,
}

impl Noted {
    pub(super) fn new(test: &str) -> Noted {
        let (warnings, marks) = (Vec::new(), Marks::default());
        Noted { test: test.to_owned(), warnings, marks, runs: 0 }
    }

    pub(super) fn note(&mut self, record: &RunRecord, is_drawn: bool) {
        let known = self.warnings.len();
        search::note_warnings(&mut self.warnings, record);
        for Warning { law, text } in &self.warnings[known..] {
            message::warn(&format!("warning[{law}] in `{}`: {text}", self.test));
        }
        if is_drawn {
            self.runs += 1;
            self.marks.add(record.marks.clone());
        }
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        // Of a failure there is enough to tell.
        if !std::thread::panicking() {
            let missed = self.marks.warnings(&self.test, self.runs);
            missed.iter().for_each(|warning| message::warn(warning));
        }
    }
}
